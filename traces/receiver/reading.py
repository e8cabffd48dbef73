"""Bodies off the wire: bounded in bytes and in time, whatever their sender does."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from traces.receiver.admission import Held
from traces.receiver.errors import TooLargeError

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]

_DRAIN_SECONDS = 10.0


class DisconnectedError(Exception):
    """The sender is gone."""


async def read_body(receive: Receive, held: Held, *, limit: int) -> bytes:
    """A request's body. Raises ``TooLargeError``, ``UnavailableError`` or ``DisconnectedError``."""
    body = bytearray()
    more = True
    while more:
        part, more = await _part(receive)
        if len(body) + len(part) > limit:
            raise TooLargeError(f"the body has more than {limit} bytes")
        held.take(len(part))
        body += part
    return bytes(body)


async def drain(receive: Receive, *, limit: int) -> bool:
    """Read a refused body to its end and keep nothing; false where it is too long for that.

    A sender that is answered while it still sends sees a broken connection, not the answer.
    """
    size = 0
    more = True
    try:
        async with asyncio.timeout(_DRAIN_SECONDS):
            while more and size <= limit:
                part, more = await _part(receive)
                size += len(part)
    except (TimeoutError, DisconnectedError):
        return False
    return not more


async def _part(receive: Receive) -> tuple[bytes, bool]:
    message = await receive()
    if message["type"] == "http.disconnect":
        raise DisconnectedError
    return message.get("body", b""), message.get("more_body", False)
