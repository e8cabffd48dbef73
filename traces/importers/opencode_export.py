"""What ``opencode export`` writes: a session as one JSON document of messages and their parts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from traces import attributes as names
from traces.importers.clock import Clock
from traces.importers.importer import Skipped, Source
from traces.importers.json_document import beginning_of, load_document
from traces.importers.moments import moment_of
from traces.importers.opencode_parts import (
    Call,
    Step,
    failure_of_message,
    said_parts,
    steps_of,
)
from traces.importers.parts import Message, message
from traces.importers.read_json import amount, as_text, items, mapping, text, to_json
from traces.importers.run_builder import RunBuilder
from traces.span import Span

_PREFIX: Final = "opencode."


class OpenCodeExport:
    """Reads an export as one run. A sub-agent's session is an export of its own that names its parent."""

    name = "opencode-export"

    def recognises(self, source: Source) -> bool:
        """Whether it is a document of a session's ``info`` and its ``messages``."""
        if not source.head.lstrip().startswith(b"{"):
            return False
        found = mapping(beginning_of(source))
        info = mapping(found.get("info"))
        return isinstance(info.get("id"), str) and (
            "projectID" in info or isinstance(info.get("directory"), str)
        )

    def read(self, source: Source) -> Iterator[Span | Skipped]:
        """The run's spans, the root last."""
        document = load_document(source)
        found = mapping(document.value)
        if found:
            yield from _Session(self.name, mapping(found.get("info"))).read(items(found.get("messages")))
        if document.skipped is not None:
            yield document.skipped


class _Session:
    """The run of one export."""

    def __init__(self, name: str, info: dict[str, Any]) -> None:
        self._info = info
        time = mapping(info.get("time"))
        self._start_ns = moment_of(time.get("created"))
        self._end_ns = moment_of(time.get("updated")) or 0
        session = text(info.get("id"))
        self._builder = RunBuilder(
            source=name,
            identity=session or to_json(info),
            agent="opencode",
            clock=Clock(self._start_ns),
            conversation=session,
        )
        self._inputs: list[Message] = []
        self._cost = 0.0

    def read(self, messages: list[Any]) -> Iterator[Span | Skipped]:
        """All messages' spans, and the root."""
        for item in messages:
            value = mapping(item)
            info, parts = (
                mapping(value.get("info")),
                [part for part in items(value.get("parts")) if mapping(part)],
            )
            if info.get("role") == "assistant":
                yield from self._answer(info, parts)
            elif info.get("role") == "user":
                self._builder.clock.tick(moment_of(mapping(info.get("time")).get("created")))
                self._tell("user", said_parts(parts))
            else:
                yield Skipped(line=0, reason="unknown message role")
        yield self._root()

    def _tell(self, role: str, parts: list[dict[str, Any]]) -> None:
        if parts:
            self._inputs.append(message(role, parts))

    def _answer(self, info: dict[str, Any], parts: list[dict[str, Any]]) -> Iterator[Span]:
        self._cost += amount(info.get("cost"))
        time = mapping(info.get("time"))
        for number, step in enumerate(steps_of(info, parts)):
            start = self._builder.clock.tick(moment_of(time.get("created")) if number == 0 else None)
            yield self._chat(info, step, start, number)
            for call in step.tools:
                yield self._tool(call)
            for call in step.tools:
                self._tell("tool", [call.response_part])
        self._builder.clock.tick(moment_of(time.get("completed")))

    def _chat(self, info: dict[str, Any], step: Step, start_ns: int, number: int) -> Span:
        inputs, self._inputs = self._inputs, []
        key = text(info.get("id"))
        completed = moment_of(mapping(info.get("time")).get("completed")) or start_ns
        failure = failure_of_message(info)
        return self._builder.chat(
            key if number == 0 else f"{key}/{number}",
            start_ns=start_ns,
            end_ns=max(start_ns, min(completed, *(step.tool_starts or (completed,)))),
            model=text(info.get("modelID")),
            inputs=inputs,
            outputs=[message("assistant", step.said, "error" if failure else step.finish_reason)],
            tokens=step.tokens,
            failure=failure,
            more={
                names.PROVIDER: text(info.get("providerID")),
                f"{_PREFIX}agent": text(info.get("agent")) or text(info.get("mode")),
                f"{_PREFIX}cost": step.cost,
            },
            aside="compaction summary" if info.get("summary") is True else "",
        )

    def _tool(self, call: Call) -> Span:
        start = self._builder.clock.tick(call.start_ns)
        return self._builder.tool(
            call.call_id,
            name=call.name,
            arguments=call.arguments,
            start_ns=start,
            end_ns=call.end_ns or start,
            result=call.result,
            exit_code=call.exit_code,
            failure=call.failure,
            more={
                f"{_PREFIX}status": call.status,
                f"{_PREFIX}title": call.title,
                f"{_PREFIX}sub_session_id": call.sub_session,
            },
        )

    def _root(self) -> Span:
        info = self._info
        return self._builder.root(
            start_ns=self._start_ns,
            end_ns=max(self._end_ns, self._builder.clock.now),
            version=text(info.get("version")),
            cost_usd=amount(info.get("cost")) or self._cost or None,
            more={
                names.INPUT_MESSAGES: to_json(self._inputs) if self._ends_unanswered() else None,
                f"{_PREFIX}title": text(info.get("title")),
                f"{_PREFIX}directory": text(info.get("directory")),
                f"{_PREFIX}parent_session_id": text(info.get("parentID")),
                f"{_PREFIX}summary": _json_or_none(info.get("summary")),
            },
        )

    def _ends_unanswered(self) -> bool:
        return any(item.get("role") == "user" for item in self._inputs)


def _json_or_none(value: Mapping[str, Any] | object) -> str | None:
    return as_text(value) if value else None
