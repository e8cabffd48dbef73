"""Stored bodies of OTLP requests, among them protobuf that nothing marks as such."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.logs.v1.logs_pb2 import LogsData
from opentelemetry.proto.metrics.v1.metrics_pb2 import MetricsData
from opentelemetry.proto.trace.v1.trace_pb2 import TracesData

from traces.importers.importer import Skipped
from traces.importers.otlp_body import OtlpBody
from traces.importers.otlp_content import protobuf_signal

_TIME = 1_780_000_000_000_000_000


def _traces(count: int = 3) -> bytes:
    data = TracesData()
    spans = data.resource_spans.add().scope_spans.add().spans
    for number in range(1, count + 1):
        span = spans.add(trace_id=b"\x01" * 16, span_id=bytes([number] * 8), name=f"step {number}")
        span.start_time_unix_nano, span.end_time_unix_nano = _TIME, _TIME + number
        span.attributes.append(KeyValue(key="a", value=AnyValue(string_value="b")))
    return bytes(data.SerializeToString())


def _logs(count: int = 3) -> bytes:
    data = LogsData()
    records = data.resource_logs.add().scope_logs.add().log_records
    for number in range(count):
        record = records.add(observed_time_unix_nano=_TIME + number, severity_text="INFO")
        record.trace_id, record.span_id = b"\x01" * 16, b"\x02" * 8
        record.attributes.append(KeyValue(key="event.name", value=AnyValue(string_value="something")))
        record.body.string_value = "something happened"
    return bytes(data.SerializeToString())


def _metrics() -> bytes:
    data = MetricsData()
    metric = data.resource_metrics.add().scope_metrics.add().metrics.add(name="tokens", unit="1")
    metric.sum.data_points.add(time_unix_nano=_TIME, as_int=5)
    return bytes(data.SerializeToString())


def test_json_over_several_lines_is_read(samples: Any, source_of: Any, spans_of: Any) -> None:
    """As a tool prints it."""
    source = source_of(samples["otlp-body"])

    assert OtlpBody().recognises(source)
    assert [span.name for span in spans_of(OtlpBody(), source)] == ["chat gpt-5"]


def test_protobuf_traces_are_read(source_of: Any, spans_of: Any) -> None:
    """Without anything that says what they are."""
    source = source_of(_traces())

    assert OtlpBody().recognises(source)
    assert [span.name for span in spans_of(OtlpBody(), source)] == ["step 1", "step 2", "step 3"]


def test_protobuf_logs_are_not_taken_for_traces(source_of: Any, spans_of: Any, skipped_of: Any) -> None:
    """A wrong guess must not yield garbage."""
    source = source_of(_logs())

    assert OtlpBody().recognises(source)
    assert spans_of(OtlpBody(), source) == []
    assert len(skipped_of(OtlpBody(), source)) == 3


@pytest.mark.parametrize(
    ("content", "signal"),
    [(_traces(), "spans"), (_logs(), "logs"), (_metrics(), "metrics"), (b"", ""), (b"\x0a", "")],
)
def test_the_signal_is_told_by_what_reads_well(content: bytes, signal: str) -> None:
    """All three begin alike."""
    assert protobuf_signal(content) == signal


def test_metrics_are_named_and_left_out(source_of: Any, skipped_of: Any) -> None:
    """They tell of no step."""
    assert skipped_of(OtlpBody(), source_of(_metrics())) == [Skipped(line=0, reason="metrics")]


@pytest.mark.parametrize(
    "text", ["\nhello, world: a text that begins with a line break\n", "\n\n\n", "\n\x05hello"]
)
def test_texts_that_begin_like_protobuf_are_none(text: str, source_of: Any) -> None:
    """A line break is the key of field 1."""
    assert not OtlpBody().recognises(source_of(text))


def test_random_bytes_are_no_body(source_of: Any) -> None:
    """Not even when their first length fits."""
    generator = random.Random(1)
    for _ in range(200):
        content = b"\x0a\x20" + generator.randbytes(32)

        assert not OtlpBody().recognises(source_of(content))


def test_a_broken_document_yields_what_comes_before(
    samples: Any, source_of: Any, spans_of: Any, skipped_of: Any
) -> None:
    """And says on which line it broke."""
    body = json.loads(samples["otlp-body"])
    body["resourceSpans"] *= 2
    content = json.dumps(body, indent=1)
    source = source_of(content[: content.rindex('"name"')])

    assert len(spans_of(OtlpBody(), source)) == 1
    (skipped,) = skipped_of(OtlpBody(), source)
    assert skipped.line > 10
