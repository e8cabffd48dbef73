"""Patterns are groups of failures that a mechanism explains; the rest stays unexplained."""

from __future__ import annotations

import random
from dataclasses import replace

from analyzers.detectors import default_detectors
from analyzers.known_pattern import KnownPattern
from analyzers.observing import observe_each
from analyzers.pattern import Pattern
from analyzers.patterns import Found, find_patterns
from analyzers.quality import sift
from analyzers.testing import Story, looping_run, unverified_run, verified_run
from traces.run import Run


def mined(runs: list[Run], known: tuple[KnownPattern, ...] = ()) -> Found:
    kept = sift(runs)
    seen = observe_each(runs, default_detectors())
    return find_patterns(seen, judged=kept.rests_on_outcomes, known=known)


def remembered(pattern: Pattern) -> KnownPattern:
    return KnownPattern(
        id=pattern.id,
        name=pattern.name,
        signature=pattern.signature,
        run_ids=pattern.run_ids,
        terms=pattern.terms,
    )


def passes(count: int, start: int = 500) -> list[Run]:
    return [verified_run(start + number, "passed", task=f"t{number}") for number in range(count)]


def test_each_mechanism_is_a_pattern_of_its_own(patterns: dict[str, Pattern]) -> None:
    """Untested endings and loops are told apart, with the runs that show them."""
    unverified, loop = patterns["no_verification"], patterns["edit_loop"]

    assert len(patterns) == 2
    assert (len(unverified.run_ids), len(loop.run_ids)) == (12, 6)
    assert unverified.share == 12 / 18
    assert unverified.name == "Ends without testing its last edit (fails its verifier)"
    assert loop.signature.cause == "limit_reached"


def test_patterns_come_by_rank(runs: tuple[Run, ...]) -> None:
    """The rank is the lower bound times the share."""
    found = mined(list(runs)).patterns

    assert [p.rank for p in found] == sorted((p.rank for p in found), reverse=True)
    assert all(
        abs(p.rank - p.contrast.interval[0] * p.share) < 1e-12 for p in found if p.contrast.basis != "none"
    )


def test_a_pattern_shows_typical_runs_terms_and_its_own_signals(unverified: Pattern) -> None:
    """All of them from its own runs."""
    assert {unverified.medoid, *unverified.typical} <= set(unverified.run_ids)
    assert len(unverified.typical) == 2
    assert "comparison" in unverified.terms
    assert {signal.detector for signal in unverified.signals} == {"no_verification"}
    assert unverified.companions == ("claims_success_without_evidence",)


def test_the_order_of_the_runs_does_not_matter(runs: tuple[Run, ...]) -> None:
    """Same runs, same patterns."""
    shuffled = list(runs)
    random.Random(3).shuffle(shuffled)

    assert mined(shuffled) == mined(list(runs))


def test_what_passes_show_as_often_is_no_pattern() -> None:
    """Then every failure stays unexplained."""
    failing = [unverified_run(number, "failed", task=f"t{number}") for number in range(10)]
    passing = [unverified_run(100 + number, "passed", task=f"t{number}") for number in range(10)]
    found = mined([*failing, *passing])

    assert found.patterns == ()
    assert found.unexplained == tuple(run.run_id for run in failing)


def test_two_runs_are_an_anecdote() -> None:
    """Three are needed, however clear they look."""
    few = [looping_run(number, task=f"t{number}") for number in range(2)]

    assert mined([*few, *passes(20)]).patterns == ()
    assert len(mined([*few, looping_run(9, task="t9"), *passes(20)]).patterns) == 1


def test_an_explanation_goes_before_a_symptom() -> None:
    """Loops run out of steps; that they ran out of steps is no cause."""
    loops = [looping_run(number, task=f"t{number}", times=12) for number in range(8)]
    (pattern,) = mined([*loops, *passes(20)]).patterns

    assert pattern.signature.mechanism == "edit_loop"
    assert "step_exhaustion" in pattern.companions


def test_a_symptom_is_better_than_nothing() -> None:
    """Where no mechanism is seen, how the runs ended still groups them."""
    cut = [Story(number).shell("ls", f"{number}").run("timed_out") for number in range(6)]
    (pattern,) = mined([*cut, *passes(20)]).patterns

    assert pattern.signature.mechanism == "cut_off"


def test_without_any_verdict_patterns_rest_on_signals() -> None:
    """And say so."""
    found = mined([looping_run(number, "unknown", task=f"t{number}") for number in range(5)])

    assert found.rests_on == "signals"
    assert found.patterns[0].contrast.basis == "none"
    assert found.patterns[0].signature.cause == "unknown"


def test_a_harness_that_never_passes_still_has_patterns() -> None:
    """Without contrast, and marked so; what hurts more goes first."""
    found = mined([unverified_run(number, "failed", task=f"t{number}") for number in range(6)])

    assert [pattern.contrast.basis for pattern in found.patterns] == ["none"]
    assert found.patterns[0].signature.mechanism == "no_verification"


def test_a_fault_of_the_harness_is_a_cause_of_its_own() -> None:
    """A crash is not mixed up with a wrong answer."""
    crashed = [
        replace(looping_run(number, "failed", task=f"t{number}"), reason="middleware_error:Guard")
        for number in range(4)
    ]

    assert mined([*crashed, *passes(10)]).patterns[0].signature.cause == "harness_fault"


def test_a_pattern_is_known_again_with_other_runs(runs: tuple[Run, ...]) -> None:
    """Its identity depends on cause and mechanism only."""
    first = mined(list(runs)).patterns
    later = mined(list(runs[6:]), known=tuple(remembered(pattern) for pattern in first)).patterns

    assert {pattern.id for pattern in later} == {pattern.id for pattern in first}
    assert {pattern.status for pattern in first} == {"new"}
    assert {pattern.status for pattern in later} == {"recurring"}


def test_nothing_comes_of_nothing() -> None:
    """No runs, or no failures."""
    assert find_patterns([]).patterns == ()
    assert mined(passes(5)) == Found(patterns=(), unexplained=())
