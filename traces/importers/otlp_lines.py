"""The files that OpenTelemetry Collector's file exporter writes: OTLP messages, one a line or each after its length."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, Final

from traces.importers.importer import Skipped, Source
from traces.importers.otlp_content import is_otlp_json, protobuf_signal, read_otlp_json, read_otlp_protobuf
from traces.span import Span

MOST_BYTES: Final = 256 << 20  # of one message
_LENGTH: Final = 4
_CUT: Final = "the last message is cut off"
_TOO_LONG: Final = "a message that is too long"


class OtlpLines:
    """JSON, one TracesData, LogsData or MetricsData a line, or protobuf with lengths (32 bits, big-endian).

    See https://opentelemetry.io/docs/specs/otel/protocol/file-exporter/.
    """

    name = "otlp-lines"

    def recognises(self, source: Source) -> bool:
        """Whether the first line is a whole message, or the first length leads to one."""
        if not is_otlp_json(source.head):
            return _has_lengths(source)
        first, break_, _ = source.head.lstrip().partition(b"\n")
        return not break_ or first.rstrip().endswith(b"}")

    def read(self, source: Source) -> Iterator[Span | Skipped]:
        """The spans of every message."""
        with source.open() as file:
            yield from _read_lines(file) if is_otlp_json(source.head) else _read_messages(file)


def _read_lines(file: BinaryIO) -> Iterator[Span | Skipped]:
    number = 0
    while line := file.readline(MOST_BYTES):
        number += 1
        if len(line) == MOST_BYTES and not line.endswith(b"\n"):
            yield Skipped(line=number, reason=_TOO_LONG)
            while (rest := file.readline(MOST_BYTES)) and not rest.endswith(b"\n"):
                pass
        elif line.strip(b" \t\r\n\0"):
            yield from read_otlp_json(line, number)


def _read_messages(file: BinaryIO) -> Iterator[Span | Skipped]:
    number = 0
    while prefix := file.read(_LENGTH):
        number += 1
        length = int.from_bytes(prefix, "big")
        if length > MOST_BYTES:
            yield Skipped(line=number, reason=_TOO_LONG)
            return
        message = file.read(length)
        if len(prefix) < _LENGTH or len(message) < length:
            yield Skipped(line=number, reason=_CUT)
            return
        if message:
            yield from read_otlp_protobuf(message, number)


def _has_lengths(source: Source) -> bool:
    length = int.from_bytes(source.head[:_LENGTH], "big")
    if source.head[_LENGTH : _LENGTH + 1] != b"\x0a" or not 0 < length <= MOST_BYTES:
        return False
    with source.open() as file:
        message = file.read(_LENGTH + length)[_LENGTH:]
    return len(message) == length and protobuf_signal(message) != ""
