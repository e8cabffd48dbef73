"""Which spans of a trace are steps of the run: each model call and each tool call once, however often told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from traces import attributes as names
from traces.calls import AGENT_OPERATION, MODEL_OPERATIONS, TOOL_OPERATION, operation_of, usage_of
from traces.read_attributes import text_of
from traces.span import Span

_HEIGHT = 64  # spans between a call and one that wraps it
_ENDS = frozenset({AGENT_OPERATION, TOOL_OPERATION})  # what is above these is another's call
_STAND_IN = "invalid"  # a tool that some runtimes run in place of one that does not exist


def model_spans(spans: Sequence[Span]) -> list[Span]:
    """The model calls among the spans, in their order, without those that wrap or repeat another.

    Frameworks, their instrumentation and the client library each tell of the same call, one inside the other.
    The innermost that states its tokens counts. A call below a tool or an agent of the outer call is its own.
    """
    calls = [span for span in spans if operation_of(span) in MODEL_OPERATIONS]
    if len(calls) < 2:
        return calls
    by_id = {span.span_id: span for span in spans}
    counted = {call.span_id: _has_tokens(call) for call in calls}
    dropped: set[str] = set()
    silent: list[tuple[str, str]] = []
    for call in calls:
        for wrapper in _wrappers(call, by_id):
            if counted[wrapper.span_id] and not counted[call.span_id]:
                silent.append((call.span_id, wrapper.span_id))
                break
            dropped.add(wrapper.span_id)
            if counted[wrapper.span_id]:
                break
    # A call without tokens (an attempt that failed) counts only where the one around it does not.
    repeated = {call for call, wrapper in silent if wrapper not in dropped}
    return [call for call in calls if call.span_id not in dropped and call.span_id not in repeated]


def tool_spans(spans: Sequence[Span]) -> list[Span]:
    """The tool calls among the spans, in their order, each call once.

    Two spans are one call where they overlap in time and have the same call id, the same name and no
    different arguments: some agents tell of a call in two ways. The one that says more counts.
    """
    kept: dict[str, Span] = {}
    by_call: dict[str, list[Span]] = {}
    for span in spans:
        if operation_of(span) != TOOL_OPERATION:
            continue
        call_id = text_of(span.attributes, names.TOOL_CALL_ID)
        same = next((one for one in by_call.get(call_id, [])[-8:] if call_id and _is_same(one, span)), None)
        if same is None:
            kept[span.span_id] = span
            by_call.setdefault(call_id, []).append(span)
        elif _says(span) > _says(same):
            kept[same.span_id] = span
            by_call[call_id] = [span if one is same else one for one in by_call[call_id]]
    return sorted(kept.values(), key=lambda span: span.start_ns)


def _wrappers(call: Span, by_id: Mapping[str, Span]) -> Iterator[Span]:
    """The model calls around a call, from the inside out, up to the next tool or agent."""
    parent = by_id.get(call.parent_id or "")
    for _ in range(_HEIGHT):
        if parent is None or parent is call or operation_of(parent) in _ENDS:
            return
        if operation_of(parent) in MODEL_OPERATIONS:
            yield parent
        parent = by_id.get(parent.parent_id or "")


def _has_tokens(span: Span) -> bool:
    usage = usage_of(span)
    return usage.input_tokens > 0 or usage.output_tokens > 0


def _is_same(one: Span, other: Span) -> bool:
    overlap = one.start_ns <= other.end_ns and other.start_ns <= one.end_ns
    tools = {text_of(span.attributes, names.TOOL_NAME) for span in (one, other)} - {_STAND_IN}
    arguments = {text_of(span.attributes, names.TOOL_ARGUMENTS) for span in (one, other)} - {""}
    return overlap and len(tools) <= 1 and len(arguments) <= 1


def _says(span: Span) -> int:
    return sum(key in span.attributes for key in (names.TOOL_ARGUMENTS, names.TOOL_RESULT, names.EXIT_CODE))
