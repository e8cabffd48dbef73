"""What the cure of a pattern can gain at most."""

from __future__ import annotations

import dataclasses

import pytest

from analyzers.pattern import Pattern, Signature
from flywheel.largest_gain import largest_gain
from flywheel.wheel import Mined


def mined_of(*patterns: Pattern, runs: int = 60) -> Mined:
    """A round with these patterns."""
    return Mined(
        round=1, commit="e" * 40, runs=runs, passed=20, set_apart={}, patterns=patterns, unexplained=0
    )


def test_a_cure_gains_no_more_than_the_pattern_costs(pattern: Pattern) -> None:
    """Three of sixty runs are 5 points; up to 12.4 cannot be excluded, and with ten times the runs 7.5."""
    many = dataclasses.replace(pattern, run_ids=tuple(f"{number:032x}" for number in range(30)))

    assert largest_gain(mined_of(pattern), pattern.id) == pytest.approx(0.124, abs=0.001)
    assert largest_gain(mined_of(many, runs=600), many.id) == pytest.approx(0.068, abs=0.001)


def test_patterns_of_one_mechanism_count_together(pattern: Pattern) -> None:
    """A mechanism that ends in failures of two causes has one cure."""
    other = dataclasses.replace(
        pattern,
        id="pattern-2",
        signature=Signature(cause="timed_out", mechanism=pattern.signature.mechanism),
        run_ids=("d" * 32,),
    )
    apart = dataclasses.replace(other, signature=Signature(cause="timed_out", mechanism="other"))

    alone = largest_gain(mined_of(pattern), pattern.id)

    assert largest_gain(mined_of(pattern, other), pattern.id) > alone
    assert largest_gain(mined_of(pattern, apart), pattern.id) == alone


def test_what_is_not_known_bounds_nothing(pattern: Pattern) -> None:
    """A proposal of a person, foreign runs without outcomes, and runs that all failed alike."""
    assert largest_gain(mined_of(), pattern.id) == 1.0
    assert largest_gain(dataclasses.replace(mined_of(pattern), rests_on="signals"), pattern.id) == 1.0
    assert largest_gain(mined_of(pattern, runs=3), pattern.id) == 1.0
