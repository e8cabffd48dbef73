"""Filing while reading comes to the same as filing afterwards."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, ScopeSpans, Span, TracesData

from tests.examples import examples
from traces.foreign import file_foreign
from traces.otlp.decode import decode_spans
from traces.otlp.filing import filed_keys
from traces.span import Span as StoredSpan
from traces.span import SpanEvent, SpanLink

TRACE, SPAN = bytes(range(16)), bytes(range(8))
_NAMES = st.lists(
    st.sampled_from(["flywheel.", "flywheel", "foreign.", "gen_ai.", "outcome", "\n"]), max_size=4
).map("".join)
_ATTRIBUTES = st.dictionaries(_NAMES, st.text("xyz", min_size=1), max_size=5)


def _pairs(attributes: dict[str, str]) -> list[KeyValue]:
    return [KeyValue(key=key, value=AnyValue(string_value=value)) for key, value in attributes.items()]


@settings(max_examples=examples(60), deadline=None)
@given(name=_NAMES, own=_ATTRIBUTES, resource=_ATTRIBUTES, event=_ATTRIBUTES, link=_ATTRIBUTES)
def test_decoding_files_as_file_foreign_does(
    name: str, own: dict[str, str], resource: dict[str, str], event: dict[str, str], link: dict[str, str]
) -> None:
    """For every name that a span, its events, links and resource may claim."""
    message = Span(
        trace_id=TRACE,
        span_id=SPAN,
        name=name,
        attributes=_pairs(own),
        events=[Span.Event(name=name, attributes=_pairs(event))],
        links=[Span.Link(trace_id=TRACE, span_id=SPAN, attributes=_pairs(link))],
    )
    group = ResourceSpans(scope_spans=[ScopeSpans(spans=[message])])
    group.resource.attributes.extend(_pairs(resource))
    (decoded,) = decode_spans(TracesData(resource_spans=[group]).SerializeToString(), json=False).spans

    assert decoded == file_foreign(
        StoredSpan(
            trace_id=TRACE.hex(),
            span_id=SPAN.hex(),
            parent_id=None,
            name=name,
            start_ns=0,
            end_ns=0,
            attributes=own,
            events=(SpanEvent(name=name, time_ns=0, attributes=event),),
            links=(SpanLink(trace_id=TRACE.hex(), span_id=SPAN.hex(), attributes=link),),
            resource=resource,
        )
    )


def test_attributes_without_our_names_are_not_copied() -> None:
    """Nearly all are like that, and copying them would be most of the cost."""
    found = {"gen_ai.operation.name": "chat", "flywheels": "four"}

    assert filed_keys(found) is found  # type: ignore[arg-type]  # texts are values
