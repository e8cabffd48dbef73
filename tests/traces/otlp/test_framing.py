"""Files of bodies behind their lengths."""

from __future__ import annotations

import io
import struct

import pytest

from traces.otlp.errors import OtlpError
from traces.otlp.framing import iter_length_delimited


def _framed(*bodies: bytes) -> bytes:
    return b"".join(struct.pack(">I", len(body)) + body for body in bodies)


def test_bodies_come_in_their_order() -> None:
    """Empty ones included."""
    assert list(iter_length_delimited(io.BytesIO(_framed(b"one", b"", b"three")))) == [b"one", b"", b"three"]


@pytest.mark.parametrize("torn", range(1, 8))
def test_a_torn_tail_is_left_out(torn: int) -> None:
    """A writer that died left part of a length or of a body."""
    content = _framed(b"whole", b"torn")

    assert list(iter_length_delimited(io.BytesIO(content[:-torn]))) == [b"whole"]


def test_a_reader_may_give_less_than_was_asked_for() -> None:
    """As those of compressed files do."""

    class Slow(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            return super().read(min(size or 1, 3))

    assert list(iter_length_delimited(Slow(_framed(b"a body", b"another")))) == [b"a body", b"another"]


def test_an_empty_file_holds_nothing() -> None:
    """The exporter creates the file before it has anything to write."""
    assert list(iter_length_delimited(io.BytesIO(b""))) == []


def test_an_impossible_length_is_an_error() -> None:
    """It reserves no memory: the file is of another format."""
    bodies = iter_length_delimited(io.BytesIO(_framed(b"good") + b'{"resourceSpans":[]}'))

    assert next(bodies) == b"good"
    with pytest.raises(OtlpError, match="bytes"):
        next(bodies)
