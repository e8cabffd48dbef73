"""Which signals speak of which weakness, and which remedies are right for it, with the reasons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, kw_only=True)
class Answer:
    """``remedies`` are right for a weakness, for ``reason``; the ``signals`` named here say that it is there."""

    remedies: frozenset[str]
    reason: str
    signals: frozenset[str]


def answers() -> Mapping[str, Answer]:
    """The answer for each weakness; the reasons are what its description in the simulated model's profile says.

    A remedy that helps seldom there (advice that only the system prompt gives, where another is followed mostly) is not right.
    """
    return MappingProxyType(
        {
            "unverified_finish": _answer(
                "completion_checklist",
                "it tests mostly when told as it tries to end, seldom when only the system prompt says so",
                "no_verification stale_verification claims_success_without_evidence",
            ),
            "stubborn_edit": _answer(
                "loop_detection",
                "a note that it repeats itself, or should try something else, brings it back to searching",
                "edit_loop oscillation repeated_call restated_call",
            ),
            "path_guess": _answer(
                "local_context look_first_paragraph",
                "a listing in its context, or advice to look first, helps",
                "missing_path wrong_directory wrong_file",
            ),
            "effort_burn": _answer(
                "reasoning_budget medium_effort time_budget",
                "another effort helps; a warning that time is nearly used up makes it hand in what it has",
                "time_burn",
            ),
            "forgotten_constraint": _answer(
                "requirements_checklist completion_checklist",
                "advice to read the instruction again helps, mostly when it comes as the run tries to end",
                "constraint_ignored",
            ),
            "output_drowning": _answer(
                "output_truncation short_output_paragraph",
                "truncation that keeps the tail, or advice to keep output short, helps",
                "output_flood context_overflow",
            ),
        }
    )


def weaknesses_of(signal: str) -> frozenset[str]:
    """The weaknesses that a signal speaks of; none for one that says of several things only that they went wrong."""
    return frozenset(name for name, answer in answers().items() if signal in answer.signals)


def _answer(remedies: str, reason: str, signals: str) -> Answer:
    return Answer(remedies=frozenset(remedies.split()), reason=reason, signals=frozenset(signals.split()))
