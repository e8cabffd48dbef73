"""Protobuf bodies in files, each behind its length: what the Collector's file exporter writes."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import BinaryIO, Final

from traces.otlp.errors import OtlpError

_LENGTH: Final = struct.Struct(">I")
_LONGEST: Final = 256 << 20  # bytes; what a hostile length must not make us reserve


def iter_length_delimited(file: BinaryIO) -> Iterator[bytes]:
    """The bodies of a file, in order; a torn last one is left out.

    Each follows its length in bytes, four bytes with the highest first. Raises ``OtlpError`` for a length above
    256 MiB: the file is of another format, or broken from there on.
    """
    while len(head := file.read(_LENGTH.size)) == _LENGTH.size:
        (length,) = _LENGTH.unpack(head)
        if length > _LONGEST:
            raise OtlpError(f"a body of {length} bytes")
        body = file.read(length)
        if len(body) < length:
            return
        yield body
