"""The agent process's only way to the world: requests to the supervisor, one at a time."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from typing import Any

from harness.wire import receive_frame, send_frame


class Link:
    """A connection to the supervisor that threads share; every answer brings the run's clock."""

    def __init__(self, connection: socket.socket, *, virtual: bool, monotonic: Callable[[], float]) -> None:
        self._connection = connection
        self._virtual = virtual
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._told = 0.0
        self._told_at = monotonic()

    def ask(self, operation: str, **fields: Any) -> dict[str, Any]:
        """Send a request and wait for its answer; raises ``OSError`` when the supervisor is gone."""
        with self._lock:
            send_frame(self._connection, {"operation": operation, **fields})
            reply, _ = receive_frame(self._connection)
            self._told = float(reply["now"])
            self._told_at = self._monotonic()
            return reply

    def tell(self, operation: str, **fields: Any) -> None:
        """Send what needs no answer."""
        with self._lock:
            send_frame(self._connection, {"operation": operation, **fields})

    def clock(self) -> float:
        """Seconds since the run began, by the run's clock: a virtual one stands still between answers."""
        return self._told if self._virtual else self._told + self._monotonic() - self._told_at
