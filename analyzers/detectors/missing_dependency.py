"""The environment lacked a program or a module that the agent counted on."""

from __future__ import annotations

import re

from analyzers.detectors.text_match import TextMatch

_EXPRESSION = re.compile(
    r"ModuleNotFoundError|No module named|command not found|: not found$|Cannot find module|ImportError: "
    r"|unable to locate package|could not resolve host",
    re.IGNORECASE | re.MULTILINE,
)


def missing_dependency() -> TextMatch:
    """Sees two or more calls that failed for want of a program or module."""
    return TextMatch(
        name="missing_dependency",
        title="Relies on a program or module that is not installed",
        expression=_EXPRESSION,
        sentence="{count} calls needed a program or module that is not installed.",
        least=2,
    )
