"""Edits were refused because the text to replace was not there as given."""

from __future__ import annotations

import re

from analyzers.detectors.text_match import TextMatch

_EXPRESSION = re.compile(
    r"(?:old_?str\w{0,20}|old_?text|string|text|search)\b[^\n]{0,120}\b(?:not found|does not (?:occur|exist|appear)"
    r"|did not (?:match|appear)|no match|occurs \d+ times|must be unique|multiple)|0 occurrences|could not find"
    r"|No replacement was performed|edit_no_occurrence_found|Failed to find expected lines|hunk\b[^\n]{0,200}\bfailed"
    r"|patch (?:failed|does not apply)|apply_patch verification failed",
    re.IGNORECASE,
)
_WORDS = (
    "not found",
    "does not",
    "did not",
    "no match",
    "occurs",
    "must be unique",
    "multiple",
    "0 occurrences",
    "could not find",
    "no replacement",
    "no_occurrence",
    "failed to find",
    "hunk",
    "patch failed",
    "verification failed",
)


def edit_mismatch() -> TextMatch:
    """Sees two or more refused edits."""
    return TextMatch(
        name="edit_mismatch",
        title="Edits text that is not there as given",
        expression=_EXPRESSION,
        words=_WORDS,
        among="edits",
        sentence="{count} edits named text that is not in the file, or not just once.",
        least=2,
    )
