"""What the spans of a run are to each other, where their kinds alone do not tell its root and its steps."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from traces import attributes as names
from traces.calls import AGENT_OPERATION, TOOL_OPERATION, usage_of
from traces.embedded.heads import SpanId, pack_id, unpack_id
from traces.embedded.summary import AGENT, MODEL, OTHER, STARTED, TOOL, Shape
from traces.roots import find_root
from traces.span import AttributeValue, Span
from traces.steps import model_spans

_OPERATIONS = {MODEL: "chat", TOOL: TOOL_OPERATION, AGENT: AGENT_OPERATION}
_ROWS = (
    "SELECT span, parent, kind, start, end, input, output, cost FROM spans WHERE run = ? ORDER BY start, id"
)


@dataclass(frozen=True, kw_only=True)
class _Row:
    span: SpanId
    parent: SpanId | None
    kind: int
    start: int
    end: int
    input: int | None
    output: int | None
    cost: float | None

    def as_span(self) -> Span:
        """As much of the span as decides what it is to the others."""
        found: dict[str, AttributeValue] = {}
        if self.kind in _OPERATIONS:
            found[names.OPERATION] = _OPERATIONS[self.kind]
        if self.kind == MODEL:
            found[names.INPUT_TOKENS] = self.input or 0
            found[names.OUTPUT_TOKENS] = self.output or 0
            found[names.RUN_COST] = self.cost or 0.0
        return Span(
            trace_id="",
            span_id=unpack_id(self.span),
            parent_id=None if self.parent is None else unpack_id(self.parent),
            name=names.RUN_STARTED if self.kind == STARTED else "",
            start_ns=self.start,
            end_ns=self.end,
            attributes=found,
        )


def read_shape(connection: sqlite3.Connection, run: int) -> Shape:
    """Root and steps as ``traces.normal`` finds them, from the rows of all spans of the run."""
    columns = ("span", "parent", "kind", "start", "end", "input", "output", "cost")
    spans = [
        _Row(**dict(zip(columns, row, strict=True))).as_span() for row in connection.execute(_ROWS, (run,))
    ]
    root = find_root(spans)
    usages = [usage_of(span) for span in model_spans(spans)]
    return Shape(
        spans=len(spans),
        root=None if root is None else pack_id(root.span_id),
        steps=len(usages),
        input=sum(usage.input_tokens for usage in usages),
        output=sum(usage.output_tokens for usage in usages),
        cost=sum(usage.cost_usd for usage in usages),
    )


def is_nested_call(connection: sqlite3.Connection, run: int, parent: SpanId) -> bool:
    """Whether a model call's parent may wrap it: it is there, and neither an agent nor a tool."""
    row = connection.execute("SELECT kind FROM spans WHERE run = ? AND span = ?", (run, parent)).fetchone()
    return row is not None and row[0] in {OTHER, MODEL, STARTED}
