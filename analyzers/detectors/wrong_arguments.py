"""Tools refused calls whose arguments could be read but do not fit."""

from __future__ import annotations

import re

from analyzers.detectors.text_match import TextMatch

_EXPRESSION = re.compile(
    r"missing \d{0,3} ?required|required (?:property|parameter|argument|field)|unexpected (?:keyword )?argument"
    r"|validation errors? for|ValidationError|Field required|invalid (?:arguments?|parameters?|tool (?:input|params))"
    r"|invalid_tool_(?:params|input|arguments)|InvalidParams|(?:parameter|argument)s?\b[^\n]{0,60}\b(?:is missing|is required"
    r"|are required|must be|not provided)|unrecognized (?:key|argument)|got an unexpected",
    re.IGNORECASE,
)
_WORDS = (
    "required",
    "unexpected",
    "validation",
    "invalid",
    "missing",
    "must be",
    "not provided",
    "unrecognized",
)


def wrong_arguments() -> TextMatch:
    """Sees a call that its tool refused for an argument that is missing, unknown or of the wrong kind."""
    return TextMatch(
        name="wrong_arguments",
        title="Calls tools with arguments that do not fit",
        expression=_EXPRESSION,
        words=_WORDS,
        among="refused",
        sentence="{count} calls were refused for arguments that do not fit.",
    )
