"""Which span of a trace is the run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from traces import attributes as names
from traces.calls import AGENT_OPERATION, operation_of
from traces.span import Span


def find_root(spans: Sequence[Span]) -> Span | None:
    """The outermost ``invoke_agent`` span, or ``None``.

    One without a parent in the trace goes before one below, say, a web request; then the earliest. Where
    a ``flywheel.run.started`` span names its parent, only that one will do: a nested agent's span that
    outlived a killed run is not its root.
    """
    by_id = {span.span_id: span for span in spans}
    agents = [span for span in spans if operation_of(span) == AGENT_OPERATION]
    started = find_started(spans)
    if started is not None and started.parent_id is not None:
        agents = [span for span in agents if span.span_id == started.parent_id]
    outermost = [span for span in agents if not _is_nested(span, by_id)] or agents
    return min(
        outermost,
        key=lambda span: (span.parent_id in by_id, span.start_ns, span.span_id),
        default=None,
    )


def find_started(spans: Sequence[Span]) -> Span | None:
    """The span with which a supervisor announced the run, if there is one."""
    return next((span for span in spans if span.name == names.RUN_STARTED), None)


def _is_nested(span: Span, by_id: Mapping[str, Span]) -> bool:
    """Whether an agent's span is among the ancestors; a cycle of parents ends the search."""
    seen = {span.span_id}
    parent = by_id.get(span.parent_id or "")
    while parent is not None and parent.span_id not in seen:
        if operation_of(parent) == AGENT_OPERATION:
            return True
        seen.add(parent.span_id)
        parent = by_id.get(parent.parent_id or "")
    return False
