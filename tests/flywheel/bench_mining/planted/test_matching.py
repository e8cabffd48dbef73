"""Patterns are matched with what was planted, each at most once."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from flywheel.bench_mining.planted.failure import Failure
from flywheel.bench_mining.planted.matching import FoundPattern, is_false, matches, seed_figures

LOOP, GUESS, BURN = "stubborn_edit", "path_guess", "effort_burn"


def _owes(*names: str, shows: Iterable[str] = ()) -> Failure:
    return Failure(shows=frozenset({*names, *shows}), owes=frozenset(names), alone=False)


def _by_itself(*shows: str) -> Failure:
    return Failure(shows=frozenset(shows), owes=frozenset(), alone=True)


def _pattern(mechanism: str, *runs: str, remedies: tuple[str, ...] = ()) -> FoundPattern:
    return FoundPattern(mechanism=mechanism, runs=frozenset(runs), remedies=remedies)


def test_over_determined_runs_are_told_from_the_others() -> None:
    """They fail with any one weakness off, and pass with all of them off."""
    assert Failure(shows=frozenset([LOOP, BURN]), owes=frozenset(), alone=False).over_determined
    assert not _owes(LOOP).over_determined
    assert not _by_itself(LOOP).over_determined


def test_a_pattern_must_be_of_the_weakness_and_hold_its_failures() -> None:
    """Four fifths of its runs show it, and half of the failures that it is to blame for are among them."""
    failures = {str(n): _owes(LOOP) for n in range(4)} | {"own": _by_itself()}

    assert matches([LOOP], failures, [_pattern("edit_loop", "0", "1")])
    assert matches([LOOP], failures, [_pattern("edit_loop", "0", "1", "2", "3", "own")])
    assert not matches([LOOP], failures, [_pattern("edit_loop", "0")])
    assert not matches([LOOP], failures, [_pattern("edit_loop", "0", "1", "own")])


def test_a_pattern_answers_one_weakness_only() -> None:
    """Two weaknesses that go together in all runs need two patterns."""
    failures = {str(n): _owes(LOOP, BURN) for n in range(4)}
    one, other = _pattern("edit_loop", "0", "1"), _pattern("time_burn", "2", "3")

    assert len(matches([LOOP, BURN], failures, [one])) == 1
    assert len(matches([LOOP, BURN], failures, [one, other])) == 2


def test_as_many_as_possible_are_matched() -> None:
    """A pattern that would fit one weakness best is left to another that has no other."""
    failures = {str(n): _owes(LOOP, BURN) for n in range(4)} | {f"b{n}": _owes(BURN) for n in range(2)}
    both, only = _pattern("edit_loop", "0", "1", "2", "3"), _pattern("time_burn", "b0", "b1", "0")
    found = matches([BURN, LOOP], failures, [both, only])

    assert found == {LOOP: both, BURN: only}


def test_nothing_is_matched_with_nothing() -> None:
    """Neither without patterns nor without weaknesses."""
    assert not matches([LOOP], {"0": _owes(LOOP)}, [])
    assert not matches([], {"0": _owes(LOOP)}, [_pattern("edit_loop", "0")])


@pytest.mark.parametrize(
    ("pattern", "false"),
    [
        (_pattern("missing_path", "loop"), True),  # speaks of what is not planted
        (_pattern("edit_loop", "loop", "own"), False),  # speaks of what is
        (_pattern("gave_up", "own"), False),  # the model's own
        (_pattern("gave_up", "loop"), False),  # all of its runs show what is planted
        (_pattern("gave_up", "loop", "burn", "own"), True),  # neither
    ],
)
def test_a_pattern_of_what_is_not_there_is_false(pattern: FoundPattern, *, false: bool) -> None:
    """By what its signal speaks of; else by whose runs they are."""
    failures = {"loop": _owes(LOOP), "burn": _owes(BURN), "own": _by_itself()}

    assert is_false(pattern, {LOOP: 0.3, BURN: 0.2}, failures) is false


def test_a_seed_is_judged_as_a_whole() -> None:
    """An instance counts from five per cent of the failures on; the right remedy must be among the first three."""
    failures = {str(n): _owes(LOOP) for n in range(37)} | {"g1": _owes(GUESS), "g2": _owes(GUESS)}
    failures |= {"b": _owes(BURN), "o": Failure(shows=frozenset([LOOP, BURN]), owes=frozenset(), alone=False)}
    patterns = [
        _pattern(
            "edit_loop", *(str(n) for n in range(30)), remedies=("more_steps", "a", "b", "loop_detection")
        ),
        _pattern("missing_path", "g1", "g2", remedies=("act_paragraph", "local_context")),
    ]
    found = seed_figures(5, {LOOP: 0.5, GUESS: 0.2, BURN: 0.1}, failures, patterns, runs=60)
    loop = next(each for each in found.instances if each.weakness == LOOP)
    guess = next(each for each in found.instances if each.weakness == GUESS)
    burn = next(each for each in found.instances if each.weakness == BURN)

    assert loop.is_matched
    assert not loop.is_found
    assert loop.held == pytest.approx(30 / 37)
    assert guess.share == pytest.approx(2 / 41)
    assert not guess.counts
    assert guess.is_found
    assert not burn.is_matched
    assert (found.failures, found.over_determined, found.alone, found.false) == (41, 1, 0, ())
