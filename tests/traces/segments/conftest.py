"""Builders of segments."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from traces.segments import SegmentWriter
from traces.span import Span
from traces.testing import TraceBuilder

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes spans of the given traces (letters), several to each, as one closed segment of ``tmp_path``."""

    def written(traces: str = "a", *, each: int = 3, size: int = 20) -> Path:
        with SegmentWriter(tmp_path) as writer:
            writer.append_many(spans_of(traces, each=each, size=size))
        return writer.path

    return written


@pytest.fixture
def some_spans() -> Callable[..., list[Span]]:
    """Spans of the traces that letters name."""
    return spans_of


def spans_of(traces: Sequence[str], *, each: int = 3, size: int = 20) -> list[Span]:
    """``each`` spans of each trace, each with a text of ``size`` letters."""
    builders = [TraceBuilder(trace * 32) for trace in traces]
    return [
        builder.span(f"{builder.trace_id[0]}{number}", attributes={"text": "xyz " * (size // 4)})
        for builder in builders
        for number in range(each)
    ]
