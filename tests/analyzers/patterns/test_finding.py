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
from analyzers.testing import Story, looping_run, observed, unverified_run, verified_run
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


def test_what_nearly_is_a_pattern_is_named_with_what_it_would_take() -> None:
    """Its interval holds zero; twice the runs or so would do."""
    failing = [
        observed(number, shows={"seen": (9,)} if number < 5 else {}, task=f"t{number % 5}")
        for number in range(20)
    ]
    passing = [
        observed(100 + number, "passed", shows={"seen": (9,)} if number < 2 else {}, task=f"t{number % 5}")
        for number in range(20)
    ]
    found = find_patterns([*failing, *passing])
    (candidate,) = found.candidates

    assert found.patterns == ()
    assert candidate.contrast.interval[0] < 0 < candidate.contrast.interval[1]
    assert candidate.runs == 5
    assert candidate.more_runs is not None
    assert 5 < candidate.more_runs < 200


def test_what_passes_show_as_often_needs_no_more_runs() -> None:
    """No number would make it a pattern."""
    runs = [
        observed(number, outcome, shows={"seen": (9,)} if number % 2 else {}, task=f"t{number % 5}")
        for outcome, first in (("failed", 0), ("passed", 100))
        for number in range(first, first + 20)
    ]

    assert [candidate.more_runs for candidate in find_patterns(runs).candidates] == [None]


def test_a_run_is_in_one_pattern_and_also_in_others() -> None:
    """Each failure counts once, and is found under either."""
    shows = [("a",)] * 6 + [("a", "b")] * 4 + [("b",)] * 6
    failing = [observed(number, shows=dict.fromkeys(names, (9,))) for number, names in enumerate(shows)]
    found = find_patterns([*failing, *(observed(100 + number, "passed") for number in range(20))]).patterns
    by_mechanism = {pattern.signature.mechanism: pattern for pattern in found}

    assert (len(by_mechanism["a"].run_ids), len(by_mechanism["b"].run_ids)) == (10, 6)
    assert len(by_mechanism["b"].also) == 4
    assert by_mechanism["a"].also == ()


def test_few_passes_are_no_contrast() -> None:
    """Seven of them say nothing: patterns are named by what is frequent, and say so; eight do."""
    failing = [observed(number, shows={"seen": (9,)}) for number in range(12)]
    passing = [observed(100 + number, "passed", shows={"seen": (9,)}) for number in range(8)]

    assert [pattern.contrast.basis for pattern in find_patterns([*failing, *passing[:7]]).patterns] == [
        "none"
    ]
    assert find_patterns([*failing, *passing]).patterns == ()


def test_unexplained_failures_that_sound_alike_are_listed() -> None:
    """Nothing else is claimed of them."""
    draw = random.Random(1)
    filler = [f"filler{number}" for number in range(60)]
    words = [("database", "refused", "port")] * 20 + [("memory", "killed", "oom")] * 15
    failing = [observed(number, words=(*said, *draw.sample(filler, 5))) for number, said in enumerate(words)]
    found = find_patterns([*failing, *(observed(100 + number, "passed") for number in range(20))])

    assert found.patterns == ()
    assert len(found.unexplained) == 35
    assert len(found.alike) >= 2
    assert {group.terms[0] for group in found.alike} <= {
        "database",
        "refused",
        "port",
        "memory",
        "killed",
        "oom",
    }


def test_the_medoid_and_the_typical_runs_are_of_different_tasks() -> None:
    """Where there are any."""
    failing = [
        observed(number, shows={"seen": (9,)}, task=f"t{number // 4}", words=("same",))
        for number in range(12)
    ]
    (pattern,) = find_patterns(
        [*failing, *(observed(100 + number, "passed") for number in range(20))]
    ).patterns
    tasks = {run.run_id: run.task for run in failing}

    assert len({tasks[run_id] for run_id in (pattern.medoid, *pattern.typical)}) == 3
