"""Marks around recorded data that the data cannot hold, so that it cannot pass for the prompt around it."""

from __future__ import annotations

import hashlib


def mark_of(text: str) -> str:
    """A mark made of the text's own hash."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def fenced(text: str) -> str:
    """The text between ``<<<mark`` and ``mark>>>``."""
    mark = mark_of(text)
    return f"<<<{mark}\n{text}\n{mark}>>>"
