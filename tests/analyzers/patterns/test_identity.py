"""Patterns are known again when everything is clustered anew."""

from __future__ import annotations

from dataclasses import replace

from analyzers.known_pattern import KnownPattern
from analyzers.observation import Observation
from analyzers.pattern import Pattern, RoundCount, Signature
from analyzers.patterns import find_patterns
from analyzers.patterns.identity import identified, with_histories
from analyzers.testing import observed


def runs(mechanism: str, first: int = 0, count: int = 10, **more: object) -> list[Observation]:
    return [observed(first + number, shows={mechanism: (9,)}, **more) for number in range(count)]


def passes() -> list[Observation]:
    return [observed(5000 + number, "passed") for number in range(30)]


def known_from(pattern: Pattern, **more: object) -> KnownPattern:
    known = KnownPattern(
        id=pattern.id,
        name=pattern.name,
        signature=pattern.signature,
        run_ids=pattern.run_ids,
        terms=pattern.terms,
        part=pattern.part,
    )
    return replace(known, **more)


def only(observations: list[Observation], *known: KnownPattern) -> Pattern:
    (pattern,) = find_patterns([*observations, *passes()], known=known).patterns
    return pattern


def test_the_same_runs_under_another_mechanism_are_the_same_pattern() -> None:
    """What a better detector explains differently does not get a new name."""
    first = only(runs("old_detector"))
    again = only(runs("new_detector"), known_from(first))

    assert again.id == first.id
    assert again.signature.mechanism == "new_detector"
    assert again.status == "recurring"


def test_other_runs_of_the_same_signature_are_the_same_pattern() -> None:
    """As in the next round, whose runs are all new."""
    first = only(runs("loop"))

    assert only(runs("loop", first=100), known_from(first, id="p-known")).id == "p-known"


def test_of_two_rivals_the_one_with_the_runs_is_continued() -> None:
    """The other one gets an identity of its own."""
    first = only(runs("loop", count=12))
    both = identified(
        [
            replace(first, run_ids=first.run_ids[:3], id="x"),
            replace(first, run_ids=first.run_ids[3:], id="x"),
        ],
        [known_from(first, id="p-known")],
    )

    assert [pattern.id == "p-known" for pattern in both] == [False, True]
    assert len({pattern.id for pattern in both}) == 2


def test_words_decide_between_parts_of_one_signature() -> None:
    """Each part goes to the known one that speaks like it."""
    pattern = only(runs("loop"))
    parts = [
        replace(pattern, run_ids=("1",), terms=("a", "b")),
        replace(pattern, run_ids=("2",), terms=("c",)),
    ]
    known = [
        known_from(pattern, id="first", run_ids=(), terms=("c", "d")),
        known_from(pattern, id="second", run_ids=(), terms=("a",)),
    ]

    assert [each.id for each in identified(parts, known)] == ["second", "first"]


def test_what_is_known_and_not_there_is_gone() -> None:
    """It is named beside the patterns."""
    other = KnownPattern(id="p-gone", name="Gone", signature=Signature(cause="timed_out", mechanism="burn"))
    found = find_patterns([*runs("loop"), *passes()], known=[other])

    assert found.gone == (other,)


def test_a_pattern_that_was_fixed_and_is_back_is_reopened() -> None:
    """With what earlier rounds counted."""
    first = only(runs("loop"))
    history = (RoundCount(round="1/a", count=10, runs=40), RoundCount(round="2/b", count=0, runs=40))
    (again,) = with_histories([first], [known_from(first, history=history)])

    assert (again.status, again.history) == ("reopened", history)
