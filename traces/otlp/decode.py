"""Bodies of OTLP requests as spans, log records and counts."""

from __future__ import annotations

from traces.otlp.decoded import DecodedSpans
from traces.otlp.json_spans import read_json_spans
from traces.otlp.protobuf_spans import read_protobuf_spans


def decode_spans(body: bytes, *, json: bool) -> DecodedSpans:
    """The spans of an ``ExportTraceServiceRequest`` or ``TracesData``, what is not ours to claim filed apart.

    A span that cannot be taken costs only itself and is counted; a body that cannot be read at all raises
    ``OtlpError``. See https://opentelemetry.io/docs/specs/otlp/.
    """
    return read_json_spans(body) if json else read_protobuf_spans(body)
