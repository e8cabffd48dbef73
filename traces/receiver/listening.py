"""The sockets that a receiver's workers share."""

from __future__ import annotations

import contextlib
import errno
import socket

from traces.receiver.errors import ReceiverError

_BACKLOG = 1024


def listen(host: str, port: int) -> list[socket.socket]:
    """Sockets that listen at ``port`` (0: a free one); ``localhost`` is both 127.0.0.1 and, where it is, ::1.

    Raises ``ReceiverError`` where the port is in use or the address is not this machine's.
    """
    if host != "localhost":
        return [_listen(host, port)]
    first = _listen("127.0.0.1", port)
    # Some runtimes look up the name as ::1 first and do not try the other.
    with contextlib.suppress(ReceiverError):
        return [first, _listen("::1", first.getsockname()[1])]
    return [first]


def url(host: str, listener: socket.socket) -> str:
    """Where exporters send to."""
    name = f"[{host}]" if ":" in host else host
    return f"http://{name}:{listener.getsockname()[1]}"


def _listen(host: str, port: int) -> socket.socket:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, _, _, _, address = found[0]
        listener = socket.create_server(address[:2], family=family, backlog=_BACKLOG)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise ReceiverError(f"port {port} of {host} is in use; choose another port") from error
        raise ReceiverError(f"cannot listen at {host}, port {port}: {error}") from error
    listener.setblocking(False)
    return listener
