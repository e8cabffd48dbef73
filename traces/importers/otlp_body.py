"""A body of an OTLP request as it was stored: JSON over several lines, or protobuf, which nothing marks as such."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from traces.importers.importer import Skipped, Source
from traces.importers.otlp_content import is_otlp_json, protobuf_signal, read_otlp_json, read_otlp_protobuf
from traces.span import Span

MOST_BYTES: Final = 256 << 20
_TOO_LARGE: Final = "a body that is too large"


class OtlpBody:
    """One Export*ServiceRequest (or *Data, which is the same on the wire) of traces or logs."""

    name = "otlp-body"

    def recognises(self, source: Source) -> bool:
        """Whether it is OTLP's JSON, or reads well as a message of protobuf."""
        return is_otlp_json(source.head) or (
            source.head.startswith(b"\x0a") and protobuf_signal(_content(source)) != ""
        )

    def read(self, source: Source) -> Iterator[Span | Skipped]:
        """The spans of the body."""
        content = _content(source)
        if len(content) > MOST_BYTES:
            yield Skipped(line=0, reason=_TOO_LARGE)
        elif is_otlp_json(source.head):
            yield from read_otlp_json(content, 0)
        else:
            yield from read_otlp_protobuf(content)


def _content(source: Source) -> bytes:
    with source.open() as file:
        return file.read(MOST_BYTES + 1)
