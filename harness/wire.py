"""Length-prefixed frames over a stream socket: a JSON header and raw bytes, both of limited size, never a pickle."""

from __future__ import annotations

import json
import socket
import struct
import time
from collections.abc import Mapping
from typing import Any

_LENGTHS = struct.Struct("!II")
HEADER_LIMIT = 32 * 1024 * 1024
BODY_LIMIT = 96 * 1024 * 1024

Header = Mapping[str, Any]  # JSON as it came: the receiver checks what it uses


class WireError(OSError):
    """A frame is too large or is no JSON object; the connection cannot be used any further."""


class ConnectionClosedError(WireError):
    """The other side is gone."""


def send_frame(connection: socket.socket, header: Header, body: bytes = b"") -> None:
    """Send one frame; raises ``WireError`` for one over the limits and ``OSError`` if the other side is gone."""
    encoded = json.dumps(header, ensure_ascii=True, separators=(",", ":")).encode("ascii")
    if len(encoded) > HEADER_LIMIT or len(body) > BODY_LIMIT:
        raise WireError(f"a frame of {len(encoded)} + {len(body)} bytes is over the limit")
    connection.sendall(_LENGTHS.pack(len(encoded), len(body)) + encoded)
    if body:
        connection.sendall(body)


def receive_frame(
    connection: socket.socket,
    *,
    seconds: float | None = None,
    header_limit: int = HEADER_LIMIT,
    body_limit: int = BODY_LIMIT,
) -> tuple[dict[str, Any], bytes]:
    """Receive one frame; raises ``ConnectionClosedError`` at the end of the stream.

    ``seconds`` is for the whole frame, however slowly it drips in; past them it raises ``TimeoutError``.
    """
    deadline = None if seconds is None else time.monotonic() + seconds
    header_length, body_length = _LENGTHS.unpack(_exactly(connection, _LENGTHS.size, deadline))
    if header_length > header_limit or body_length > body_limit:
        raise WireError(f"a frame of {header_length} + {body_length} bytes is over the limit")
    header = _parse(_exactly(connection, header_length, deadline))
    return header, _exactly(connection, body_length, deadline)


def _parse(encoded: bytes) -> dict[str, Any]:
    try:
        header = json.loads(encoded)
    except (ValueError, RecursionError) as error:
        raise WireError("a frame's header is no JSON") from error
    if not isinstance(header, dict):
        raise WireError("a frame's header is no JSON object")
    return header


def _exactly(connection: socket.socket, length: int, deadline: float | None) -> bytes:
    buffer = bytearray(length)
    view = memoryview(buffer)
    received = 0
    while received < length:
        if deadline is not None:
            connection.settimeout(max(0.001, deadline - time.monotonic()))
        count = connection.recv_into(view[received:])
        if count == 0:
            raise ConnectionClosedError("the other side closed the connection")
        received += count
    return bytes(buffer)
