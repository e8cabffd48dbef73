"""The agent called tools that do not exist."""

from __future__ import annotations

import re

from analyzers.detectors.text_match import TextMatch

_EXPRESSION = re.compile(
    r"unknown (?:tool|command|function)|no such tool|is not a (?:valid|known|registered) (?:tool|command)"
    r"|tool\b[^\n]{0,80}\b(?:not found|does not exist|not available)|unavailable tool|unsupported (?:tool|call)"
    r"|tool_not_(?:registered|found)|NoSuchTool|function\b[^\n]{0,60}\bis not defined in tools",
    re.IGNORECASE,
)
_WORDS = (
    "unknown",
    "no such tool",
    "is not a",
    "not found",
    "does not exist",
    "not available",
    "unavailable",
    "unsupported",
    "tool_not_",
    "nosuchtool",
    "not defined",
)


def unknown_tool() -> TextMatch:
    """Sees a call of a tool that is not offered."""
    return TextMatch(
        name="unknown_tool",
        title="Calls tools that do not exist",
        expression=_EXPRESSION,
        words=_WORDS,
        among="refused",
        sentence="{count} calls named a tool that is not offered.",
    )
