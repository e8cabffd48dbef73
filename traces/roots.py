"""Which span of a trace is the run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from traces import attributes as names
from traces.calls import AGENT_OPERATION, MODEL_OPERATIONS, TOOL_OPERATION, operation_of
from traces.span import Span

_STEPS = MODEL_OPERATIONS | {TOOL_OPERATION}


def find_root(spans: Sequence[Span]) -> Span | None:
    """The outermost ``invoke_agent`` span; without any, the one span that all calls are below; or ``None``.

    One without a parent in the trace goes before one below, say, a web request; then the earliest. Where
    a ``flywheel.run.started`` span names its parent, only that one will do: a nested agent's span that
    outlived a killed run is not its root.
    """
    by_id = {span.span_id: span for span in spans}
    agents = [span for span in spans if operation_of(span) == AGENT_OPERATION]
    started = find_started(spans)
    if started is not None and started.parent_id is not None:
        agents = [span for span in agents if span.span_id == started.parent_id]
    elif started is None and not agents:
        return _covering(spans, by_id)
    outermost = [span for span in agents if not _is_nested(span, by_id)] or agents
    return min(
        outermost,
        key=lambda span: (span.parent_id in by_id, span.start_ns, span.span_id),
        default=None,
    )


def find_started(spans: Sequence[Span]) -> Span | None:
    """The span with which a supervisor announced the run, if there is one."""
    return next((span for span in spans if span.name == names.RUN_STARTED), None)


def _covering(spans: Sequence[Span], by_id: Mapping[str, Span]) -> Span | None:
    """The outermost span above all model and tool calls, if there is just one.

    A call that is itself outermost is the whole run only where nothing was ever above it.
    """
    known: dict[str, str | None] = {}
    tops = {_top(span, by_id, known) for span in spans if operation_of(span) in _STEPS}
    if len(tops) != 1:
        return None
    top = by_id.get(tops.pop() or "")
    if top is None or (operation_of(top) in _STEPS and top.parent_id is not None):
        return None
    return top


def _top(span: Span, by_id: Mapping[str, Span], known: dict[str, str | None]) -> str | None:
    """The id of the outermost ancestor, ``None`` in a cycle; ``known`` keeps what was found on the way."""
    path: dict[str, None] = {}
    top: str | None = None
    current: Span | None = span
    while current is not None and current.span_id not in path and current.span_id not in known:
        path[current.span_id] = None
        top = current.span_id
        current = by_id.get(current.parent_id or "")
    if current is not None:
        top = known.get(current.span_id)
    known.update(dict.fromkeys(path, top))
    return top


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
