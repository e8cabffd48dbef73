"""The agent was refused what it tried."""

from __future__ import annotations

import re

from analyzers.detectors.text_match import TextMatch

_EXPRESSION = re.compile(
    r"permission denied|\bEACCES\b|\bEPERM\b|operation not permitted|read-only file system|not allowed to"
    r"|requested permissions? to|permission_denied|access (?:is )?denied|denied by (?:policy|the user|user)|PermissionError"
    r"|requires? (?:manual )?approval|rejected by user|outside (?:of )?the (?:allowed|workspace|project)",
    re.IGNORECASE,
)
_WORDS = (
    "denied",
    "eacces",
    "eperm",
    "not permitted",
    "read-only",
    "not allowed",
    "requested permission",
    "permission_denied",
    "permissionerror",
    "approval",
    "rejected by",
    "outside",
)


def permission_denied() -> TextMatch:
    """Sees two or more calls that were refused."""
    return TextMatch(
        name="permission_denied",
        title="Runs into permissions",
        expression=_EXPRESSION,
        words=_WORDS,
        sentence="{count} calls were refused for want of permission.",
        least=2,
    )
