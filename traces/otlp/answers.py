"""What a receiver answers: success, partial success and errors, in the encoding of the request."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any, Final, Literal

import orjson
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceResponse
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceResponse
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse
from opentelemetry.proto.trace.v1.trace_pb2 import Status

Signal = Literal["traces", "logs", "metrics"]

_RESPONSES: Final = MappingProxyType(
    {
        "traces": (ExportTraceServiceResponse, "rejected_spans", "rejectedSpans"),
        "logs": (ExportLogsServiceResponse, "rejected_log_records", "rejectedLogRecords"),
        "metrics": (ExportMetricsServiceResponse, "rejected_data_points", "rejectedDataPoints"),
    }
)


def encode_response(signal: Signal, rejected: int, message: str, *, json: bool) -> bytes:
    """The body of a 200: how many items were refused and why, or a warning (0 refused, but a message).

    With neither it is a full success, which must not hold a ``partial_success``.
    """
    response, name, json_name = _RESPONSES[signal]
    if json:
        partial = {json_name: str(rejected), "errorMessage": message}
        return orjson.dumps({"partialSuccess": partial} if rejected or message else {})
    answer: Any = response()
    if rejected or message:
        setattr(answer.partial_success, name, rejected)
        answer.partial_success.error_message = message
    return bytes(answer.SerializeToString())


def encode_status(message: str, *, json: bool) -> bytes:
    """The body of a 4xx or 5xx: a ``google.rpc.Status`` with its message, which OTLP lets stand without a code."""
    if json:
        return orjson.dumps({"message": message})
    # A span's status has its message in the same field (2); google.rpc's package would be one more dependency.
    return bytes(Status(message=message).SerializeToString())
