"""Bodies are read as far as they may go, and refused ones are read and forgotten."""

from __future__ import annotations

import asyncio
from collections.abc import MutableMapping, Sequence
from typing import Any

import pytest

from traces.receiver.admission import Admission
from traces.receiver.errors import TooLargeError, UnavailableError
from traces.receiver.reading import DisconnectedError, Receive, drain, read_body


def _sender(*parts: bytes | None) -> Receive:
    """Sends the parts in turn; ``None`` is where it breaks off."""
    left = list(parts)

    async def receive() -> MutableMapping[str, Any]:
        part = left.pop(0)
        if part is None:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": part, "more_body": bool(left)}

    return receive


def _read(parts: Sequence[bytes | None], *, limit: int = 10, room: int = 100) -> bytes:
    admission = Admission(room)
    with admission.request() as other, admission.request() as held:
        other.take(1)
        return asyncio.run(read_body(_sender(*parts), held, limit=limit))


def test_parts_are_put_together() -> None:
    """Empty ones too."""
    assert _read([b"ab", b"", b"cd"]) == b"abcd"
    assert _read([b""]) == b""


def test_a_body_may_be_as_long_as_the_limit_and_no_longer() -> None:
    """The rest is not even asked for."""
    assert _read([b"12345", b"67890"]) == b"1234567890"
    with pytest.raises(TooLargeError, match="more than 10 bytes"):
        _read([b"12345", b"678901", b"never read"])


def test_a_body_needs_room() -> None:
    """As it grows."""
    with pytest.raises(UnavailableError):
        _read([b"12", b"345"], room=4)


def test_a_sender_that_is_gone_is_noticed() -> None:
    """Half a body is none."""
    with pytest.raises(DisconnectedError):
        _read([b"12", None])


@pytest.mark.parametrize(
    ("parts", "is_read"),
    [([b"12", b"34"], True), ([b"1234567", b"8901", b"2"], False), ([b"12", None], False)],
)
def test_what_is_refused_is_read_to_its_end_if_that_is_near(parts: list[bytes | None], is_read: bool) -> None:
    """Only then the connection can be used again."""
    assert asyncio.run(drain(_sender(*parts), limit=10)) is is_read
