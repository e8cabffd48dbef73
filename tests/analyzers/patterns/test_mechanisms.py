"""Each failing run has one primary mechanism: the one with the strongest contrast."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from analyzers.observation import Observation
from analyzers.pattern import Signature
from analyzers.patterns.mechanisms import Mechanism, explain
from analyzers.patterns.panel import panel_of
from analyzers.testing import observed

FAILING = range(20)
PASSING = range(100, 140)


def runs(shown: dict[str, list[int]], symptoms: tuple[str, ...] = ()) -> list[Observation]:
    """Twenty failures and forty passes that show what is said of their numbers."""
    return [
        observed(
            number,
            "failed" if number in FAILING else "passed",
            shows={name: (9,) for name, numbers in shown.items() if number in numbers},
            symptoms=symptoms,
        )
        for number in (*FAILING, *PASSING)
    ]


def explained(
    seen: list[Observation], known: tuple[Signature, ...] = (), passing: bool = True
) -> tuple[Mechanism, ...]:
    panel = panel_of(seen)
    passes = np.arange(20, len(seen)) if passing else np.arange(0)
    return explain("failed", panel, np.arange(20), passes, known=known)


def sizes(found: tuple[Mechanism, ...]) -> list[tuple[str, int]]:
    return [(mechanism.signature.mechanism, len(mechanism.members)) for mechanism in found]


def test_a_run_with_two_signals_goes_to_the_stronger() -> None:
    """The weaker keeps the rest, and also holds those that it shares."""
    strong, weak = list(range(14)), [*range(10, 20), *range(100, 104)]
    found = explained(runs({"weak": weak, "strong": strong}))

    assert sizes(found) == [("strong", 14), ("weak", 6)]
    assert list(found[1].also) == [10, 11, 12, 13]
    assert len(found[1].passing) == 4


def test_a_rare_mechanism_is_found_among_what_others_leave() -> None:
    """Within all failures it would drown: here it is compared with runs that show nothing stronger."""
    common, rare = [*range(16), *range(100, 120)], [*range(16, 20), 120, 121]

    assert sizes(explained(runs({"common": common, "rare": rare}))) == [("common", 16), ("rare", 4)]


def test_what_is_left_of_two_runs_is_no_mechanism() -> None:
    """They stay unexplained."""
    assert sizes(explained(runs({"strong": list(range(18)), "weak": [18, 19]}))) == [("strong", 18)]


def test_symptoms_come_last_whatever_their_contrast() -> None:
    """How a run ended always contrasts; it explains least."""
    shown = {"ended": list(FAILING), "cause": list(range(8))}

    assert sizes(explained(runs(shown, symptoms=("ended",)))) == [("cause", 8), ("ended", 12)]


def test_equal_contrasts_are_decided_by_severity() -> None:
    """Then by name, so that the same runs always give the same patterns."""
    both = runs({"mild": list(FAILING), "severe": list(FAILING)})
    graded = [
        replace(
            run,
            sightings=tuple(
                replace(s, signal=replace(s.signal, severity=0.9 if s.signal.detector == "severe" else 0.3))
                for s in run.sightings
            ),
        )
        for run in both
    ]

    assert sizes(explained(graded)) == [("severe", 20)]
    assert sizes(explained(runs({"b": list(FAILING), "a": list(FAILING)}))) == [("a", 20)]


def test_a_known_pattern_is_kept_when_it_is_close() -> None:
    """Identities should last; a clear change still changes them."""
    known = (Signature(cause="failed", mechanism="b"),)
    close = runs({"a": list(range(18)), "b": list(range(18))})
    far = runs({"a": list(range(18)), "b": list(range(8))})

    assert sizes(explained(close))[0] == ("a", 18)
    assert sizes(explained(close, known))[0] == ("b", 18)
    assert sizes(explained(far, known))[0] == ("a", 18)


def test_when_all_passes_are_taken_nothing_more_can_be_said() -> None:
    """A mechanism that every pass shows leaves no contrast for the next."""
    everywhere = [*FAILING, *PASSING]

    assert explained(runs({"everywhere": everywhere})) == ()
    assert explained(runs({"half": everywhere[:-1], "one": [19]})) == ()


def test_without_passes_shares_and_severity_decide() -> None:
    """There is no contrast, and the certainty is the severity."""
    (found,) = explained(runs({"seen": list(range(15))}), passing=False)

    assert (found.contrast.basis, found.certainty) == ("none", 0.5)
