"""OTLP content as spans in normal form, whichever of its three signals it is."""

from __future__ import annotations

from collections.abc import Iterator

from traces.importers.importer import Skipped
from traces.importers.json_document import document_of
from traces.importers.read_json import to_json
from traces.otlp.decode import count_metrics, decode_logs, decode_spans
from traces.otlp.errors import OtlpError
from traces.span import Span
from traces.translate import translate_logs, translate_spans

METRICS = "metrics"
NO_STEP = "log record that is no step of a run"
NO_OTLP = "no OTLP"
_SPANS = (b'"resourceSpans"', b'"resource_spans"')
_LOGS = (b'"resourceLogs"', b'"resource_logs"')
_METRICS = (b'"resourceMetrics"', b'"resource_metrics"')
_START = 4096


def is_otlp_json(head: bytes) -> bool:
    """Whether the beginning of a JSON document names one of OTLP's signals."""
    start = head[:_START].lstrip(b"\xef\xbb\xbf \t\r\n")
    return start.startswith((b"{", b"[")) and any(sign in start for sign in (*_SPANS, *_LOGS, *_METRICS))


def read_otlp_json(content: bytes, line: int) -> Iterator[Span | Skipped]:
    """The spans of one JSON document (``line`` says where it stands); of a broken one those before the break."""
    try:
        yield from _read(content, line, json=True)
    except OtlpError:
        yield from _read_broken(content, line)


def _read_broken(content: bytes, line: int) -> Iterator[Span | Skipped]:
    document = document_of(content)
    if document.skipped is not None:
        yield Skipped(line=line or document.skipped.line, reason=document.skipped.reason)
    if document.value is not None:
        try:
            yield from _read(to_json(document.value).encode(errors="replace"), line, json=True)
        except OtlpError:
            yield Skipped(line=line, reason=NO_OTLP)


def read_otlp_protobuf(content: bytes, line: int = 0) -> Iterator[Span | Skipped]:
    """The spans of one protobuf message of any signal."""
    signal = protobuf_signal(content)
    if signal == "spans":
        yield from _spans(content, line, json=False)
    elif signal == "logs":
        yield from _logs(content, line, json=False)
    else:
        yield Skipped(line=line, reason=METRICS if signal else NO_OTLP)


def protobuf_signal(content: bytes) -> str:
    """``spans``, ``logs`` or ``metrics``, whichever the message reads well as; empty for none.

    All three begin alike and no type is written in them. Read as another signal, ids and times come out
    missing, so that most of what was read is refused.
    """
    if not _may_be_otlp(content):
        return ""
    try:
        spans = decode_spans(content, json=False)
        if len(spans.spans) > spans.rejected:
            return "spans"
    except OtlpError:
        pass
    try:
        logs = decode_logs(content, json=False)
        if sum(record.time_ns > 0 for record in logs.records) > logs.rejected:
            return "logs"
    except OtlpError:
        pass
    try:
        return "metrics" if count_metrics(content, json=False) else ""
    except OtlpError:
        return ""


def _may_be_otlp(content: bytes) -> bool:
    """Whether it begins as field 1, of a length that fits: nearly no other file does."""
    if not content.startswith(b"\x0a"):
        return False
    length = 0
    for place, byte in enumerate(content[1:6]):
        length |= (byte & 0x7F) << (7 * place)
        if byte < 0x80:
            return 0 < length <= len(content) - place - 2
    return False


def _read(content: bytes, line: int, *, json: bool) -> Iterator[Span | Skipped]:
    if any(sign in content for sign in _LOGS):
        yield from _logs(content, line, json=json)
    elif any(sign in content for sign in _SPANS) or not any(sign in content for sign in _METRICS):
        yield from _spans(content, line, json=json)
    else:
        yield Skipped(line=line, reason=METRICS)


def _spans(content: bytes, line: int, *, json: bool) -> Iterator[Span | Skipped]:
    decoded = decode_spans(content, json=json)
    yield from translate_spans(decoded.spans)
    for reason, count in decoded.reasons.items():
        for _ in range(count):
            yield Skipped(line=line, reason=f"span: {reason}")


def _logs(content: bytes, line: int, *, json: bool) -> Iterator[Span | Skipped]:
    decoded = decode_logs(content, json=json)
    translated = translate_logs(decoded.records)
    yield from translated.spans
    for _ in range(translated.dropped.total()):
        yield Skipped(line=line, reason=NO_STEP)
    for reason, count in decoded.reasons.items():
        for _ in range(count):
            yield Skipped(line=line, reason=f"log record: {reason}")
