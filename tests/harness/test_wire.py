"""Frames between processes that do not trust each other."""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.wire import ConnectionClosedError, WireError, receive_frame, send_frame
from tests.examples import examples

Pair = tuple[socket.socket, socket.socket]


@pytest.fixture
def pair() -> Iterator[Pair]:
    left, right = socket.socketpair()
    with left, right:
        left.settimeout(5)
        right.settimeout(5)
        yield left, right


@settings(max_examples=examples(40), suppress_health_check=[HealthCheck.function_scoped_fixture])
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


def test_a_frame_may_drip_in(pair: Pair) -> None:
    """Byte by byte it is still one frame, and the next one is another."""
    left, right = pair
    encoded = b'{"a":1}'
    stream = struct.pack("!II", len(encoded), 2) + encoded + b"xy"

    def drip() -> None:
        for byte in stream:
            left.sendall(bytes([byte]))
        send_frame(left, {"next": True})

    thread = threading.Thread(target=drip)
    thread.start()
    frames = [receive_frame(right, seconds=5) for _ in range(2)]
    thread.join()

    assert frames == [({"a": 1}, b"xy"), ({"next": True}, b"")]


def test_the_time_is_for_the_whole_frame(pair: Pair) -> None:
    """A peer that sends a byte now and then cannot hold its reader."""
    left, right = pair
    over = threading.Event()

    def drip() -> None:
        left.sendall(struct.pack("!II", 100, 0))
        while not over.wait(0.05):
            left.sendall(b" ")

    thread = threading.Thread(target=drip)
    thread.start()
    began = time.monotonic()
    with pytest.raises(TimeoutError):
        receive_frame(right, seconds=0.2)
    over.set()
    thread.join()

    assert time.monotonic() - began < 1.0


@pytest.mark.parametrize(
    ("lengths", "limits"), [((11, 0), {"header_limit": 10}), ((2, 1), {"body_limit": 0})]
)
def test_a_receiver_may_be_stricter(pair: Pair, lengths: tuple[int, int], limits: dict[str, int]) -> None:
    """From an agent process no body is taken at all."""
    left, right = pair
    left.sendall(struct.pack("!II", *lengths))

    with pytest.raises(WireError, match=rf"a frame of {lengths[0]} \+ {lengths[1]} bytes"):
        receive_frame(right, **limits)


def test_what_is_no_json_is_not_sent(pair: Pair) -> None:
    """Nothing of it: the connection stays usable."""
    left, right = pair
    with pytest.raises(TypeError):
        send_frame(left, {"odd": object()})
    send_frame(left, {"fine": 1})

    assert receive_frame(right) == ({"fine": 1}, b"")


def test_a_number_of_endless_digits_is_no_json(pair: Pair) -> None:
    """Reading one would take the reader's time."""
    left, right = pair
    header = b'{"n":' + b"9" * 5000 + b"}"
    left.sendall(struct.pack("!II", len(header), 0) + header)

    with pytest.raises(WireError, match="no JSON"):
        receive_frame(right)
