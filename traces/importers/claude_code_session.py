"""Claude Code's session files: JSON lines under ``~/.claude/projects``, and its sub-agents' files."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from traces import attributes as names
from traces.importers.claude_code_conversation import MAIN, Conversation
from traces.importers.claude_code_messages import blocks_of, part_of
from traces.importers.claude_code_turns import Turn
from traces.importers.clock import Clock, first_moment
from traces.importers.importer import Skipped, Source
from traces.importers.json_lines import Line, first_lines, read_lines
from traces.importers.moments import moment_of
from traces.importers.parts import said
from traces.importers.read_json import amount, mapping, text, to_json
from traces.importers.run_builder import Failure, RunBuilder
from traces.span import AttributeValue, Span

_TALK: Final = frozenset({"user", "assistant"})
_CHAINED: Final = frozenset({"user", "assistant", "system", "attachment", "progress"})
_ASIDE: Final = frozenset(
    {
        "agent-name", "ai-title", "attachment", "custom-title", "file-history-snapshot", "last-prompt",
        "permission-mode", "pr-link", "progress", "queue-operation", "summary", "tag",
    }
)  # fmt: skip
_CLEAR: Final = "<command-name>/clear</command-name>"
_PREFIX: Final = "claude_code."


class ClaudeCodeSession:
    """Reads a session file: one run for each stretch between ``/clear`` commands.

    A run's identity is that of its first message, so a resumed session, whose file may repeat another's
    lines under a new session id, continues the run instead of doubling it. A sub-agent whose lines stand in
    the same file becomes a nested agent; one with a file of its own a run of its own that names the
    session it worked for.
    """

    name = "claude-code-session"

    def recognises(self, source: Source) -> bool:
        """Whether the first lines are a session's: messages with an id, in a session, or summaries."""
        return any(_is_ours(line) for line in first_lines(source, 20))

    def read(self, source: Source) -> Iterator[Span | Skipped]:
        """The file's runs, one after the other."""
        reader = _Reader(self.name, agent_file=_is_agent_file(source), start_ns=first_moment(source))
        for line in read_lines(source):
            yield from reader.line(line) if isinstance(line, Line) else (line,)
        yield from reader.end()


def _is_ours(line: dict[str, Any]) -> bool:
    kind = text(line.get("type"))
    if kind == "summary":
        return isinstance(line.get("leafUuid"), str)
    stated = kind in _CHAINED and isinstance(line.get("uuid"), str) and isinstance(line.get("sessionId"), str)
    return stated and (kind not in _TALK or isinstance(line.get("message"), dict))


def _is_agent_file(source: Source) -> bool:
    talk = [line for line in first_lines(source, 50) if text(line.get("type")) in _TALK]
    return bool(talk) and all(line.get("isSidechain") is True for line in talk)


class _Reader:
    """The state of reading one file: the run that goes on, and which lines are known."""

    def __init__(self, name: str, *, agent_file: bool, start_ns: int | None) -> None:
        self._name = name
        self._agent_file = agent_file
        self._start_ns = start_ns
        self._seen: set[str] = set()
        self._sidechains: dict[str, str] = {}  # a line's id: the first line of its sub-agent
        self._run: _SessionRun | None = None

    def line(self, line: Line) -> Iterator[Span | Skipped]:
        """What a line adds."""
        kind, key = text(line.value.get("type")), text(line.value.get("uuid"))
        if key and key in self._seen:
            yield Skipped(line=line.number, reason="line that was there before")
            return
        if kind in _TALK and isinstance(line.value.get("message"), dict):
            self._seen.add(key)
            yield from self._talk(line.value)
        elif kind == "system":
            self._seen.add(key)
            yield from self._system(line)
        elif kind in _ASIDE:
            yield Skipped(line=line.number, reason=f"{kind} line")
        else:
            yield Skipped(line=line.number, reason="broken message" if kind in _TALK else "unknown line type")

    def end(self) -> Iterator[Span | Skipped]:
        """What is left at the end of the run that goes on."""
        if self._run is not None:
            yield from self._run.end()
            self._run = None

    def _talk(self, value: dict[str, Any]) -> Iterator[Span | Skipped]:
        thread = self._thread(value)
        if thread == MAIN and self._run is not None and self._run.has_calls and _clears(value):
            yield from self.end()
        if self._run is None:
            self._run = _SessionRun(self._name, value, self._start_ns)
        yield from self._run.talk(value, thread)

    def _system(self, line: Line) -> Iterator[Span | Skipped]:
        subtype = text(line.value.get("subtype"))
        if self._run is not None and subtype == "api_error":
            yield self._run.attempt(line.value, self._thread(line.value))
        elif self._run is not None and subtype == "compact_boundary":
            self._run.compactions += 1
        else:
            yield Skipped(line=line.number, reason="system line")

    def _thread(self, value: dict[str, Any]) -> str:
        """``MAIN``, or for a sub-agent's line its agent's id, else the id of its first line."""
        if value.get("isSidechain") is not True or self._agent_file:
            return MAIN
        key, parent = text(value.get("uuid")), text(value.get("parentUuid"))
        first = text(value.get("agentId")) or self._sidechains.get(parent) or key or "sidechain"
        self._sidechains[key] = first
        return first


class _SessionRun:
    """One run of a session."""

    def __init__(self, name: str, first: dict[str, Any], start_ns: int | None) -> None:
        time_ns = moment_of(first.get("timestamp")) or start_ns
        self.compactions = 0
        self._costs: dict[str, float] = {}  # of each answer, as versions of early 2025 state it
        self._first = first
        self._start_ns = time_ns
        self._builder = RunBuilder(
            source=name,
            identity=text(first.get("uuid")) or text(first.get("sessionId")) or to_json(first),
            agent="claude-code",
            clock=Clock(time_ns),
            conversation=text(first.get("sessionId")),
        )
        self._conversation = Conversation(self._builder)

    @property
    def has_calls(self) -> bool:
        """Whether the model was asked already."""
        return self._conversation.calls > 0 or self._builder.spans > 0 or self._conversation.is_answering

    def talk(self, value: dict[str, Any], thread: str) -> Iterator[Span]:
        """A line of a user or an assistant."""
        turn = _turn(value, thread)
        if cost := amount(value.get("costUSD")):
            self._costs[text(turn.message.get("id")) or turn.key] = cost
        answers = value.get("type") == "assistant"
        yield from self._conversation.assistant(turn) if answers else self._conversation.user(turn)

    def attempt(self, value: dict[str, Any], thread: str) -> Span:
        """A request that failed and was sent again."""
        error = mapping(value.get("error"))
        status = error.get("status")
        kind = str(status) if isinstance(status, int) else "api_error"
        return self._conversation.attempt(
            _turn(value, thread), Failure(type=kind[:20], message=text(error.get("message")))
        )

    def end(self) -> Iterator[Span | Skipped]:
        """All that is open, and the root."""
        yield from self._conversation.close()
        for _ in range(self._conversation.superseded):
            yield Skipped(line=0, reason="tool call that was sent again before it ran")
        yield self._builder.root(
            start_ns=self._start_ns,
            end_ns=self._builder.clock.now,
            version=text(self._first.get("version")),
            cost_usd=sum(self._costs.values()) or None,
            more={**self._origin(), names.INPUT_MESSAGES: self._conversation.unanswered()},
        )

    def _origin(self) -> dict[str, AttributeValue | None]:
        first = self._first
        below = first.get("isSidechain") is True
        return {
            f"{_PREFIX}cwd": text(first.get("cwd")),
            f"{_PREFIX}git_branch": text(first.get("gitBranch")),
            f"{_PREFIX}slug": text(first.get("slug")),
            f"{_PREFIX}agent_id": text(first.get("agentId")),
            f"{_PREFIX}parent_session_id": text(first.get("sessionId")) if below else None,
            f"{_PREFIX}compactions": self.compactions or None,
        }


def _turn(value: dict[str, Any], thread: str) -> Turn:
    failed = value.get("isApiErrorMessage") is True
    more: dict[str, AttributeValue] = {}
    if request := text(value.get("requestId")):
        more[f"{_PREFIX}request_id"] = request
    return Turn(
        thread=thread,
        key=text(value.get("uuid")),
        time_ns=moment_of(value.get("timestamp")),
        message=mapping(value.get("message")),
        details=value.get("toolUseResult"),
        failure=(text(value.get("error"))[:80] or "api_error") if failed else "",
        more=more,
    )


def _clears(value: dict[str, Any]) -> bool:
    if value.get("type") != "user":
        return False
    blocks = blocks_of(mapping(value.get("message")).get("content"))
    return _CLEAR in said([part_of(block) for block in blocks if block.get("type") == "text"])[:2000]
