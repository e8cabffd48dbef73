"""Bodies as the OpenTelemetry SDK's exporter sends them: runs of agents, cut into requests of 512 spans."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from flywheel.bench_traces.vocabulary import Texts
from traces import attributes as names

SPANS_OF_A_BODY = 512  # the most that BatchSpanProcessor hands over at once
TOOLS = ("bash", "read_file", "edit_file", "grep", "write_file", "list_files", "web_search", "run_tests")
MODELS = ("large-2", "small-2", "large-1", "tiny-1")
AGENTS = ("coder", "reviewer", "tester")
ERRORS = ("timeout", "exit_1", "FileNotFoundError", "PermissionError")
_ERROR_RATE = 0.08
_SECRET_EVERY = 1000  # spans
_START_NS = 1_760_000_000_000_000_000
_MS = 1_000_000
_STRING, _INT = "string_value", "int_value"
# What a span takes on the wire beside the text that varies.
_OVERHEAD = {"chat": 490, "execute_tool": 284, "invoke_agent": 260}


@dataclass(frozen=True, slots=True)
class _Step:
    operation: str
    trace: bytes
    span: bytes
    parent: bytes
    start: int
    end: int


class Workload:
    """An endless row of bodies of spans of about ``span_bytes`` on the wire; each seed has its own ids.

    A run has about 20 spans in the order of their ends: model calls and tool calls in turn, the root last.
    The last span of a body holds a word of its own, which ``marker`` tells.
    """

    def __init__(self, *, seed: int, span_bytes: int = 1024) -> None:
        self._seed = seed
        self._span_bytes = span_bytes
        self._random = np.random.default_rng(seed)
        self._texts = Texts(self._random)
        self._steps = self._endless()
        self._bodies = 0
        self._spans = 0

    def body(self, spans: int = SPANS_OF_A_BODY) -> bytes:
        """The next request, in protobuf."""
        request = ExportTraceServiceRequest()
        group = request.resource_spans.add()
        for key, value in (
            ("telemetry.sdk.language", "python"),
            ("telemetry.sdk.name", "opentelemetry"),
            ("telemetry.sdk.version", "1.45.0"),
            ("service.name", "agents"),
        ):
            _set(group.resource, key, value)
        scope = group.scope_spans.add()
        scope.scope.name = "agents.tracing"
        for place, step in enumerate(islice(self._steps, spans), start=1):
            extra = marker(self._seed, self._bodies) if place == spans else ""
            self._fill(scope.spans.add(), step, extra)
        self._bodies += 1
        content: bytes = request.SerializeToString()
        return content

    def _endless(self) -> Iterator[_Step]:
        random, run = self._random, 0
        while True:
            trace, root = random.bytes(16), random.bytes(8)
            start = time = _START_NS + run * 1000 * _MS
            for place in range(int(random.integers(14, 25))):
                end = time + int(random.lognormal(6.0, 1.2) * _MS)
                operation = "execute_tool" if place % 2 else "chat"
                yield _Step(operation, trace, random.bytes(8), root, time, end)
                time = end + _MS
            yield _Step("invoke_agent", trace, root, b"", start, time)
            run += 1

    def _fill(self, span: Any, step: _Step, extra: str) -> None:
        span.trace_id, span.span_id, span.flags = step.trace, step.span, 256
        if step.parent:
            span.parent_span_id = step.parent
        span.start_time_unix_nano, span.end_time_unix_nano = step.start, step.end
        _set(span, names.OPERATION, step.operation)
        text = self._texts.text(self._span_bytes - _OVERHEAD[step.operation])
        self._spans += 1
        if self._spans % _SECRET_EVERY == 0:
            # Made here, so that no search for secrets finds one in this file.
            extra = f"{extra} " + "ghp" + "_" + self._random.bytes(18).hex()
        text = f"{text} {extra}" if extra else text
        if step.operation == "chat":
            self._fill_chat(span, text)
        elif step.operation == "execute_tool":
            self._fill_tool(span, text)
        else:
            self._fill_root(span, text)

    def _fill_chat(self, span: Any, text: str) -> None:
        model = self._one_of(MODELS)
        span.name, span.kind = f"chat {model}", 3
        _set(span, names.PROVIDER, "example")
        _set(span, names.REQUEST_MODEL, model)
        _set(span, names.RESPONSE_MODEL, model)
        _set(span, names.INPUT_TOKENS, int(self._random.integers(500, 50_000)))
        _set(span, names.OUTPUT_TOKENS, int(self._random.integers(10, 2_000)))
        half = text.rfind(" ", 0, len(text) // 2)
        _set(span, names.INPUT_MESSAGES, _message("user", text[:half]))
        _set(span, names.OUTPUT_MESSAGES, _message("assistant", text[half + 1 :]))

    def _fill_tool(self, span: Any, text: str) -> None:
        tool = self._one_of(TOOLS)
        span.name, span.kind = f"execute_tool {tool}", 1
        _set(span, names.TOOL_NAME, tool)
        _set(span, names.TOOL_CALL_ID, f"call_{self._random.bytes(9).hex()}")
        argument = text.rfind(" ", 0, 60)
        _set(span, names.TOOL_ARGUMENTS, json.dumps({"command": text[:argument]}))
        _set(span, names.TOOL_RESULT, text[argument + 1 :])
        if self._random.random() < _ERROR_RATE:
            span.status.code = 2
            _set(span, names.ERROR_TYPE, self._one_of(ERRORS))

    def _fill_root(self, span: Any, text: str) -> None:
        agent = self._one_of(AGENTS)
        span.name, span.kind = f"invoke_agent {agent}", 1
        _set(span, names.AGENT_NAME, agent)
        _set(span, names.CONVERSATION, self._random.bytes(8).hex())
        _set(span, names.INPUT_MESSAGES, _message("user", text))

    def _one_of(self, values: tuple[str, ...]) -> str:
        # The first half as often as not, the next half of the rest, and so on.
        return values[min(int(self._random.geometric(0.5)), len(values)) - 1]


def marker(seed: int, body: int) -> str:
    """The word that only the last span of a seed's body holds."""
    return f"marker{seed}q{body}"


def _message(role: str, text: str) -> str:
    return json.dumps([{"role": role, "parts": [{"type": "text", "content": text}]}])


def _set(holder: Any, name: str, value: str | int) -> None:
    attribute = holder.attributes.add()
    attribute.key = name
    setattr(attribute.value, _STRING if isinstance(value, str) else _INT, value)
