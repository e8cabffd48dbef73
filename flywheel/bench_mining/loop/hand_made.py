"""Harnesses that a person makes who knows every weakness: what a gain is measured against."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from analyzers.remedies.prompt_paragraph import paragraph_text
from harness.edits import AddMiddleware, AppendText, Edit, SetValue

_CHECKS = (
    "Run the tests after the last edit and read what they print.",
    "Read the instruction again and tick off every requirement, one by one.",
)


def hand_made() -> Mapping[str, tuple[Edit, ...]]:
    """The edits of each: everything that helps against a weakness, with several answers to slow thinking.

    Advice that comes as a run tries to end is followed mostly; a note that it repeats itself, a listing at the start
    and short results help; effort is lowered throughout, or between plan and verification; limits are raised or not.
    """
    medium = SetValue(key="model.reasoning_effort", value="medium")
    budget = AddMiddleware(use="stock:ReasoningBudget")
    wide = (SetValue(key="limits.steps", value=60), SetValue(key="limits.wall_seconds", value=3600))
    return MappingProxyType(
        {
            "medium effort": (*_against_the_others(), medium),
            "medium effort, higher limits": (*_against_the_others(), medium, *wide),
            "effort by phase, time warnings": (
                *_against_the_others(),
                budget,
                AddMiddleware(use="stock:TimeBudget"),
            ),
            "medium effort, advice in the prompt": (*_against_the_others(), medium, *_advice()),
        }
    )


def _against_the_others() -> tuple[Edit, ...]:
    return (
        AddMiddleware(
            use="stock:PreCompletionChecklist",
            parameters={"checks": _CHECKS, "require_verification": False, "max_gates": 2},
        ),
        AddMiddleware(use="stock:LoopDetection"),
        AddMiddleware(use="stock:LocalContext"),
        AddMiddleware(use="stock:ToolOutputTruncation", parameters={"max_characters": 2000}),
    )


def _advice() -> tuple[Edit, ...]:
    prompt = "prompts/system.md"
    names = ("look_first", "short_output", "reconsider", "requirements", "verify")
    texts = (paragraph_text(name) for name in names)
    return tuple(AppendText(path=prompt, text=text) for text in texts)
