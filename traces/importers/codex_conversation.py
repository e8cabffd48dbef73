"""A Codex session as spans: items become answers, calls are paired with outputs, usage counts once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from traces import attributes as names
from traces.importers.codex_items import (
    CALLS,
    OUTPUTS,
    OWN_CALLS,
    call_arguments,
    call_name,
    failure_of,
    output_of,
    parts_of,
    reasoning_text,
    tokens_of,
)
from traces.importers.parts import Message, Part, call_part, message, reasoning_part, response_part
from traces.importers.read_json import amount, mapping, text, to_json, whole
from traces.importers.run_builder import Failure, RunBuilder, Tokens
from traces.span import AttributeValue, Span

_ROLES: Final = {"developer": "system", "system": "system", "user": "user"}
_NS: Final = 1_000_000_000


@dataclass(kw_only=True)
class _Answer:
    """A model's answer; it is complete once something else was said, and then waits for its usage."""

    start_ns: int
    end_ns: int
    inputs: list[Message]
    key: str = ""
    parts: list[Part] = field(default_factory=list)
    complete: bool = False


@dataclass(kw_only=True)
class _Pending:
    """A tool call that waits for its output, and what events told of it."""

    call_id: str
    name: str
    arguments: object
    span_id: str
    start_ns: int
    exit_code: int | None = None
    failed: bool = False
    more: dict[str, AttributeValue | None] = field(default_factory=dict)


class CodexConversation:
    """Turns the items and events of one session, in order, into spans, each as soon as it is complete."""

    def __init__(self, builder: RunBuilder) -> None:
        self.model = ""
        self.effort = ""
        self._builder = builder
        self._clock = builder.clock
        self._inputs: list[Message] = []
        self._answer: _Answer | None = None
        self._pending: dict[str, _Pending] = {}
        self._total: Tokens | None = None
        self._count = 0

    def item(self, item: dict[str, Any], time_ns: int | None) -> Iterator[Span]:
        """A response item: something said, a call, or an output."""
        kind = text(item.get("type"))
        if kind in OUTPUTS:
            self._clock.tick(time_ns)
            yield from self._output(item)
        elif kind == "message" and item.get("role") != "assistant":
            self._clock.tick(time_ns)
            self.told(text(item.get("role")), parts_of(item.get("content")))
        else:
            yield from self._said(item, kind, time_ns)

    def told(self, role: str, parts: list[Part]) -> None:
        """Something the model is told before its next answer."""
        self.interrupt()
        if parts:
            self._inputs.append(message(_ROLES.get(role, "user"), parts))

    def interrupt(self) -> None:
        """A turn ends or begins: what is said from now on is another answer."""
        if self._answer is not None:
            self._answer.complete = True

    def usage(self, record: dict[str, Any]) -> Iterator[Span]:
        """A ``token_usage_record``: the usage of the answer that just ended."""
        tokens = tokens_of(record.get("usage"))
        self._total = tokens_of(record.get("thread_token_usage")) or self._total
        if tokens is not None:
            yield self._chat(tokens, text(record.get("response_id")))

    def token_count(self, event: dict[str, Any], time_ns: int | None) -> Iterator[Span]:
        """A ``token_count`` event: counts unless its totals are known already."""
        info = mapping(event.get("info"))
        total, last = tokens_of(info.get("total_token_usage")), tokens_of(info.get("last_token_usage"))
        if last is None or (total is not None and total == self._total):
            return
        self._total = total
        if last.input or last.output:
            self._clock.tick(time_ns)
            yield self._chat(last, "")

    def executed(self, event: dict[str, Any], call_id: str) -> None:
        """What an event tells of a call that still waits: exit code, status, duration."""
        waiting = self._pending.get(call_id)
        if waiting is None:
            return
        code = whole(event.get("exit_code"))
        waiting.exit_code = waiting.exit_code if code is None else code
        status = text(event.get("status"))
        waiting.failed = waiting.failed or (
            code is None and (status == "failed" or event.get("success") is False)
        )
        duration = mapping(event.get("duration"))
        waiting.more |= {
            "codex.status": status,
            "codex.process_id": text(event.get("process_id")),
            "codex.duration_ns": _nanoseconds(duration) if duration else None,
        }

    def close(self) -> Iterator[Span]:
        """What is still open. The root is the caller's."""
        if self._answer is not None:
            yield self._chat(None, "")
        for waiting in self._pending.values():
            yield self._tool(waiting, None)
        self._pending.clear()

    def unanswered(self) -> str:
        """What was said last and got no answer, as a JSON text of messages."""
        return to_json(self._inputs) if self._inputs else ""

    def _said(self, item: dict[str, Any], kind: str, time_ns: int | None) -> Iterator[Span]:
        if self._answer is not None and self._answer.complete:
            yield self._chat(None, "")
        if self._answer is None:
            start = self._clock.tick()
            self._answer = _Answer(start_ns=start, end_ns=start, inputs=self._inputs)
            self._inputs = []
        answer = self._answer
        answer.end_ns = self._clock.tick(time_ns)
        answer.key = answer.key or text(item.get("id")) or text(item.get("call_id"))
        if kind == "message":
            answer.parts += parts_of(item.get("content"))
        elif kind == "reasoning":
            answer.parts.append(reasoning_part(reasoning_text(item)))
        elif kind in CALLS or kind in OWN_CALLS:
            yield from self._call(answer, item, kind)

    def _call(self, answer: _Answer, item: dict[str, Any], kind: str) -> Iterator[Span]:
        call_id = text(item.get("call_id")) or text(item.get("id"))
        waiting = _Pending(
            call_id=call_id,
            name=call_name(item),
            arguments=call_arguments(item),
            span_id=self._builder.span_id("tool", call_id),
            start_ns=self._clock.tick(),
            more={"codex.namespace": text(item.get("namespace"))},
        )
        answer.parts.append(call_part(call_id, waiting.name, waiting.arguments))
        if kind in OWN_CALLS:
            waiting.failed = item.get("status") == "failed"
            yield self._tool(waiting, item.get("result"))
            return
        before = self._pending.pop(call_id, None)
        if before is not None:
            yield self._tool(before, None)
        self._pending[call_id] = waiting

    def _output(self, item: dict[str, Any]) -> Iterator[Span]:
        self.interrupt()
        call_id = text(item.get("call_id"))
        waiting = self._pending.pop(call_id, None)
        value = item.get("output", item.get("result"))
        self._inputs.append(message("tool", [response_part(call_id, output_of(value).content)]))
        if waiting is not None:
            yield self._tool(waiting, value)

    def _tool(self, waiting: _Pending, value: object) -> Span:
        output = output_of(value)
        failure = failure_of(output)
        if failure is None and waiting.failed:
            failure = Failure(type="tool_error", message=output.content)
        return self._builder.tool(
            waiting.call_id,
            name=waiting.name,
            arguments=waiting.arguments,
            start_ns=waiting.start_ns,
            end_ns=self._clock.now,
            result=output.content,
            exit_code=output.exit_code if waiting.exit_code is None else waiting.exit_code,
            failure=failure,
            more=waiting.more,
            span_id=waiting.span_id,
        )

    def _chat(self, tokens: Tokens | None, response_id: str) -> Span:
        """The answer that is open; without one, a call whose answer the file does not hold."""
        answer = self._answer
        if answer is None:
            start = self._clock.tick()
            answer = _Answer(start_ns=start, end_ns=start, inputs=self._inputs)
            self._inputs = []
        self._answer = None
        self._count += 1
        calls_tools = any(part.get("type") == "tool_call" for part in answer.parts)
        outputs = [message("assistant", answer.parts, "tool_call" if calls_tools else "stop")]
        return self._builder.chat(
            answer.key or response_id or f"answer-{self._count}",
            start_ns=answer.start_ns,
            end_ns=answer.end_ns,
            model=self.model,
            inputs=answer.inputs,
            outputs=outputs if answer.parts else [],
            tokens=tokens,
            more={names.RESPONSE_ID: response_id, names.REASONING_EFFORT: self.effort},
        )


def _nanoseconds(duration: dict[str, Any]) -> int:
    return int(min(amount(duration.get("secs")), 1e9)) * _NS + int(min(amount(duration.get("nanos")), 1e9))
