"""The agent called tools that do not exist."""

from __future__ import annotations

import re

from analyzers.detectors.text_match import TextMatch

_EXPRESSION = re.compile(
    r"unknown tool|no such tool|is not a valid tool|tool\b[^\n]{0,80}\b(?:not found|does not exist|not available)"
    r"|unsupported (?:tool|call)",
    re.IGNORECASE,
)


def unknown_tool() -> TextMatch:
    """Sees a call of a tool that is not offered."""
    return TextMatch(
        name="unknown_tool",
        title="Calls tools that do not exist",
        expression=_EXPRESSION,
        sentence="{count} calls named a tool that is not offered.",
    )
