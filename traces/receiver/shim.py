"""Temporary: catching up until the real one is there."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from traces.normal import assemble_all
from traces.segments import read_spans


def catch_up(index: Any, store: Any) -> Any:
    """Add all again."""
    spans = tuple(read_spans(store.foreign))
    runs = tuple(assemble_all(spans))
    index.add(runs)
    return SimpleNamespace(spans=len(spans), runs=len(runs), duplicates=0, damaged=0)
