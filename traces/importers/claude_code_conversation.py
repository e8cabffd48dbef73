"""A conversation with Claude Code as spans: answers that span lines, calls paired with results, sub-agents."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from traces import attributes as names
from traces.importers.claude_code_messages import (
    ToolResult,
    ToolUse,
    blocks_of,
    details_of,
    exit_code_of,
    failure_of,
    finish_reason,
    part_of,
    tokens_of,
    tool_results,
    tool_uses,
)
from traces.importers.claude_code_turns import Call, Pending, Thread, Turn
from traces.importers.clock import Clock
from traces.importers.parts import message, said
from traces.importers.read_json import mapping, text, to_json
from traces.importers.run_builder import Failure, RunBuilder, Tokens
from traces.span import Span

MAIN: Final = ""
_SYNTHETIC: Final = "<synthetic>"
_AGENT_TOOLS: Final = frozenset({"Task", "Agent"})


class Conversation:
    """Turns the lines of one run, in order, into its spans, each as soon as it is complete.

    In memory are: the answer that comes in, the calls that wait, and the ids of answers (each one's usage
    counts once, on however many lines it stands).
    """

    def __init__(self, builder: RunBuilder) -> None:
        self.calls = 0
        self.total = Tokens(input=0, output=0)
        self.superseded = 0  # tool calls that were sent again before they ran
        self._builder = builder
        self._threads = {MAIN: Thread(clock=builder.clock, span_id=builder.root_id)}
        self._pending: dict[str, Pending] = {}
        self._answered: set[tuple[str, str]] = set()

    @property
    def is_answering(self) -> bool:
        """Whether an answer is coming in."""
        return any(thread.call is not None for thread in self._threads.values())

    def assistant(self, turn: Turn) -> Iterator[Span]:
        """A line of an answer; several in a row with one message id are one answer."""
        thread = self._thread(turn)
        key = text(turn.message.get("id")) or turn.key
        if thread.call is not None and thread.call.key != key:
            yield self._answer(thread)
        if thread.call is None:
            start = thread.clock.tick()
            thread.call = Call(key=key, start_ns=start, end_ns=start, model="", inputs=thread.inputs)
            thread.inputs = []
        blocks = blocks_of(turn.message.get("content"))
        self._add(thread.call, turn, blocks)
        thread.call.end_ns = thread.clock.tick(turn.time_ns)
        for use in tool_uses(blocks):
            self._wait(thread, use)
        for result in tool_results(blocks):
            yield from self._result(thread, result, turn)

    def user(self, turn: Turn) -> Iterator[Span]:
        """What the model is told: results of tools, and what the user or the agent says."""
        thread = self._thread(turn)
        thread.clock.tick(turn.time_ns)
        blocks = blocks_of(turn.message.get("content"))
        results = list(tool_results(blocks))
        # What else comes with a result (a document that was read) belongs to the same answer's calls.
        if not results and thread.call is not None and not self._pending:
            yield self._answer(thread)
        for result in results:
            yield from self._result(thread, result, turn)
        parts = [part_of(block) for block in blocks]
        if parts:
            thread.inputs.append(message("tool" if results else "user", parts))

    def attempt(self, turn: Turn, failure: Failure) -> Span:
        """A request that failed and was sent again: kept aside, for it is no step."""
        thread = self._thread(turn)
        start = thread.clock.tick()
        return self._builder.chat(
            turn.key,
            start_ns=start,
            end_ns=thread.clock.tick(turn.time_ns),
            failure=failure,
            more=turn.more,
            parent_id=thread.span_id,
            aside="retried request",
        )

    def close(self) -> Iterator[Span]:
        """What is still open: answers, calls that never got a result, sub-agents. The root is the caller's."""
        for thread in self._threads.values():
            if thread.call is not None:
                yield self._answer(thread)
        for waiting in self._pending.values():
            yield self._tool(waiting, waiting.thread.clock.now, None, None)
        self._pending.clear()
        for thread in self._threads.values():
            if thread.parent_id is not None:
                yield self._builder.agent(
                    thread.span_id,
                    name=thread.name,
                    start_ns=thread.start_ns,
                    end_ns=thread.clock.now,
                    parent_id=thread.parent_id,
                )

    def unanswered(self) -> str:
        """What was said last and got no answer, as a JSON text of messages; empty if all was answered."""
        waiting = self._threads[MAIN].inputs
        return to_json(waiting) if waiting else ""

    def _thread(self, turn: Turn) -> Thread:
        known = self._threads.get(turn.thread)
        if known is not None:
            return known
        caller = self._pending.get(turn.thread) or self._caller(turn.message)
        clock = Clock(turn.time_ns or self._builder.clock.now)
        arguments = mapping(caller.use.arguments) if caller else {}
        opened = Thread(
            clock=clock,
            span_id=self._builder.span_id("agent", turn.thread),
            parent_id=caller.span_id if caller else self._builder.root_id,
            name=text(arguments.get("subagent_type")) or "subagent",
            start_ns=clock.tick(turn.time_ns),
        )
        self._threads[turn.thread] = opened
        return opened

    def _caller(self, first: dict[str, Any]) -> Pending | None:
        """The waiting call whose prompt a sub-agent's first message repeats."""
        prompt = said([part_of(block) for block in blocks_of(first.get("content"))])
        for waiting in self._pending.values():
            if waiting.use.name in _AGENT_TOOLS and mapping(waiting.use.arguments).get("prompt") == prompt:
                return waiting
        return None

    def _add(self, call: Call, turn: Turn, blocks: list[dict[str, Any]]) -> None:
        found = turn.message
        call.parts += [part_of(block) for block in blocks]
        call.model = text(found.get("model")) or call.model
        call.stop_reason = found.get("stop_reason") or call.stop_reason
        call.failure = turn.failure or call.failure
        call.more |= turn.more
        stated = tokens_of(found.get("usage"))
        if stated is not None and (call.tokens is None or (stated.output or 0) >= (call.tokens.output or 0)):
            call.tokens = stated

    def _answer(self, thread: Thread) -> Span:
        call = thread.call
        assert call is not None
        thread.call = None
        synthetic = call.model == _SYNTHETIC
        identity = (thread.span_id, call.key)
        tokens = None if synthetic or identity in self._answered else call.tokens
        self._answered.add(identity)
        calls_tools = any(part.get("type") == "tool_call" for part in call.parts)
        reason = "error" if call.failure else finish_reason(call.stop_reason, calls_tools=calls_tools)
        self._count(tokens)
        return self._builder.chat(
            call.key,
            start_ns=call.start_ns,
            end_ns=call.end_ns,
            model="" if synthetic else call.model,
            inputs=call.inputs,
            outputs=[message("assistant", call.parts, reason)],
            tokens=tokens,
            failure=Failure(type=call.failure, message=said(call.parts)) if call.failure else None,
            more={names.RESPONSE_ID: call.key, **call.more},
            parent_id=thread.span_id,
            aside="synthetic answer" if synthetic and not call.failure else "",
        )

    def _count(self, tokens: Tokens | None) -> None:
        self.calls += 1
        if tokens is not None:
            self.total = Tokens(
                input=(self.total.input or 0) + (tokens.input or 0),
                output=(self.total.output or 0) + (tokens.output or 0),
            )

    def _wait(self, thread: Thread, use: ToolUse) -> None:
        if self._pending.pop(use.call_id, None) is not None:
            self.superseded += 1
        span_id = self._builder.span_id("tool", use.call_id)
        start = thread.clock.tick()
        self._pending[use.call_id] = Pending(use=use, span_id=span_id, start_ns=start, thread=thread)

    def _result(self, thread: Thread, result: ToolResult, turn: Turn) -> Iterator[Span]:
        waiting = self._pending.pop(result.call_id, None)
        if waiting is not None:
            yield self._tool(waiting, thread.clock.tick(turn.time_ns), result, turn.details)

    def _tool(self, waiting: Pending, end_ns: int, result: ToolResult | None, details: object) -> Span:
        use = waiting.use
        return self._builder.tool(
            use.call_id,
            name=use.name,
            arguments=use.arguments,
            start_ns=waiting.start_ns,
            end_ns=end_ns,
            result=None if result is None else result.content,
            exit_code=None if result is None else exit_code_of(use.name, result, details),
            failure=None if result is None else failure_of(result, details),
            more=details_of(details),
            parent_id=waiting.thread.span_id,
            span_id=waiting.span_id,
        )
