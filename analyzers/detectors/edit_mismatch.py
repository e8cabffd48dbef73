"""Edits were refused because the text to replace was not there as given."""

from __future__ import annotations

import re

from analyzers.detectors.text_match import TextMatch

_EXPRESSION = re.compile(
    r"(?:old_str\w*|string|text|search)\b[^\n]{0,120}\b(?:not found|does not occur|did not match|no match|"
    r"occurs \d+ times|must be unique|multiple)|0 occurrences|could not find|hunk\b[^\n]*\bfailed"
    r"|patch (?:failed|does not apply)",
    re.IGNORECASE,
)


def edit_mismatch() -> TextMatch:
    """Sees two or more refused edits."""
    return TextMatch(
        name="edit_mismatch",
        title="Edits text that is not there as given",
        expression=_EXPRESSION,
        sentence="{count} edits named text that is not in the file, or not just once.",
        least=2,
    )
