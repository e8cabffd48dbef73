"""Builders of spans and runs, for the tests of everything that reads them."""

from __future__ import annotations

import json
from collections.abc import Mapping

from traces import attributes as names
from traces.normal import assemble
from traces.outcome import Outcome
from traces.run import Run
from traces.span import AttributeValue, Span, SpanEvent, SpanLink, StatusCode

SECOND_NS = 1_000_000_000
START_NS = 1_700_000_000 * SECOND_NS


class TraceBuilder:
    """Makes the spans of one trace; each starts a second after the one before and takes half a second.

    ``more`` takes further attributes by the lower-case names of the constants in ``traces.attributes``.
    """

    def __init__(self, trace_id: str = "a" * 32, *, start_ns: int = START_NS) -> None:
        self.trace_id = trace_id
        self.root_id = "f" * 16
        self._start_ns = start_ns
        self._count = 0

    def span(
        self,
        name: str = "work",
        *,
        attributes: Mapping[str, AttributeValue] | None = None,
        parent_id: str | None = None,
        span_id: str | None = None,
        status: StatusCode = "unset",
        status_message: str = "",
        events: tuple[SpanEvent, ...] = (),
        links: tuple[SpanLink, ...] = (),
    ) -> Span:
        """Any span; without ``span_id``, with the next number as its id."""
        self._count += 1
        begin = self._start_ns + self._count * SECOND_NS
        return Span(
            trace_id=self.trace_id,
            span_id=span_id or f"{self._count:016x}",
            parent_id=parent_id,
            name=name,
            start_ns=begin,
            end_ns=begin + SECOND_NS // 2,
            status=status,
            status_message=status_message,
            attributes=attributes or {},
            events=events,
            links=links,
        )

    def root(self, outcome: str = "failed", **more: AttributeValue) -> Span:
        """A supervisor's root, closed with an outcome."""
        found = {names.OPERATION: "invoke_agent", names.OUTCOME: outcome, **_by_full_name(more)}
        return self.span("invoke_agent coder", attributes=found, span_id=self.root_id)

    def started(self, **more: AttributeValue) -> Span:
        """The span with which a supervisor announces the run."""
        return self.span(names.RUN_STARTED, attributes=_by_full_name(more), parent_id=self.root_id)

    def chat(
        self, text: str, *, tools: tuple[str, ...] = (), prompt: str = "", **more: AttributeValue
    ) -> Span:
        """A model call that answers ``text`` and asks for ``tools``; ``prompt`` is a new user message."""
        parts: list[dict[str, object]] = [{"type": "text", "content": text}]
        parts += [{"type": "tool_call", "id": "1", "name": tool, "arguments": {}} for tool in tools]
        answer = [{"role": "assistant", "parts": parts, "finish_reason": "stop"}]
        asked = [{"role": "user", "parts": [{"type": "text", "content": prompt}]}] if prompt else []
        found = {
            names.OPERATION: "chat",
            names.RESPONSE_MODEL: "simulated:coder",
            names.INPUT_MESSAGES: json.dumps(asked),
            names.OUTPUT_MESSAGES: json.dumps(answer),
            names.INPUT_TOKENS: 100,
            names.OUTPUT_TOKENS: 10,
            **_by_full_name(more),
        }
        return self.span("chat simulated:coder", attributes=found, parent_id=self.root_id)

    def tool(
        self,
        name: str,
        arguments: object,
        result: str,
        *,
        status: StatusCode = "unset",
        **more: AttributeValue,
    ) -> Span:
        """A tool call; ``arguments`` go in as JSON, a string as it is."""
        found = {
            names.OPERATION: "execute_tool",
            names.TOOL_NAME: name,
            names.TOOL_ARGUMENTS: arguments if isinstance(arguments, str) else json.dumps(arguments),
            names.TOOL_RESULT: result,
            **_by_full_name(more),
        }
        return self.span(f"execute_tool {name}", attributes=found, parent_id=self.root_id, status=status)

    def activation(self, middleware: str, reason: str) -> SpanEvent:
        """The event by which middleware says that it acted."""
        return SpanEvent(
            name=names.ACTIVATED,
            time_ns=self._start_ns,
            attributes={names.ACTIVATED_NAME: middleware, names.ACTIVATED_REASON: reason},
        )


def small_run(number: int = 1, outcome: str = Outcome.FAILED, **more: AttributeValue) -> Run:
    """A run of ``number`` seconds at ``task-<number>``: one model call and one failing command."""
    trace = TraceBuilder(f"{number:032x}", start_ns=START_NS + number * 3600 * SECOND_NS)
    identity: dict[str, AttributeValue] = {"task": f"task-{number}", "run_seconds": float(number)}
    return assemble(
        [
            trace.chat("I will run the tests", tools=("bash",), prompt="Repair the program"),
            trace.tool("bash", {"command": "pytest -q"}, "1 failed\n[exit code: 1]", exit_code=1),
            trace.root(outcome, **identity | more),
        ]
    )


def _by_full_name(attributes: Mapping[str, AttributeValue]) -> dict[str, AttributeValue]:
    return {getattr(names, key.upper()): value for key, value in attributes.items()}
