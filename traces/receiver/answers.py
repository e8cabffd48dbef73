"""Answers of the receiver, in the encoding of the request.

Specification: https://opentelemetry.io/docs/specs/otlp/#otlphttp-response.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from types import MappingProxyType

import orjson

from traces.otlp.answers import Signal, encode_response, encode_status

Headers = tuple[tuple[bytes, bytes], ...]

_JSON = "application/json"
_PROTOBUF = "application/x-protobuf"
_HEADERS = MappingProxyType({401: ((b"www-authenticate", b"Bearer"),), 503: ((b"retry-after", b"1"),)})


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A response: its status, body and headers; ``close`` where the connection is of no further use."""

    status: int
    body: bytes
    content_type: str
    headers: Headers = ()
    close: bool = False

    def closing(self) -> Answer:
        """The same answer, after which the connection is closed."""
        return replace(self, close=True)


def accepted(signal: Signal, *, json: bool, rejected: int = 0, message: str = "") -> Answer:
    """All was taken, or all but ``rejected`` items for the reasons in ``message``."""
    body = encode_response(signal, rejected, message, json=json)
    return Answer(status=200, body=body, content_type=_JSON if json else _PROTOBUF)


def refused(status: int, message: str, *, json: bool = True, headers: Headers = ()) -> Answer:
    """Nothing was taken, and why. A 503 says when to try again.

    All pressure is a 503: many exporters in use throw away what is answered with a 429.
    """
    return Answer(
        status=status,
        body=encode_status(message, json=json),
        content_type=_JSON if json else _PROTOBUF,
        headers=headers + _HEADERS.get(status, ()),
    )


def document(value: object) -> Answer:
    """Anything as JSON."""
    return Answer(status=200, body=orjson.dumps(value), content_type=_JSON)
