"""HTTP/1 of uvicorn, with an end to headers that never come."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

_HEADER_SECONDS = 20.0


class BoundedProtocol(H11Protocol):
    """Closes a connection on which a request begins but its headers take longer than 20 seconds.

    Made of h11 and not of httptools, although that is quicker: h11 bounds headers, trailers and chunk
    extensions, and takes a request that would rather speak HTTP/2 (``Upgrade: h2c``, as Java's client sends
    it) as what it is, where httptools drops its body and says that it was empty.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """A connection must send its first headers in time."""
        super().connection_made(transport)
        self._await_headers()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is awaited any more."""
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Part of headers or of a body."""
        super().data_received(data)
        cycle: RequestResponseCycle | None = self.cycle
        if cycle is None or cycle.response_complete:
            self._await_headers()
        else:
            self._stop_waiting()

    def _await_headers(self) -> None:
        if self._deadline is None:
            self._deadline = self.loop.call_later(_HEADER_SECONDS, self._give_up)

    def _stop_waiting(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _give_up(self) -> None:
        if not self.transport.is_closing():
            self.transport.close()
