"""What a clustering anew changed."""

from __future__ import annotations

from analyzers.patterns.moving import Move, moves


def test_nothing_moved() -> None:
    """The order of runs does not matter."""
    found = moves({"a": ["1", "2"]}, {"a": ["2", "1"]})

    assert (found.moved, found.split, found.merged) == ((), {}, {})


def test_runs_that_moved_are_listed_with_from_and_to() -> None:
    """The largest move first; no pattern is empty."""
    found = moves({"a": ["1", "2", "3"], "b": ["4"]}, {"a": ["1"], "b": ["2", "3"], "c": ["9"]})

    assert found.moved == (
        Move(before="a", after="b", run_ids=("2", "3")),
        Move(before="", after="c", run_ids=("9",)),
        Move(before="b", after="", run_ids=("4",)),
    )


def test_a_pattern_in_two_is_split_and_two_in_one_are_merged() -> None:
    """A few runs that moved are neither."""
    whole = [str(number) for number in range(20)]
    halves = {"a": whole[:12], "b": whole[12:]}

    assert moves({"w": whole}, halves).split == {"w": ("a", "b")}
    assert moves(halves, {"w": whole}).merged == {"w": ("a", "b")}
    assert moves({"w": whole}, {"w": whole[:18], "b": whole[18:]}).split == {}
