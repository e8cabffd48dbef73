"""The receiver's requests and what becomes of each."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any, get_args

from traces.otlp.answers import Signal
from traces.receiver.admission import Admission
from traces.receiver.answers import Answer, document, refused
from traces.receiver.config import ReceiverConfig
from traces.receiver.counts import Counts
from traces.receiver.delivery import Delivery
from traces.receiver.errors import RequestError, TooLargeError, UnavailableError, UnsupportedError
from traces.receiver.guard import Guard
from traces.receiver.reading import DisconnectedError, Receive, drain, read_body
from traces.receiver.unpack import ENCODINGS

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

_SIGNALS: dict[str, Signal] = {f"/v1/{signal}": signal for signal in get_args(Signal)}
_PAGES = frozenset({"/healthz", "/stats"})
_JSON_TYPES = frozenset({"application/json"})
_PROTOBUF_TYPES = frozenset({"application/x-protobuf", "application/protobuf"})
_CHARSETS = frozenset({"", "utf-8", "utf8", "us-ascii"})
# What is still on its way of a body that is refused is read and forgotten, up to this many times the limit.
_DRAINED_LIMITS = 4


@dataclass(frozen=True, kw_only=True)
class _Request:
    method: str
    path: str
    headers: Mapping[str, str]


class ReceiverApp:
    """An ASGI application: OTLP/HTTP under ``/v1``, ``/healthz`` and the counts under ``/stats``.

    ``store`` answers a delivery when its spans are durable; ``stats`` is what ``/stats`` tells; ``counts`` are
    told what is refused before anything is stored, in the event loop's thread.
    """

    def __init__(
        self,
        config: ReceiverConfig,
        *,
        store: Callable[[Delivery], Awaitable[Answer]],
        stats: Callable[[], object],
        counts: Counts,
    ) -> None:
        self._config = config
        self._store = store
        self._stats = stats
        self._counts = counts
        self._guard = Guard(config)
        self.admission = Admission(config.max_in_flight_of_worker)
        self._stopping = False
        self._readings: set[asyncio.Timeout] = set()

    def stop(self) -> None:
        """Take nothing new; bodies that are on their way have ``stop_seconds`` to arrive."""
        self._stopping = True
        latest = asyncio.get_running_loop().time() + self._config.stop_seconds
        for reading in self._readings:
            when = reading.when()
            if when is not None and when > latest:
                reading.reschedule(latest)

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = _Request(
            method=scope["method"],
            path=scope["path"],
            headers={
                name.decode("latin-1"): value.decode("latin-1") for name, value in reversed(scope["headers"])
            },
        )
        try:
            answer = await self._answer(request, receive)
        except DisconnectedError:
            return
        await _send(send, answer)

    async def _answer(self, request: _Request, receive: Receive) -> Answer:
        refusal = self._refusal(request)
        if refusal is None and request.path in _PAGES:
            return self._page(request.path)
        if refusal is not None:
            return await self._refuse(refusal, request, receive)
        json = _media_type(request) in _JSON_TYPES
        try:
            return await self._take(request, receive, json=json)
        except RequestError as error:
            return await self._refuse(refused(error.status, str(error), json=json), request, receive)

    def _refusal(self, request: _Request) -> Answer | None:
        objection = self._guard.objection(request.headers)
        if objection:
            return refused(403, objection)
        signal = _SIGNALS.get(request.path)
        if signal is None and request.path not in _PAGES:
            return refused(404, f"there are {', '.join((*_SIGNALS, *sorted(_PAGES)))}")
        methods = ("GET", "HEAD") if signal is None else ("POST",)
        if request.method not in methods:
            return refused(405, f"use {methods[0]}", headers=((b"allow", ", ".join(methods).encode()),))
        if request.path != "/healthz" and not self._guard.knows(request.headers):
            return refused(401, "the bearer token is missing or wrong")
        return None

    def _page(self, path: str) -> Answer:
        if path == "/stats":
            return document(self._stats())
        return refused(503, "stopping") if self._stopping else document({"status": "ok"})

    async def _take(self, request: _Request, receive: Receive, *, json: bool) -> Answer:
        self._check(request, json=json)
        with self.admission.request() as held:
            try:
                async with asyncio.timeout(self._config.request_seconds) as reading:
                    self._readings.add(reading)
                    try:
                        body = await read_body(receive, held, limit=self._config.max_body_bytes)
                    finally:
                        self._readings.discard(reading)
            except TimeoutError:
                return self._late(json=json)
            return await self._store(
                Delivery(
                    signal=_SIGNALS[request.path], body=body, json=json, encoding=_encoding(request.headers)
                )
            )

    def _check(self, request: _Request, *, json: bool) -> None:
        if self._stopping:
            raise UnavailableError("the receiver is stopping")
        if not json and _media_type(request) not in _PROTOBUF_TYPES:
            raise UnsupportedError("the content type must be application/x-protobuf or application/json")
        if _charset(request) not in _CHARSETS:
            raise UnsupportedError("JSON must be UTF-8")
        if _encoding(request.headers) not in ENCODINGS:
            raise UnsupportedError(f"the content encoding must be one of {', '.join(sorted(ENCODINGS))}")
        length = request.headers.get("content-length", "")
        if length.isdecimal() and int(length[:20]) > self._config.max_body_bytes:
            raise TooLargeError(f"the body has more than {self._config.max_body_bytes} bytes")

    def _late(self, *, json: bool) -> Answer:
        status, message = (
            (503, "the receiver is stopping") if self._stopping else (408, "the body did not arrive in time")
        )
        self._counts.refused[str(status)] += 1
        return refused(status, message, json=json).closing()

    async def _refuse(self, answer: Answer, request: _Request, receive: Receive) -> Answer:
        self._counts.refused[str(answer.status)] += 1
        # Who waits for a word before it sends the body is answered by the refusal.
        if "expect" in request.headers:
            return answer.closing()
        limit = _DRAINED_LIMITS * self._config.max_body_bytes
        return answer if await drain(receive, limit=limit) else answer.closing()


def _media_type(request: _Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def _charset(request: _Request) -> str:
    for parameter in request.headers.get("content-type", "").split(";")[1:]:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset":
            return value.strip().strip('"').lower()
    return ""


def _encoding(headers: Mapping[str, str]) -> str:
    return headers.get("content-encoding", "").strip().lower()


async def _send(send: Send, answer: Answer) -> None:
    headers = [
        (b"content-type", answer.content_type.encode()),
        (b"content-length", str(len(answer.body)).encode()),
        (b"x-content-type-options", b"nosniff"),
        *answer.headers,
    ]
    if answer.close:
        headers.append((b"connection", b"close"))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})
