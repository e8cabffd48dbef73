"""Each failing run has one primary mechanism: the one with the strongest contrast."""

from __future__ import annotations

from analyzers.detectors import default_detectors, detect_all
from analyzers.pattern import Signature
from analyzers.signal import Signal
from analyzers.signatures import cause_kind, explain, pattern_id
from analyzers.testing import Story, looping_run, unverified_run, verified_run
from traces.run import Run

FAILING = [Story(number).says("Done.").run("failed") for number in range(20)]
PASSING = [Story(100 + number).says("Done.").run("passed") for number in range(40)]


def seen(name: str, runs: list[Run], *, severity: float = 0.5, symptom: bool = False) -> list[Signal]:
    return [
        Signal(
            detector=name,
            run_id=run.run_id,
            span_ids=("s",),
            sentence="Seen.",
            severity=severity,
            symptom=symptom,
        )
        for run in runs
    ]


def explained(*signals: list[Signal], known: tuple[str, ...] = ()) -> list[tuple[str, int]]:
    everything = [signal for group in signals for signal in group]
    found = explain("failed", FAILING, PASSING, everything, known=known)
    return [(mechanism.signature.mechanism, len(mechanism.members)) for mechanism in found]


def test_a_run_with_two_signals_goes_to_the_stronger() -> None:
    """The weaker keeps the rest."""
    strong, weak = seen("strong", FAILING[:14]), seen("weak", FAILING[10:] + PASSING[:4])

    assert explained(weak, strong) == [("strong", 14), ("weak", 6)]


def test_a_rare_mechanism_is_found_among_what_others_leave() -> None:
    """Within all failures it would drown: here it is compared with runs that show nothing stronger."""
    common = seen("common", FAILING[:16] + PASSING[:20])
    rare = seen("rare", FAILING[16:] + PASSING[20:22])

    assert explained(common, rare) == [("common", 16), ("rare", 4)]


def test_what_is_left_of_two_runs_is_no_mechanism() -> None:
    """They stay unexplained."""
    strong, weak = seen("strong", FAILING[:18]), seen("weak", FAILING)

    assert explained(strong, weak) == [("weak", 20)]
    assert explained(strong, seen("weak", FAILING[18:])) == [("strong", 18)]


def test_symptoms_come_last_whatever_their_contrast() -> None:
    """How a run ended always contrasts; it explains least."""
    symptom, cause = seen("ended", FAILING, symptom=True), seen("cause", FAILING[:8])

    assert explained(symptom, cause) == [("cause", 8), ("ended", 12)]


def test_equal_contrasts_are_decided_by_severity() -> None:
    """Then by name, so that the same runs always give the same patterns."""
    mild, severe = seen("mild", FAILING, severity=0.3), seen("severe", FAILING, severity=0.9)

    assert explained(mild, severe) == [("severe", 20)]
    assert explained(seen("b", FAILING), seen("a", FAILING)) == [("a", 20)]


def test_a_known_pattern_is_kept_when_it_is_close() -> None:
    """Identities should last; a clear change still changes them."""
    old, new, far = seen("old", FAILING[:18]), seen("new", FAILING[:18]), seen("old", FAILING[:8])
    known = (pattern_id(Signature(cause="failed", mechanism="old")),)

    assert explained(old, new)[0] == ("new", 18)
    assert explained(old, new, known=known)[0] == ("old", 18)
    assert explained(far, new, known=known)[0] == ("new", 18)


def test_when_all_passes_are_taken_nothing_more_can_be_said() -> None:
    """A mechanism that every pass shows leaves no contrast for the next."""
    everywhere = seen("everywhere", FAILING + PASSING)
    half = seen("half", FAILING[:19] + PASSING)

    assert explained(everywhere) == []
    assert explained(half, seen("one", FAILING[19:])) == []


def test_mechanisms_are_counted_in_failures_and_compared_with_passes() -> None:
    """With the passing runs that show them set apart."""
    failing = [unverified_run(number, "failed", task=f"t{number}") for number in range(8)]
    passing = [verified_run(20 + number, "passed", task=f"t{number}") for number in range(8)]
    passing.append(unverified_run(40, "passed", task="t0"))
    signals = detect_all([*failing, *passing], default_detectors())
    (found,) = explain("failed", failing, passing, signals)

    assert found.signature.mechanism == "no_verification"
    assert found.members == tuple(failing)
    assert found.passing == {passing[-1].run_id}
    assert 0 < found.contrast.difference < 1


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
