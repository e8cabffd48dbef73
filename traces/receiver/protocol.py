"""HTTP/1 of uvicorn, with an end to headers that never end."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_MOST_HEADER_BYTES = 64 << 10
_HEADER_SECONDS = 20.0


class BoundedProtocol(HttpToolsProtocol):
    """Closes a connection whose headers or trailers are longer than 64 KiB or take longer than 20 seconds.

    Uvicorn itself bounds neither with this parser: a local process could fill the memory, or the table of
    connections, with requests that never begin.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._without_body = 0
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
        """Feed the parser, unless what it got lately is too long for headers and is no body."""
        if self._without_body > _MOST_HEADER_BYTES:
            self.send_400_response("Headers are too long.")
            return
        self._without_body += len(data)
        super().data_received(data)

    def on_message_begin(self) -> None:
        """Another request's headers begin."""
        super().on_message_begin()
        self._without_body = 0
        if self._deadline is None:
            self._await_headers()

    def on_headers_complete(self) -> None:
        """What comes now is the body's."""
        self._without_body = 0
        self._stop_waiting()
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """A part of a body."""
        self._without_body = 0
        super().on_body(body)

    def _await_headers(self) -> None:
        self._deadline = self.loop.call_later(_HEADER_SECONDS, self._give_up)

    def _stop_waiting(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _give_up(self) -> None:
        if not self.transport.is_closing():
            self.transport.close()
