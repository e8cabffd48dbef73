"""Load for a receiver: bodies of known spans, sent over a few connections, and which were acknowledged."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any
from urllib.parse import urlsplit

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from traces import attributes as names
from traces.ids import derived_span_id, derived_trace_id

SPANS_OF_A_RUN = 32
_START_NS = 1_700_000_000_000_000_000
_STEP_NS = 1_000_000_000
_RETRY_SECONDS = 0.1
_WORDS = 20_000

SpanKey = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class Body:
    """An ``ExportTraceServiceRequest`` in protobuf and the (trace, span) ids in it."""

    content: bytes
    spans: tuple[SpanKey, ...]


@dataclass(frozen=True, kw_only=True)
class Sent:
    """The indices of the bodies that were acknowledged, and the seconds that it took."""

    acknowledged: frozenset[int]
    seconds: float


def make_body(number: int, *, spans: int = 512, span_bytes: int = 1024, seed: int = 1) -> Body:
    """The ``number``-th body: runs of 32 spans in normal form, a root, model calls and tool calls in turn.

    Spans have about ``span_bytes`` bytes on the wire, most of it text of 20,000 different words.
    """
    random = Random(f"{seed} {number}")
    request = ExportTraceServiceRequest()
    group = request.resource_spans.add()
    _attribute(group.resource, "service.name", "load")
    scope = group.scope_spans.add()
    scope.scope.name = "load"
    keys: list[SpanKey] = []
    for index in range(spans):
        run, place = divmod(index, SPANS_OF_A_RUN)
        trace_id = derived_trace_id("load", f"{seed}/{number}/{run}")
        keys.append(_fill(scope.spans.add(), trace_id, place, span_bytes, random))
    return Body(content=request.SerializeToString(), spans=tuple(keys))


def send(
    url: str,
    bodies: Sequence[Body],
    *,
    connections: int = 4,
    headers: Mapping[str, str] | None = None,
    patience: float = 0.0,
    on_acknowledged: Callable[[int], None] | None = None,
) -> Sent:
    """Send all bodies, each once, or again and again for ``patience`` seconds until it is acknowledged.

    A body counts as acknowledged when its answer, a 200, has been read whole; ``on_acknowledged`` is then told
    how many are, in any thread.
    """
    begin = time.monotonic()
    sending = _Sending(url, bodies, headers or {}, patience, on_acknowledged)
    threads = [threading.Thread(target=sending.work) for _ in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Sent(acknowledged=frozenset(sending.acknowledged), seconds=time.monotonic() - begin)


class _Sending:
    def __init__(
        self,
        url: str,
        bodies: Sequence[Body],
        headers: Mapping[str, str],
        patience: float,
        on_acknowledged: Callable[[int], None] | None,
    ) -> None:
        parts = urlsplit(url)
        self._host, self._port = parts.hostname or "127.0.0.1", parts.port
        self._bodies = bodies
        self._headers = {"Content-Type": "application/x-protobuf", **headers}
        self._patience = patience
        self._on_acknowledged = on_acknowledged
        self._lock = threading.Lock()
        self._next: Iterator[int] = iter(range(len(bodies)))
        self.acknowledged: list[int] = []

    def work(self) -> None:
        connection = http.client.HTTPConnection(self._host, self._port, timeout=60)
        while (number := self._take()) is not None:
            latest = time.monotonic() + self._patience
            while not self._post(connection, self._bodies[number]):
                if time.monotonic() >= latest:
                    break
                time.sleep(_RETRY_SECONDS)
            else:
                self._note(number)
        connection.close()

    def _note(self, number: int) -> None:
        with self._lock:
            self.acknowledged.append(number)
        if self._on_acknowledged is not None:
            self._on_acknowledged(len(self.acknowledged))

    def _take(self) -> int | None:
        with self._lock:
            return next(self._next, None)

    def _post(self, connection: http.client.HTTPConnection, body: Body) -> bool:
        try:
            connection.request("POST", "/v1/traces", body.content, self._headers)
            response = connection.getresponse()
            response.read()
        except (http.client.HTTPException, OSError):
            connection.close()
            return False
        return response.status == 200


def _fill(span: Any, trace_id: str, place: int, span_bytes: int, random: Random) -> SpanKey:
    span_id = derived_span_id(trace_id, "load", str(place))
    span.trace_id, span.span_id = bytes.fromhex(trace_id), bytes.fromhex(span_id)
    span.start_time_unix_nano = _START_NS + place * _STEP_NS
    span.end_time_unix_nano = span.start_time_unix_nano + _STEP_NS // 2
    if place == 0:
        span.name = "invoke_agent load"
        _attribute(span, names.OPERATION, "invoke_agent")
        return trace_id, span_id
    span.parent_span_id = bytes.fromhex(derived_span_id(trace_id, "load", "0"))
    if place % 2:
        _fill_chat(span, span_bytes, random)
    else:
        _fill_tool(span, span_bytes, random)
    return trace_id, span_id


def _fill_chat(span: Any, span_bytes: int, random: Random) -> None:
    span.name = "chat load-model"
    _attribute(span, names.OPERATION, "chat")
    _attribute(span, names.RESPONSE_MODEL, "load-model")
    _attribute(span, names.INPUT_TOKENS, 1000 + random.randrange(1000))
    _attribute(span, names.OUTPUT_TOKENS, random.randrange(1000))
    text = _text(span_bytes - 420, random)
    for name, role, content in (
        (names.INPUT_MESSAGES, "user", text[: len(text) // 2]),
        (names.OUTPUT_MESSAGES, "assistant", text[len(text) // 2 :]),
    ):
        _attribute(span, name, json.dumps([{"role": role, "parts": [{"type": "text", "content": content}]}]))


def _fill_tool(span: Any, span_bytes: int, random: Random) -> None:
    span.name = "execute_tool bash"
    _attribute(span, names.OPERATION, "execute_tool")
    _attribute(span, names.TOOL_NAME, "bash")
    _attribute(span, names.TOOL_ARGUMENTS, json.dumps({"command": _text(60, random)}))
    _attribute(span, names.TOOL_RESULT, _text(span_bytes - 300, random))


def _text(length: int, random: Random) -> str:
    words: list[str] = []
    while length > 0:
        # Words are as unequal as in any language: a few are everywhere, most are rare (Zipf).
        word = f"word{int(_WORDS ** random.random()):x}"
        words.append(word)
        length -= len(word) + 1
    return " ".join(words)


def _attribute(holder: Any, name: str, value: str | int) -> None:
    attribute = holder.attributes.add()
    attribute.key = name
    if isinstance(value, str):
        attribute.value.string_value = value
    else:
        attribute.value.int_value = value
