"""The agent was refused what it tried."""

from __future__ import annotations

import re

from analyzers.detectors.text_match import TextMatch

_EXPRESSION = re.compile(
    r"permission denied|EACCES|EPERM|operation not permitted|read-only file system|not allowed to",
    re.IGNORECASE,
)


def permission_denied() -> TextMatch:
    """Sees two or more calls that were refused."""
    return TextMatch(
        name="permission_denied",
        title="Runs into permissions",
        expression=_EXPRESSION,
        sentence="{count} calls were refused for want of permission.",
        least=2,
    )
