"""Senders that are slow, stall, break off or speak badly cost only themselves."""

from __future__ import annotations

import socket
import time
from typing import Any
from urllib.parse import urlsplit

import pytest

from traces.receiver.load import make_body

pytestmark = pytest.mark.enable_socket


def _connect(receiver: Any) -> socket.socket:
    parts = urlsplit(receiver.url)
    return socket.create_connection((parts.hostname, parts.port), timeout=5)


def _request(body: bytes, *more: str, version: str = "1.1") -> bytes:
    lines = (
        f"POST /v1/traces HTTP/{version}",
        "Host: localhost",
        "Content-Type: application/x-protobuf",
        f"Content-Length: {len(body)}",
        *more,
    )
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def _answers(connection: socket.socket, count: int = 1) -> bytes:
    found = b""
    while found.count(b"\r\n\r\n") < count:
        part = connection.recv(65536)
        if not part:
            break
        found += part
    return found


def _rest(connection: socket.socket) -> bytes:
    """All that still comes until the connection is closed."""
    found = b""
    try:
        while part := connection.recv(65536):
            found += part
    except ConnectionError:
        pass
    return found


def test_requests_in_one_piece_are_answered_in_order(receiver: Any) -> None:
    """Pipelining, and keep-alive afterwards."""
    with _connect(receiver) as connection:
        connection.sendall(_request(make_body(10, spans=2).content) + _request(b"\xff") + _request(b""))
        answers = _answers(connection, 3)

        statuses = [part.split(b" ")[0] for part in answers.split(b"HTTP/1.1 ")[1:]]
        assert statuses == [b"200", b"400", b"200"]


def test_a_slow_sender_is_waited_for(receiver: Any) -> None:
    """Byte by byte, as long as the whole comes in time."""
    request = _request(make_body(11, spans=1).content)

    with _connect(receiver) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for number in range(0, len(request), 7):
            connection.send(request[number : number + 7])

        assert _answers(connection).startswith(b"HTTP/1.1 200")


def test_http_1_0_is_answered_and_closed(receiver: Any) -> None:
    """Without a host, as it was then."""
    request = _request(b"", version="1.0").replace(b"Host: localhost\r\n", b"")

    with _connect(receiver) as connection:
        connection.sendall(request)

        assert b" 200 " in _rest(connection)


@pytest.mark.parametrize("split", [False, True], ids=["at once", "in two pieces"])
def test_who_would_rather_speak_http_2_is_heard(receiver: Any, split: bool) -> None:
    """Java's client offers it with each first request; nothing may be acknowledged that was not read."""
    body = make_body(13 + split, spans=2)
    upgrade = ("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAEAAEAA")
    request = _request(body.content, *upgrade)

    with _connect(receiver) as connection:
        connection.sendall(request[: -len(body.content)] if split else request)
        if split:
            time.sleep(0.05)
            connection.sendall(body.content)
        assert _answers(connection).startswith(b"HTTP/1.1 200")

    assert set(body.spans) <= {(span.trace_id, span.span_id) for span in receiver.spans()}


def test_a_sender_that_stalls_is_given_up(receiver: Any) -> None:
    """After the time that a request may take; others are served meanwhile."""
    with _connect(receiver) as connection:
        connection.sendall(_request(bytes(1000))[:-500])
        begin = time.monotonic()

        assert receiver.post(b"").status_code == 200
        assert b" 408 " in _rest(connection)
        assert 0.5 < time.monotonic() - begin < 4


def test_senders_that_break_off_leave_nothing(receiver: Any, wait_until: Any) -> None:
    """In the middle of headers or of a body, by a reset too."""
    request = _request(make_body(12, spans=2).content)
    for length in (0, 20, 300):
        with _connect(receiver) as connection:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
            connection.sendall(request[:length])

    assert receiver.post(b"").status_code == 200
    wait_until(lambda: receiver.stats()["now"]["bytes_in_flight"] == 0)


@pytest.mark.parametrize(
    "garbage",
    [
        b"\x16\x03\x01\x02\x00\x01\x00" + bytes(200),  # somebody tries TLS
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"POST /v1/traces HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        b"POST /\xff HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"\r\n" * 1000 + b"nonsense\r\n\r\n",
    ],
    ids=["tls", "http2", "negative length", "bytes in the path", "nonsense"],
)
def test_garbage_is_refused(receiver: Any, garbage: bytes) -> None:
    """And the next sender is served."""
    with _connect(receiver) as connection:
        connection.sendall(garbage)
        connection.shutdown(socket.SHUT_WR)

        assert b" 200 " not in _rest(connection)
    assert receiver.post(b"").status_code == 200


@pytest.mark.parametrize("endless", [b"X-Long: " + b"a" * 200_000, b"X: y\r\n" * 40_000], ids=["one", "many"])
def test_headers_that_never_end_are_cut(receiver: Any, endless: bytes) -> None:
    """Before they fill the memory."""
    with _connect(receiver) as connection:
        try:
            connection.sendall(b"POST /v1/traces HTTP/1.1\r\nHost: localhost\r\n")
            for start in range(0, len(endless), 16384):
                connection.sendall(endless[start : start + 16384])
                time.sleep(0.005)
        except ConnectionError:
            pass

        assert b" 200 " not in _rest(connection)
    assert receiver.post(b"").status_code == 200


def test_who_waits_for_a_word_before_a_large_body_gets_it(receiver: Any) -> None:
    """``Expect: 100-continue``: go on, or the refusal at once."""
    request = _request(b"")
    waits = request.replace(b"Content-Length: 0", b"Expect: 100-continue\r\nContent-Length: 4")
    with _connect(receiver) as connection:
        connection.sendall(waits)
        assert connection.recv(100).startswith(b"HTTP/1.1 100")
        connection.sendall(b"\xff" * 4)
        assert b" 400 " in _answers(connection)
    with _connect(receiver) as connection:
        connection.sendall(waits.replace(b"Length: 4", b"Length: 99999999"))

        assert b" 413 " in _rest(connection)


def test_under_pressure_senders_are_told_to_come_again(receiver: Any, wait_until: Any) -> None:
    """The bytes in flight are limited for all requests together."""
    begun = [_connect(receiver) for _ in range(3)]
    for connection in begun:
        connection.sendall(_request(bytes(900_000))[:-10])
    wait_until(lambda: receiver.stats()["now"]["bytes_in_flight"] > 1_700_000)
    for connection in begun:
        connection.sendall(bytes(10))

    answers = [_answers(connection) for connection in begun]

    for connection in begun:
        connection.close()
    assert sum(b" 503 " in answer and b"retry-after: 1" in answer for answer in answers) == 1
    assert receiver.post(b"").status_code == 200
