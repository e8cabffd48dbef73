"""Patterns have names that a person would give."""

from __future__ import annotations

from analyzers.pattern import Signature
from analyzers.patterns.naming import pattern_name


def test_a_name_says_what_the_agent_does_and_how_it_ends() -> None:
    """Mechanism first, then the ending."""
    name = pattern_name(Signature(cause="timed_out", mechanism="time_burn"))

    assert name == "Burns its time on slow thinking (runs out of time)"


def test_a_foreign_detector_is_named_after_itself() -> None:
    """Nothing breaks for a mechanism that nobody has worded."""
    name = pattern_name(Signature(cause="odd_cause", mechanism="my_own_signal"))

    assert name == "My own signal (odd cause)"
