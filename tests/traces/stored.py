"""Stores with spans in them, and the fields that an index and the normal form give their runs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from traces.documents import run_fields
from traces.embedded import EmbeddedIndex
from traces.evaluations import apply_evaluations
from traces.index import Query
from traces.normal import assemble
from traces.segments import SegmentWriter
from traces.span import AttributeValue, Span
from traces.testing import TraceBuilder
from traces.where import parse_where


def write(folder: Path, spans: Iterable[Span]) -> Path:
    """Put spans into a segment of their own."""
    with SegmentWriter(folder) as writer:
        for span in spans:
            writer.append(span)
    return writer.path


def fields_in(index: EmbeddedIndex, run_id: str) -> dict[str, str | int | float]:
    """The fields of a run, as its hits show them."""
    hits = index.search(Query(where=(parse_where(f"run={run_id}"),), limit=1)).hits
    return dict(hits[0].fields) if hits else {}


def fields_of(run_id: str, spans: Sequence[Span]) -> dict[str, str | float]:
    """The fields of a run by the normal form, with the outcome that evaluations give it."""
    of_run = [span for span in spans if span.trace_id == run_id]
    (run,) = apply_evaluations([assemble(of_run)], spans)
    return {name: value for name, value in run_fields(run).items() if value != ""}


def imported(number: int = 1, **more: AttributeValue) -> tuple[Span, ...]:
    """A run that an importer made: a derived root, two model calls, a tool call."""
    trace = TraceBuilder(f"{number:032x}")
    root = replace(trace.root("", source="codex-rollout", agent_name="codex", **more), parent_id=None)
    return (root, trace.chat("looking"), trace.tool("bash", {"command": "ls"}, "a file"), trace.chat("done"))
