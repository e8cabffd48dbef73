"""What ``claude -p --output-format stream-json`` prints: JSON lines from ``init`` to ``result``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from traces import attributes as names
from traces.importers.claude_code_conversation import MAIN, Conversation
from traces.importers.claude_code_turns import Turn
from traces.importers.clock import Clock, first_moment
from traces.importers.importer import Skipped, Source
from traces.importers.json_lines import Line, first_lines, read_lines
from traces.importers.moments import moment_of
from traces.importers.read_json import amount, count, items, mapping, text, to_json, whole
from traces.importers.run_builder import Failure, RunBuilder, Tokens
from traces.span import AttributeValue, Span

_OURS: Final = frozenset({"system", "assistant", "user", "result", "stream_event"})
_PREFIX: Final = "claude_code."
_SUCCESS: Final = "success"
_NS_PER_MS: Final = 1_000_000


class ClaudeCodeStream:
    """Reads a stream: one run for each session in it.

    What the agent says of its ending is no outcome; that it hit a limit of its own is told as
    ``flywheel.reason``. Lines state times only here and there.
    """

    name = "claude-code-stream"

    def recognises(self, source: Source) -> bool:
        """Whether one of the first lines is of a stream: it writes ``session_id``, session files ``sessionId``."""
        return any(_is_ours(line) for line in first_lines(source, 5))

    def read(self, source: Source) -> Iterator[Span | Skipped]:
        """The stream's runs; their roots come last, for sessions may be mixed."""
        start_ns = first_moment(source)
        runs: dict[str, _StreamRun] = {}
        session = ""
        for line in read_lines(source):
            if isinstance(line, Skipped):
                yield line
                continue
            session = text(line.value.get("session_id")) or session
            if session not in runs and text(line.value.get("type")) in _OURS:
                runs[session] = _StreamRun(self.name, session, start_ns)
            if session in runs:
                yield from runs[session].line(line)
            else:
                yield Skipped(line=line.number, reason="unknown line type")
        for run in runs.values():
            yield from run.end()


def _is_ours(line: dict[str, Any]) -> bool:
    return (
        text(line.get("type")) in _OURS
        and isinstance(line.get("session_id"), str)
        and "sessionId" not in line
    )


class _StreamRun:
    """One session of a stream."""

    def __init__(self, name: str, session: str, start_ns: int | None) -> None:
        self._builder = RunBuilder(
            source=name,
            identity=session,
            agent="claude-code",
            clock=Clock(start_ns),
            conversation=session,
        )
        self._conversation = Conversation(self._builder)
        self._start_ns = start_ns
        self._init: dict[str, Any] = {}
        self._result: dict[str, Any] = {}

    def line(self, line: Line) -> Iterator[Span | Skipped]:
        """What a line adds."""
        value, kind = line.value, text(line.value.get("type"))
        if kind in {"user", "assistant"} and isinstance(value.get("message"), dict):
            turn = _turn(value)
            answers = kind == "assistant"
            yield from self._conversation.assistant(turn) if answers else self._conversation.user(turn)
        elif kind == "system":
            yield from self._system(line)
        elif kind == "result":
            self._result = value
        else:
            known = kind if kind in _OURS else "unknown"
            yield Skipped(line=line.number, reason=f"{known} line")

    def end(self) -> Iterator[Span | Skipped]:
        """All that is open, and the root."""
        yield from self._conversation.close()
        for _ in range(self._conversation.superseded):
            yield Skipped(line=0, reason="tool call that was sent again before it ran")
        took = count(self._result.get("duration_ms"))
        start = self._builder.clock.now if self._start_ns is None else self._start_ns
        yield self._builder.root(
            start_ns=self._start_ns,
            end_ns=max(self._builder.clock.now, start + min(took, 10**12) * _NS_PER_MS if took else 0),
            version=text(self._init.get("claude_code_version")),
            tokens=self._totals(),
            cost_usd=amount(self._result.get("total_cost_usd")) or None,
            failure=_failure(self._result),
            more={**self._told(), names.INPUT_MESSAGES: self._conversation.unanswered()},
        )

    def _system(self, line: Line) -> Iterator[Span | Skipped]:
        subtype = line.value.get("subtype")
        if subtype == "init":
            self._init = self._init or line.value
        elif subtype == "api_retry":
            status = whole(line.value.get("error_status"))
            failure = Failure(
                type=str(status) if status is not None else "api_error",
                message=text(line.value.get("error")),
            )
            yield self._conversation.attempt(_turn(line.value), failure)
        else:
            yield Skipped(line=line.number, reason="system line")

    def _totals(self) -> Tokens | None:
        """What the session used in all, sub-agents and side calls included; never less than its calls."""
        stated = _model_usage(self._result)
        known = self._conversation.total
        enough = (stated.input or 0) >= (known.input or 0) and (stated.output or 0) >= (known.output or 0)
        return stated if enough and (stated.input or stated.output) else None

    def _told(self) -> dict[str, AttributeValue | None]:
        subtype = text(self._result.get("subtype"))
        denials = [mapping(item) for item in items(self._result.get("permission_denials"))]
        return {
            names.REASON: subtype if subtype.startswith("error_max_") else None,
            f"{_PREFIX}cwd": text(self._init.get("cwd")),
            f"{_PREFIX}permission_mode": text(self._init.get("permissionMode")),
            f"{_PREFIX}result.subtype": subtype,
            f"{_PREFIX}result.num_turns": whole(self._result.get("num_turns")),
            f"{_PREFIX}result.permission_denials": to_json(denials) if denials else None,
            f"{_PREFIX}result.model_usage": _json_or_none(self._result.get("modelUsage")),
            f"{_PREFIX}result.usage": _json_or_none(self._result.get("usage")),
            names.REQUEST_MODEL: text(self._init.get("model")),
            f"{_PREFIX}tools": tuple(text(tool) for tool in items(self._init.get("tools"))[:500]),
        }


def _failure(result: dict[str, Any]) -> Failure | None:
    subtype = text(result.get("subtype"))
    if result.get("is_error") is not True and subtype in {"", _SUCCESS}:
        return None
    kind = "error" if subtype in {"", _SUCCESS} else subtype[:80]
    return Failure(type=kind, message=text(result.get("result")))


def _model_usage(result: dict[str, Any]) -> Tokens:
    models = [mapping(value) for value in mapping(result.get("modelUsage")).values()]

    def total(key: str) -> int:
        return sum(count(model.get(key)) for model in models)

    cached, written = total("cacheReadInputTokens"), total("cacheCreationInputTokens")
    return Tokens(
        input=total("inputTokens") + cached + written,
        output=total("outputTokens"),
        cached=cached,
        cache_written=written,
    )


def _json_or_none(value: object) -> str | None:
    return to_json(value) if isinstance(value, dict) and value else None


def _turn(value: dict[str, Any]) -> Turn:
    more: dict[str, AttributeValue] = {}
    if request := text(value.get("request_id")):
        more[f"{_PREFIX}request_id"] = request
    return Turn(
        thread=text(value.get("parent_tool_use_id")) or MAIN,
        key=text(value.get("uuid")),
        time_ns=moment_of(value.get("timestamp")),
        message=mapping(value.get("message")),
        details=value.get("tool_use_result"),
        failure=text(value.get("error"))[:80] if value.get("type") == "assistant" else "",
        more=more,
    )
