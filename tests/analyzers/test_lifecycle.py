"""New, recurring, fixed, reopened: from counts over rounds."""

from __future__ import annotations

import pytest

from analyzers.known_pattern import KnownPattern
from analyzers.lifecycle import is_fixed, status_of
from analyzers.pattern import RoundCount, Signature


def counts(*pairs: tuple[int, int]) -> tuple[RoundCount, ...]:
    return tuple(
        RoundCount(round=str(place), count=count, runs=runs) for place, (count, runs) in enumerate(pairs)
    )


@pytest.mark.parametrize(
    ("pairs", "fixed"),
    [
        (((10, 40), (0, 40)), True),
        (((10, 40), (0, 4)), False),
        (((10, 40), (0, 4), (0, 40)), True),
        (((1, 100), (0, 60)), False),
        (((10, 40), (0, 40), (3, 40)), False),
        (((40, 40), (0, 1)), True),
        ((), False),
        (((0, 40),), False),
    ],
)
def test_fixed_means_absent_where_it_should_have_occurred(
    pairs: tuple[tuple[int, int], ...], *, fixed: bool
) -> None:
    """Four runs without it prove nothing; rounds add up; a rare one needs more of them."""
    assert is_fixed(counts(*pairs)) is fixed


def test_the_state_follows_from_the_counts() -> None:
    """Whether it is there now, and what was before."""
    gone = counts((10, 40), (0, 40))

    assert status_of((), present=True) == "new"
    assert status_of(counts((10, 40)), present=True) == "recurring"
    assert status_of(gone, present=True) == "reopened"
    assert status_of(gone, present=False) == "fixed"
    assert status_of(counts((10, 40), (0, 2)), present=True) == "recurring"


def test_a_known_pattern_tells_its_state() -> None:
    """As of the last round."""
    signature = Signature(cause="failed", mechanism="loop")
    known = KnownPattern(id="p", name="Loop", signature=signature, history=counts((10, 40), (0, 40)))

    assert known.status == "fixed"
