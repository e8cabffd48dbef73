"""Roots of runs whose agent sends none, or sends it last and loses it."""

from __future__ import annotations

from traces import attributes as names
from traces.ids import derived_span_id
from traces.span import AttributeValue, Span


def root_id(trace_id: str) -> str:
    """The id of the root that is derived for a trace."""
    return derived_span_id(trace_id, "root")


def root_version(call: Span, source: str, **said: AttributeValue) -> Span:
    """The root as far as one call tells of it; readers join the versions of all calls.

    ``said`` gives attributes by the lower-case names of ``traces.attributes``; empty ones are left out.
    """
    known = {getattr(names, key.upper()): value for key, value in said.items() if value}
    return Span(
        trace_id=call.trace_id,
        span_id=root_id(call.trace_id),
        parent_id=None,
        name="invoke_agent",
        start_ns=call.start_ns,
        end_ns=call.end_ns,
        attributes={names.OPERATION: "invoke_agent", names.SOURCE: source, **known},
        resource=call.resource,
        scope=call.scope,
    )
