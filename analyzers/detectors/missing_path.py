"""The agent reached for files that are not there."""

from __future__ import annotations

import re

from analyzers.detectors.text_match import TextMatch

_EXPRESSION = re.compile(
    r"No such file or directory|FileNotFoundError|ENOENT|File not found|file_not_found|cannot find the (?:file|path)"
    r"|(?:file|path|directory)\b[^\n]{0,200}\b(?:does not exist|doesn't exist|not found)|(?:is )?not a directory",
    re.IGNORECASE,
)
_WORDS = (
    "no such file",
    "filenotfound",
    "enoent",
    "not found",
    "file_not_found",
    "cannot find",
    "does not exist",
    "doesn't exist",
    "not a directory",
)


def missing_path() -> TextMatch:
    """Sees two or more such calls: one wrong guess is ordinary work."""
    return TextMatch(
        name="missing_path",
        title="Guesses paths that do not exist",
        expression=_EXPRESSION,
        words=_WORDS,
        sentence="{count} calls named a file or folder that does not exist.",
        least=2,
    )
