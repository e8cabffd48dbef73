"""Frames between processes that do not trust each other."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.wire import ConnectionClosedError, WireError, receive_frame, send_frame

Pair = tuple[socket.socket, socket.socket]


@pytest.fixture
def pair() -> Iterator[Pair]:
    left, right = socket.socketpair()
    with left, right:
        left.settimeout(5)
        right.settimeout(5)
        yield left, right


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(header=st.dictionaries(st.text(), st.text() | st.integers() | st.none()), body=st.binary())
def test_frames_come_back_exactly(pair: Pair, header: dict[str, object], body: bytes) -> None:
    """Any JSON object and any bytes arrive as they were sent, lone surrogates included."""
    left, right = pair
    send_frame(left, header, body)

    assert receive_frame(right) == (header, body)


def test_the_end_of_the_stream_is_told_apart(pair: Pair) -> None:
    """A peer that is gone is no malformed frame, in the middle of one either."""
    left, right = pair
    left.sendall(struct.pack("!II", 10, 0) + b"{")
    left.close()

    with pytest.raises(ConnectionClosedError):
        receive_frame(right)


def test_a_large_frame_is_refused_before_it_is_read(pair: Pair) -> None:
    """A claimed length costs no memory."""
    left, right = pair
    left.sendall(struct.pack("!II", 2**32 - 1, 0))

    with pytest.raises(WireError, match="over the limit"):
        receive_frame(right)


@pytest.mark.parametrize("header", [b"[]", b"nonsense", b'{"a":', b"\xff\xfe", b"[" * 100_000])
def test_a_header_must_be_a_json_object(pair: Pair, header: bytes) -> None:
    """Whatever else a hostile peer sends is one kind of error."""
    left, right = pair
    left.sendall(struct.pack("!II", len(header), 0) + header)

    with pytest.raises(WireError, match="no JSON"):
        receive_frame(right)


def test_an_oversized_frame_is_not_sent(pair: Pair) -> None:
    """The sender notices first."""
    with pytest.raises(WireError, match="over the limit"):
        send_frame(pair[0], {}, b"x" * (97 * 1024 * 1024))
