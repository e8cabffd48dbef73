"""Bodies come out of their encoding whole, or are refused; no bomb grows past the limit."""

from __future__ import annotations

import gzip
import tracemalloc
import zlib

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from traces.receiver.errors import BadRequestError, TooLargeError
from traces.receiver.unpack import unpack

_RAW = zlib.compressobj(wbits=-zlib.MAX_WBITS)
_PACKED = {
    "": b"spans " * 100,
    "identity": b"spans " * 100,
    "gzip": gzip.compress(b"spans " * 100),
    "x-gzip": gzip.compress(b"spans " * 50) + gzip.compress(b"spans " * 50),
    "deflate": zlib.compress(b"spans " * 100),
    "zstd": zstandard.compress(b"spans " * 100),
}


@pytest.mark.parametrize("encoding", list(_PACKED))
def test_each_encoding_is_unpacked(encoding: str) -> None:
    """Several members of a gzip body included."""
    assert unpack(_PACKED[encoding], encoding, limit=600) == b"spans " * 100


def test_deflate_without_its_header_is_unpacked() -> None:
    """Some senders mean the bare stream by it."""
    body = _RAW.compress(b"spans") + _RAW.flush()

    assert unpack(body, "deflate", limit=100) == b"spans"


@pytest.mark.parametrize("encoding", list(_PACKED))
def test_one_byte_over_the_limit_is_too_large(encoding: str) -> None:
    """The limit holds for the unpacked body."""
    with pytest.raises(TooLargeError):
        unpack(_PACKED[encoding], encoding, limit=599)


@pytest.mark.parametrize(
    "bomb",
    [
        ("gzip", gzip.compress(bytes(64 << 20))),
        ("zstd", zstandard.compress(bytes(64 << 20))),
    ],
    ids=["gzip", "zstd"],
)
def test_a_bomb_is_given_up_at_the_limit(bomb: tuple[str, bytes]) -> None:
    """Memory stays near the limit, whatever the body would grow to."""
    tracemalloc.start()
    with pytest.raises(TooLargeError):
        unpack(bomb[1], bomb[0], limit=1 << 20)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 8 << 20


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_a_body_that_is_cut_off_is_bad(encoding: str) -> None:
    """It is not taken for a shorter one."""
    with pytest.raises(BadRequestError, match="cut off"):
        unpack(_PACKED[encoding][:-9], encoding, limit=1000)


@given(body=st.binary(max_size=200), encoding=st.sampled_from(["gzip", "deflate", "zstd"]))
def test_garbage_never_crashes(body: bytes, encoding: str) -> None:
    """Any bytes are unpacked or refused."""
    try:
        unpacked = unpack(body, encoding, limit=1000)
    except (BadRequestError, TooLargeError):
        return

    assert len(unpacked) <= 1000
