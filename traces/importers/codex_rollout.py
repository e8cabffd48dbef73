"""Codex's rollouts: JSON lines under ``~/.codex/sessions``, one file for each session and sub-agent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from traces import attributes as names
from traces.importers.clock import Clock, first_moment
from traces.importers.codex_conversation import CodexConversation
from traces.importers.codex_items import CALLS, OUTPUTS, OWN_CALLS, parts_of
from traces.importers.importer import Skipped, Source
from traces.importers.json_lines import Line, first_lines, read_lines
from traces.importers.moments import moment_of
from traces.importers.parts import text_part
from traces.importers.read_json import mapping, text, to_json
from traces.importers.run_builder import Failure, RunBuilder
from traces.span import AttributeValue, Span

_WRAPPED: Final = frozenset(
    {"session_meta", "turn_context", "response_item", "event_msg", "compacted", "token_usage_record"}
)
_ITEMS: Final = CALLS | OUTPUTS | OWN_CALLS | {"message", "reasoning"}
_ASIDE: Final = frozenset({"world_state", "ghost_snapshot", "inter_agent_communication", "session_state"})
_TOOL_ENDS: Final = frozenset({"exec_command_end", "patch_apply_end", "mcp_tool_call_end"})
_PREFIX: Final = "codex."


class CodexRollout:
    """Reads a rollout as one run, also where the session was resumed or compacted in between.

    A sub-agent has a file and so a run of its own; its root names the thread that it was spawned from.
    """

    name = "codex-rollout"

    def recognises(self, source: Source) -> bool:
        """Whether one of the first lines is a rollout's, of the wrapped form or the plain one of 2025."""
        return any(_is_ours(line) for line in first_lines(source, 5))

    def read(self, source: Source) -> Iterator[Span | Skipped]:
        """The run's spans, the root last."""
        run: _Rollout | None = None
        for line in read_lines(source):
            if isinstance(line, Skipped):
                yield line
                continue
            if run is None:
                run = _Rollout(self.name, line.value, first_moment(source))
            yield from run.line(line)
        if run is not None:
            yield from run.end()


def _is_ours(line: dict[str, Any]) -> bool:
    if text(line.get("type")) in _WRAPPED:
        return isinstance(line.get("payload"), dict) and "timestamp" in line
    return "type" not in line and {"id", "timestamp", "instructions"} <= line.keys()


class _Rollout:
    """The run of one file."""

    def __init__(self, name: str, first: dict[str, Any], start_ns: int | None) -> None:
        self._meta = mapping(first.get("payload")) if first.get("type") == "session_meta" else first
        session = text(self._meta.get("id")) or text(self._meta.get("session_id"))
        self._builder = RunBuilder(
            source=name,
            identity=session or to_json(first),
            agent="codex",
            clock=Clock(start_ns),
            conversation=session,
        )
        self._conversation = CodexConversation(self._builder)
        self._start_ns = start_ns
        self._failure: Failure | None = None
        self._aborted = ""
        self._compactions = 0
        self._cwd = text(self._meta.get("cwd"))

    def line(self, line: Line) -> Iterator[Span | Skipped]:
        """What a line adds."""
        value = line.value
        kind, payload = text(value.get("type")), value.get("payload")
        time_ns = moment_of(value.get("timestamp"))
        if kind in _ITEMS and not isinstance(payload, dict):
            kind, payload = "response_item", value  # the plain form
        found = mapping(payload)
        if kind == "response_item" and text(found.get("type")) in _ITEMS:
            yield from self._conversation.item(found, time_ns)
        elif kind == "event_msg":
            yield from self._event(line.number, found, time_ns)
        elif kind == "token_usage_record":
            yield from self._conversation.usage(found)
        elif value is not self._meta and not self._setting(kind, found):
            yield _skipped(line, kind)

    def end(self) -> Iterator[Span]:
        """All that is open, and the root."""
        yield from self._conversation.close()
        instructions = self._meta.get("base_instructions", self._meta.get("instructions"))
        prompt = text(mapping(instructions).get("text")) or text(instructions)
        yield self._builder.root(
            start_ns=self._start_ns,
            end_ns=self._builder.clock.now,
            version=text(self._meta.get("cli_version")),
            failure=self._failure,
            more={
                **self._origin(),
                names.SYSTEM_INSTRUCTIONS: to_json([text_part(prompt)]) if prompt else None,
                names.INPUT_MESSAGES: self._conversation.unanswered(),
            },
        )

    def _event(self, number: int, event: dict[str, Any], time_ns: int | None) -> Iterator[Span | Skipped]:
        kind = text(event.get("type"))
        if kind == "token_count":
            yield from self._conversation.token_count(event, time_ns)
        elif kind == "item_completed":
            item = mapping(event.get("item"))
            self._conversation.executed(item, text(item.get("id")))
        elif kind in _TOOL_ENDS:
            self._conversation.executed(event, text(event.get("call_id")))
        elif not self._ending(kind, event):
            yield Skipped(line=number, reason="event that adds nothing")

    def _ending(self, kind: str, event: dict[str, Any]) -> bool:
        """Whether the event tells how a turn begins or ends."""
        if kind in {"task_started", "turn_started"}:
            self._failure, self._aborted = None, ""
        elif kind in {"task_complete", "turn_complete"}:
            error = mapping(event.get("error"))
            self._failure = _failure(error) if error else self._failure
        elif kind == "turn_aborted":
            self._aborted = text(event.get("reason")) or "aborted"
        elif kind == "error":
            self._failure = _failure(event)
        else:
            return False
        self._conversation.interrupt()
        return True

    def _setting(self, kind: str, payload: dict[str, Any]) -> bool:
        """Whether the line tells what holds for what follows."""
        if kind == "turn_context":
            self._conversation.interrupt()
            self._conversation.model = text(payload.get("model"))
            self._conversation.effort = text(payload.get("effort"))
            self._cwd = self._cwd or text(payload.get("cwd"))
        elif kind == "compacted":
            self._compactions += 1
            self._conversation.told("user", parts_of(payload.get("message")))
        else:
            return kind == "session_meta"
        return True

    def _origin(self) -> dict[str, AttributeValue | None]:
        meta = self._meta
        source = meta.get("source")
        spawn = mapping(mapping(mapping(source).get("subagent")).get("thread_spawn"))
        parent = text(meta.get("parent_thread_id")) or text(spawn.get("parent_thread_id"))
        nickname = text(meta.get("agent_nickname")) or text(spawn.get("agent_nickname"))
        return {
            names.PROVIDER: text(meta.get("model_provider")),
            f"{_PREFIX}cwd": self._cwd,
            f"{_PREFIX}originator": text(meta.get("originator")),
            f"{_PREFIX}source": source if isinstance(source, str) else to_json(source) if source else None,
            f"{_PREFIX}parent_thread_id": parent,
            f"{_PREFIX}forked_from_id": text(meta.get("forked_from_id")),
            f"{_PREFIX}agent_nickname": nickname,
            f"{_PREFIX}git": to_json(meta["git"]) if isinstance(meta.get("git"), dict) else None,
            f"{_PREFIX}turn_aborted": self._aborted,
            f"{_PREFIX}compactions": self._compactions or None,
        }


def _failure(error: dict[str, Any]) -> Failure:
    info = error.get("codex_error_info")
    kind = next(iter(info), "") if isinstance(info, dict) else text(info)
    return Failure(type=kind[:80] or "error", message=text(error.get("message")))


def _skipped(line: Line, kind: str) -> Skipped:
    plain = "type" not in line.value or "record_type" in line.value
    known = kind in _ASIDE or kind == "response_item" or plain
    return Skipped(line=line.number, reason="line that adds nothing" if known else "unknown line type")
