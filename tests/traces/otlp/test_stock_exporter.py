"""What OpenTelemetry's own SDK and exporter encode is read as it was recorded."""

from __future__ import annotations

from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, Status, StatusCode

from traces.otlp.decode import decode_spans
from traces.otlp.encode import encode_spans_json


def test_the_sdks_spans_are_read_as_recorded() -> None:
    """Parents, attributes of every type, exceptions as events, and the way back through JSON."""
    memory = InMemorySpanExporter()
    provider = TracerProvider(resource=Resource({"service.name": "coder"}))
    provider.add_span_processor(SimpleSpanProcessor(memory))
    tracer = provider.get_tracer("agent", "1.0")
    with tracer.start_as_current_span("invoke_agent coder") as root:
        with tracer.start_as_current_span("execute_tool bash", kind=SpanKind.CLIENT) as tool:
            tool.set_attributes({"text": "a", "yes": True, "count": 3, "share": 0.5, "list": ["a", "b"]})
            tool.record_exception(ValueError("boom"))
            tool.set_status(Status(StatusCode.ERROR, "boom"))
        trace_id = f"{root.get_span_context().trace_id:032x}"
    decoded = decode_spans(encode_spans(memory.get_finished_spans()).SerializeToString(), json=False)
    found_tool, found_root = decoded.spans

    assert decoded.rejected == 0
    assert {span.trace_id for span in decoded.spans} == {trace_id}
    assert (found_root.parent_id, found_tool.parent_id) == (None, found_root.span_id)
    assert (found_tool.kind, found_tool.status, found_tool.status_message) == ("client", "error", "boom")
    assert found_tool.attributes == {"text": "a", "yes": True, "count": 3, "share": 0.5, "list": ("a", "b")}
    assert found_tool.events[0].attributes["exception.message"] == "boom"
    assert found_tool.resource["service.name"] == "coder"
    assert found_tool.scope == "agent"
    assert decode_spans(encode_spans_json(decoded.spans), json=True) == decoded
