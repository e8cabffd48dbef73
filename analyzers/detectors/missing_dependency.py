"""The environment lacked a program or a module that the agent counted on."""

from __future__ import annotations

import re

from analyzers.detectors.text_match import TextMatch

_EXPRESSION = re.compile(
    r"ModuleNotFoundError|No module named|command not found|: not found$|Cannot find module|ImportError: "
    r"|unable to locate package|package\b[^\n]{0,80}\bis not installed|cannot find package|fatal error: [^\n]{1,80}: No such file",
    re.IGNORECASE | re.MULTILINE,
)
_WORDS = (
    "modulenotfound",
    "no module",
    "not found",
    "cannot find",
    "importerror",
    "unable to locate",
    "not installed",
    "fatal error",
)


def missing_dependency() -> TextMatch:
    """Sees two or more calls that failed for want of a program or module."""
    return TextMatch(
        name="missing_dependency",
        title="Relies on a program or module that is not installed",
        expression=_EXPRESSION,
        words=_WORDS,
        sentence="{count} calls needed a program or module that is not installed.",
        least=2,
    )
