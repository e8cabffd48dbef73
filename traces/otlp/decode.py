"""Bodies of OTLP requests as spans, log records and counts."""

from __future__ import annotations

from traces.otlp.decoded import DecodedLogs, DecodedSpans
from traces.otlp.json_logs import read_json_logs
from traces.otlp.json_spans import read_json_spans
from traces.otlp.metrics import count_json_points, count_protobuf_points
from traces.otlp.protobuf_logs import read_protobuf_logs
from traces.otlp.protobuf_spans import read_protobuf_spans


def decode_spans(body: bytes, *, json: bool) -> DecodedSpans:
    """The spans of an ``ExportTraceServiceRequest`` or ``TracesData``, with what is not theirs to claim filed apart.

    A span that cannot be taken costs only itself and is counted; a body that cannot be read at all raises
    ``OtlpError``. A time that is not known (0) is taken from the span's other one. See
    https://opentelemetry.io/docs/specs/otlp/.
    """
    return read_json_spans(body) if json else read_protobuf_spans(body)


def decode_logs(body: bytes, *, json: bool) -> DecodedLogs:
    """The records of an ``ExportLogsServiceRequest`` or ``LogsData``, as forgiving as ``decode_spans``.

    Ids that are not usable are left empty: a record tells its story without them.
    """
    return read_json_logs(body) if json else read_protobuf_logs(body)


def count_metrics(body: bytes, *, json: bool) -> int:
    """How many data points an ``ExportMetricsServiceRequest`` or ``MetricsData`` holds; raises ``OtlpError``."""
    return count_json_points(body) if json else count_protobuf_points(body)
