"""Ids of spans that come without usable ones: the same content always gets the same."""

from __future__ import annotations

import hashlib

_SEPARATOR = "\x1f"


def derived_trace_id(*parts: str) -> str:
    """32 hexadecimal digits from what identifies a run: the format's name, then its own id of the run."""
    return _digest(parts)[:32]


def derived_span_id(trace_id: str, *parts: str) -> str:
    """16 hexadecimal digits from what identifies a span within its trace."""
    return _digest((trace_id, *parts))[:16]


def _digest(parts: tuple[str, ...]) -> str:
    return hashlib.sha256(_SEPARATOR.join(parts).encode("utf-8", "surrogatepass")).hexdigest()
