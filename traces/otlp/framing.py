"""Protobuf bodies in files, each behind its length: what the Collector's file exporter writes."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import BinaryIO, Final

from traces.otlp.errors import OtlpError

_LENGTH: Final = struct.Struct(">I")
_LONGEST: Final = 256 << 20  # bytes; more than any exporter sends at once
_PIECE: Final = 1 << 20  # bytes


def iter_length_delimited(file: BinaryIO) -> Iterator[bytes]:
    """The bodies of a file, in order; a torn last one is left out.

    Each follows its length in bytes, four bytes with the highest first. Raises ``OtlpError`` for a length above
    256 MiB: the file is of another format, or broken from there on.
    """
    while len(head := _read(file, _LENGTH.size)) == _LENGTH.size:
        (length,) = _LENGTH.unpack(head)
        if length > _LONGEST:
            raise OtlpError(f"a body of {length} bytes")
        body = _read(file, length)
        if len(body) < length:
            return
        yield body


def _read(file: BinaryIO, length: int) -> bytes:
    """The next bytes, fewer only at the end; by pieces, as a false length must not make us reserve memory."""
    found = bytearray()
    while len(found) < length and (piece := file.read(min(length - len(found), _PIECE))):
        found += piece
    return bytes(found)
