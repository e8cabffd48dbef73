"""Whether a model's own paragraph may go into a prompt: trace text is hostile and must not get there."""

from __future__ import annotations

import re

_SHORTEST, _LONGEST = 20, 600  # characters
_RUN = 6  # words in a row that also stand in the recorded text
_CODE = re.compile(r"[`{}<>$|\\]|https?:|www\.|\w+://|--\w|\b\w+\(\)")
_NAME = re.compile(r"\w/\w|\b\w+\.[a-z]{1,5}\b(?!\s+[A-Z])|\b\w+_\w+\b")


def paragraph_problem(paragraph: str, recorded: str) -> str | None:
    """Why a paragraph is refused; ``None`` for plain general advice.

    ``recorded`` is the text of the runs that the model has read: advice that repeats it comes from the
    trace, not from the model.
    """
    text = paragraph.strip()
    if not _SHORTEST <= len(text) <= _LONGEST:
        return f"it has {len(text)} characters; {_SHORTEST} to {_LONGEST} are allowed"
    if "\n" in text or not text.isprintable():
        return "it is more than one plain paragraph"
    if _CODE.search(text):
        return "it holds code, a command, markup or a link"
    if _NAME.search(text):
        return "it names a file or an identifier"
    return "it repeats recorded text" if repeats(text, recorded) else None


def repeats(text: str, recorded: str) -> bool:
    """Whether six words in a row of a text also stand in what was recorded."""
    words, heap = _words(text), f" {' '.join(_words(recorded))} "
    runs = (" ".join(words[start : start + _RUN]) for start in range(max(1, len(words) - _RUN + 1)))
    return any(f" {run} " in heap for run in runs)


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())
