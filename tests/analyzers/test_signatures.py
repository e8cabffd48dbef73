"""Each failing run has one primary mechanism: the one with the strongest contrast."""

from __future__ import annotations

from analyzers.detectors import default_detectors, detect_all
from analyzers.pattern import Contrast, Signature
from analyzers.signatures import Mechanism, assign, cause_kind, mechanisms_of, pattern_id
from analyzers.testing import Story, looping_run, unverified_run, verified_run
from traces.run import Run

RUNS = [Story(number).says("Done.").run("failed") for number in range(10)]


def mechanism(
    name: str, shown: list[Run], lower: float, *, severity: float = 0.5, symptom: bool = False
) -> Mechanism:
    return Mechanism(
        signature=Signature(cause="failed", mechanism=name),
        shown=frozenset(run.run_id for run in shown),
        contrast=Contrast(difference=lower, interval=(lower, 1.0), basis="task"),
        severity=severity,
        symptom=symptom,
    )


def sizes(mechanisms: list[Mechanism], known: tuple[str, ...] = ()) -> dict[str, int]:
    placed = assign(RUNS, mechanisms, known=known)
    return {m.signature.mechanism: len(runs) for m, runs in placed.items()}


def test_a_run_with_two_signals_goes_to_the_stronger() -> None:
    """The weaker keeps the rest."""
    strong, weak = mechanism("strong", RUNS[:5], 0.6), mechanism("weak", RUNS, 0.2)

    assert sizes([weak, strong]) == {"strong": 5, "weak": 5}


def test_a_mechanism_with_too_few_runs_left_is_given_up() -> None:
    """Its runs go to their next one, or to none."""
    strong, weak = mechanism("strong", RUNS[:8], 0.6), mechanism("weak", RUNS, 0.2)

    assert sizes([strong, weak]) == {"strong": 8}


def test_symptoms_come_last_whatever_their_contrast() -> None:
    """How a run ended always contrasts; it explains least."""
    symptom, cause = mechanism("ended", RUNS, 0.9, symptom=True), mechanism("cause", RUNS[:4], 0.1)

    assert sizes([symptom, cause]) == {"cause": 4, "ended": 6}


def test_equal_contrasts_are_decided_by_severity() -> None:
    """A difference of a hundredth is noise."""
    mild, severe = mechanism("mild", RUNS, 0.51, severity=0.3), mechanism("severe", RUNS, 0.5, severity=0.9)

    assert sizes([mild, severe]) == {"severe": 10}


def test_a_known_pattern_is_kept_when_it_is_close() -> None:
    """Identities should last; a clear change still changes them."""
    new, old = mechanism("new", RUNS, 0.55), mechanism("old", RUNS, 0.5)
    known = (pattern_id(old.signature),)

    assert sizes([new, old]) == {"new": 10}
    assert sizes([new, old], known) == {"old": 10}
    assert sizes([mechanism("new", RUNS, 0.8), old], known) == {"new": 10}


def test_what_does_not_surely_contrast_explains_nothing() -> None:
    """A lower bound of zero, or two runs, is not enough."""
    assert sizes([mechanism("zero", RUNS, 0.0), mechanism("two", RUNS[:2], 0.9)]) == {}


def test_mechanisms_are_counted_in_failures_and_compared_with_passes() -> None:
    """``shown`` holds failing runs only."""
    failing = [unverified_run(number, "failed", task=f"t{number}") for number in range(6)]
    passing = [verified_run(20 + number, "passed", task=f"t{number}") for number in range(6)]
    passing.append(unverified_run(40, "passed", task="t0"))
    signals = detect_all([*failing, *passing], default_detectors())
    found = {m.signature.mechanism: m for m in mechanisms_of("failed", failing, passing, signals)}

    assert found["no_verification"].shown == {run.run_id for run in failing}
    assert 0 < found["no_verification"].contrast.difference < 1


def test_causes_are_coarse() -> None:
    """The outcome, unless the harness itself broke."""
    assert cause_kind(looping_run(1)) == "limit_reached"
    assert cause_kind(unverified_run(1, "failed", reason="agent_crashed:SIGSEGV")) == "harness_fault"
    assert cause_kind(unverified_run(1, "failed", cause="assertion")) == "failed"


def test_an_identity_is_short_and_depends_on_both_parts() -> None:
    """Cause and mechanism."""
    names = {pattern_id(Signature(cause=c, mechanism=m)) for c in ("failed", "timed_out") for m in ("a", "b")}

    assert len(names) == 4
    assert all(name.startswith("p-") and len(name) == 12 for name in names)
