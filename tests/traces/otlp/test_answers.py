"""Answers as stock exporters read them."""

from __future__ import annotations

import orjson
import pytest
from google.rpc.status_pb2 import Status  # type: ignore[import-untyped]
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceResponse
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceResponse
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

from traces.otlp.answers import Signal, encode_response, encode_status


@pytest.mark.parametrize("signal", ["traces", "logs", "metrics"])
def test_a_full_success_says_nothing(signal: Signal) -> None:
    """The specification wants ``partial_success`` unset."""
    assert encode_response(signal, 0, "", json=False) == b""
    assert encode_response(signal, 0, "", json=True) == b"{}"


def test_a_partial_success_in_protobuf() -> None:
    """Each signal has its own name for what was refused."""
    spans = ExportTraceServiceResponse.FromString(encode_response("traces", 3, "no trace id: 3", json=False))
    logs = ExportLogsServiceResponse.FromString(encode_response("logs", 2, "late", json=False))
    points = ExportMetricsServiceResponse.FromString(encode_response("metrics", 1, "", json=False))

    assert spans.partial_success.rejected_spans == 3
    assert spans.partial_success.error_message == "no trace id: 3"
    assert logs.partial_success.rejected_log_records == 2
    assert points.partial_success.rejected_data_points == 1


def test_a_partial_success_in_json() -> None:
    """64-bit numbers are decimal strings."""
    answers = [
        orjson.loads(encode_response(signal, 3, "why", json=True)) for signal in ("traces", "logs", "metrics")
    ]

    assert answers == [
        {"partialSuccess": {"rejectedSpans": "3", "errorMessage": "why"}},
        {"partialSuccess": {"rejectedLogRecords": "3", "errorMessage": "why"}},
        {"partialSuccess": {"rejectedDataPoints": "3", "errorMessage": "why"}},
    ]


def test_a_warning_refuses_nothing() -> None:
    """A message may come with everything accepted."""
    answer = ExportMetricsServiceResponse.FromString(encode_response("metrics", 0, "dropped", json=False))

    assert (answer.partial_success.rejected_data_points, answer.partial_success.error_message) == (
        0,
        "dropped",
    )


def test_an_error_is_a_status() -> None:
    """As ``google.rpc`` defines it, in the encoding of the request."""
    assert Status.FromString(encode_status("not a protobuf body", json=False)) == Status(
        message="not a protobuf body"
    )
    assert orjson.loads(encode_status("too large", json=True)) == {"message": "too large"}
