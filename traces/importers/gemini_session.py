"""Gemini CLI's chat records: JSON lines with updates to apply, or (before late 2025) one JSON document."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from traces import attributes as names
from traces.importers.clock import Clock
from traces.importers.gemini_messages import (
    answer_parts,
    call_failure,
    call_result,
    exit_code_of,
    said_parts,
    tokens_of,
)
from traces.importers.importer import Skipped, Source
from traces.importers.json_document import beginning_of, load_document
from traces.importers.json_lines import Line, first_lines, read_lines
from traces.importers.moments import moment_of
from traces.importers.parts import Message, message, said
from traces.importers.read_json import items, mapping, text, to_json
from traces.importers.run_builder import Failure, RunBuilder
from traces.span import Span

_ASIDE: Final = frozenset({"info", "warning"})
_PREFIX: Final = "gemini_cli."


class GeminiSession:
    """Reads a chat record as one run. An answer's line comes again with its calls, then with their results."""

    name = "gemini-session"

    def recognises(self, source: Source) -> bool:
        """Whether it begins with a record's header: a session of a project by its hash."""
        return any(_is_header(line) for line in first_lines(source, 3)) or _is_header(beginning_of(source))

    def read(self, source: Source) -> Iterator[Span | Skipped]:
        """The run's spans, the root last."""
        chat = _Chat(self.name)
        if any("messages" in line for line in first_lines(source, 1)) or not first_lines(source, 1):
            document = load_document(source)
            yield from chat.update(0, mapping(document.value))
            if document.skipped is not None:
                yield document.skipped
        else:
            for line in read_lines(source):
                yield from chat.line(line) if isinstance(line, Line) else (line,)
        yield from chat.end()


def _is_header(line: object) -> bool:
    found = mapping(line)
    return isinstance(found.get("sessionId"), str) and isinstance(found.get("projectHash"), str)


class _Chat:
    """The run of one record; held back is the last answer, for its calls and results are still to come."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._header: dict[str, Any] = {}
        self._builder: RunBuilder | None = None
        self._start_ns: int | None = None
        self._answer: dict[str, Any] = {}
        self._told: list[dict[str, Any]] = []  # what came after the answer
        self._inputs: list[Message] = []
        self._done: set[str] = set()
        self._failure: Failure | None = None

    def line(self, line: Line) -> Iterator[Span | Skipped]:
        """What a line adds: a header, an update of the record, or a message."""
        value = line.value
        if isinstance(value.get("$set"), dict):
            yield from self.update(line.number, value["$set"])
        elif _is_header(value):
            yield from self.update(line.number, value)
        elif isinstance(value.get("id"), str):
            yield from self._message(line.number, value)
        else:
            yield Skipped(line=line.number, reason="unknown line type")

    def update(self, number: int, fields: dict[str, Any]) -> Iterator[Span | Skipped]:
        """New values of the record's fields; of its messages, those that were not there before."""
        self._header |= {key: value for key, value in fields.items() if key != "messages"}
        for item in items(fields.get("messages")):
            if isinstance(item, dict):
                yield from self._message(number, item)

    def end(self) -> Iterator[Span]:
        """What is still held back, and the root."""
        if self._builder is None and not self._header:
            return
        builder = self._open({})
        yield from self._settle(builder)
        yield builder.root(
            start_ns=self._start_ns,
            end_ns=max(builder.clock.now, moment_of(self._header.get("lastUpdated")) or 0),
            failure=self._failure,
            more={
                f"{_PREFIX}project_hash": text(self._header.get("projectHash")),
                f"{_PREFIX}kind": text(self._header.get("kind")),
                f"{_PREFIX}summary": text(self._header.get("summary")),
                names.INPUT_MESSAGES: to_json(self._inputs) if self._inputs else None,
            },
        )

    def _message(self, number: int, value: dict[str, Any]) -> Iterator[Span | Skipped]:
        kind, key = text(value.get("type")), text(value.get("id"))
        if key and key == self._answer.get("id"):
            self._answer = {**self._answer, **value}
        elif key and key in self._done:
            return  # an update of the record repeats what was there before
        elif kind == "gemini":
            builder = self._open(value)
            yield from self._settle(builder)
            self._answer = value
            self._failure = None
        elif kind in {"user", "error"}:
            self._open(value)
            self._told.append(value)
        else:
            yield Skipped(line=number, reason=f"{kind} message" if kind in _ASIDE else "unknown message type")
        self._done.add(key)

    def _open(self, first: dict[str, Any]) -> RunBuilder:
        if self._builder is None:
            session = text(self._header.get("sessionId"))
            self._start_ns = moment_of(self._header.get("startTime")) or moment_of(first.get("timestamp"))
            self._builder = RunBuilder(
                source=self._name,
                identity=session or to_json(first),
                agent="gemini-cli",
                clock=Clock(self._start_ns),
                conversation=session,
            )
        return self._builder

    def _settle(self, builder: RunBuilder) -> Iterator[Span]:
        """The answer that was held back, and what was told after it."""
        if self._answer:
            yield from self._spans(builder, self._answer)
            self._answer = {}
        for value in self._told:
            builder.clock.tick(moment_of(value.get("timestamp")))
            parts = said_parts(value.get("content"))
            if value.get("type") == "error":
                self._failure = Failure(type="error", message=said(parts))
            elif parts:
                answers = any(part.get("type") == "tool_call_response" for part in parts)
                self._inputs.append(message("tool" if answers else "user", parts))
        self._told = []

    def _spans(self, builder: RunBuilder, value: dict[str, Any]) -> Iterator[Span]:
        calls = [item for item in items(value.get("toolCalls")) if isinstance(item, dict)]
        start = builder.clock.tick()
        yield builder.chat(
            text(value.get("id")),
            start_ns=start,
            end_ns=builder.clock.tick(moment_of(value.get("timestamp"))),
            model=text(value.get("model")),
            inputs=self._inputs,
            outputs=[message("assistant", answer_parts(value, calls), "tool_call" if calls else "stop")],
            tokens=tokens_of(value.get("tokens")),
        )
        self._inputs = []
        starts = [builder.clock.tick() for _ in calls]
        for call, begun in zip(calls, starts, strict=True):
            yield _tool(builder, call, begun)


def _tool(builder: RunBuilder, call: dict[str, Any], start_ns: int) -> Span:
    result = call_result(call)
    return builder.tool(
        text(call.get("id")),
        name=text(call.get("name")),
        arguments=call.get("args"),
        start_ns=start_ns,
        end_ns=builder.clock.tick(moment_of(call.get("timestamp"))),
        result=result,
        exit_code=exit_code_of(call, result),
        failure=call_failure(call, result),
        more={f"{_PREFIX}status": text(call.get("status")), f"{_PREFIX}agent_id": text(call.get("agentId"))},
    )
