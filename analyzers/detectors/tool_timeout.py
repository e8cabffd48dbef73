"""Commands were stopped because they took too long."""

from __future__ import annotations

import re

from analyzers.detectors.text_match import TextMatch

_EXPRESSION = re.compile(
    r"timed out|timeout (?:after|expired|exceeded|of \d)|TimeoutExpired|exceeded the time limit|^timeout(?:$|:)"
    r"|deadline exceeded|no (?:change|new output) (?:in|after|for) \d+ seconds",
    re.IGNORECASE | re.MULTILINE,
)
_WORDS = ("timed out", "timeout", "time limit", "deadline", "no change", "no new output")


def tool_timeout() -> TextMatch:
    """Sees a call that ran into its time limit."""
    return TextMatch(
        name="tool_timeout",
        title="Runs commands that take too long",
        expression=_EXPRESSION,
        words=_WORDS,
        sentence="{count} calls ran into their time limit.",
    )
