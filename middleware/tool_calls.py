"""What the tool calls of a conversation did: which files they edited, whether they ran tests, how they ended."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolMessage

from middleware import shell_lines
from middleware.activation import is_note

_EDIT_TOOL = re.compile(r"edit|write|replace|patch|insert|create", re.IGNORECASE)
_TEST_TOOL = re.compile(r"(?<![a-z])tests?(?![a-z])", re.IGNORECASE)
_PATHS = ("path", "file_path", "filename", "file", "target_file")
_COMMANDS = ("command", "cmd", "script", "code")
_EXIT_CODE = re.compile(r"\bexit(?:ed)?[ _](?:with )?(?:code|status)\W{0,3}(-?\d+)", re.IGNORECASE)
_FAILURE = re.compile(
    r"^\s*(?:FAIL|FAILED|ERROR)\b|^Traceback \(most recent call|\b[1-9]\d* (?:failed|failures?|errors?)\b",
    re.MULTILINE,
)
_PROSE = (".md", ".rst", ".txt", ".adoc")


@dataclass(frozen=True, kw_only=True)
class Call:
    """One tool call with its result, if there is one yet; ``turn`` counts the run's AI messages from 0."""

    name: str
    arguments: Mapping[str, object]
    call_id: str
    turn: int
    result: ToolMessage | None = None

    @property
    def identity(self) -> str:
        """Equal for calls of the same tool with the same arguments."""
        return json.dumps([self.name, self.arguments], sort_keys=True, default=str)

    @property
    def command(self) -> str:
        """The shell command line or script that the call carries; empty when it has none."""
        return _first_text(self.arguments, _COMMANDS)


def this_run(messages: Sequence[BaseMessage]) -> Sequence[BaseMessage]:
    """The messages since the user last spoke: a human message that opens the conversation or follows a final answer.

    Notes of middleware do not count as the user's words.
    """
    for at in range(len(messages) - 1, 0, -1):
        before = messages[at - 1]
        spoken = isinstance(messages[at], HumanMessage) and not is_note(messages[at])
        if spoken and isinstance(before, AIMessage) and not before.tool_calls:
            return messages[at:]
    return messages


def calls_of(messages: Sequence[BaseMessage]) -> tuple[Call, ...]:
    """The tool calls of this run in the order in which the model made them.

    A result belongs to the nearest AI message before it: some models use the same ids in every turn.
    """
    found: list[Call] = []
    turns = _turns(this_run(messages))
    for turn, (message, results) in enumerate(turns):
        found += [
            Call(
                name=call["name"],
                arguments=call["args"],
                call_id=call["id"] or "",
                turn=turn,
                result=results.get(call["id"] or ""),
            )
            for call in message.tool_calls
        ]
    return tuple(found)


def latest_calls(messages: Sequence[BaseMessage]) -> tuple[Call, ...]:
    """The tool calls of the last AI message, none when it made none."""
    last = sum(isinstance(message, AIMessage) for message in this_run(messages)) - 1
    return tuple(call for call in calls_of(messages) if call.turn == last)


def is_pending(messages: Sequence[BaseMessage]) -> bool:
    """Whether the last AI message has a tool call, a broken one included, that no tool message answers."""
    turns = _turns(messages)
    if not turns:
        return False
    message, results = turns[-1]
    wanted = {call["id"] for call in [*message.tool_calls, *message.invalid_tool_calls] if call["id"]}
    return not wanted <= results.keys()


def edited_files(call: Call) -> tuple[str, ...]:
    """Normalised paths that a call edits, by an editing tool's path argument or by a shell command's writes."""
    if call.arguments.get("command") == "view":  # the editor tool of some providers reads, too
        return ()
    path = _first_text(call.arguments, _PATHS)
    if path and _EDIT_TOOL.search(call.name):
        return (posixpath.normpath(path),)
    return tuple(posixpath.normpath(file) for file in shell_lines.written_files(call.command))


def runs_tests(call: Call) -> bool:
    """Whether a call looks as if it ran tests, by the tool's name or by its command."""
    return bool(_TEST_TOOL.search(call.name)) or shell_lines.runs_tests(call.command)


def succeeded(call: Call) -> bool:
    """Whether a call's result reports success: a zero exit code where it can be trusted, and no sign of failure."""
    if call.result is None or call.result.status == "error":
        return False
    text = str(call.result.text)
    codes = _EXIT_CODE.findall(text)
    if codes and int(codes[-1]) != 0:
        return False
    trusted = bool(codes) and not shell_lines.hides_exit_code(call.command)
    return trusted or _FAILURE.search(text) is None


def is_verified(calls: Sequence[Call]) -> bool:
    """Whether the last tests that ran after the last edit passed. Edits of prose need no tests."""
    edited = next((call.turn for call in reversed(calls) if _changes_behaviour(call)), -1)
    tests = [call for call in calls if _is_after(call, edited) and runs_tests(call)]
    return bool(tests) and all(succeeded(call) for call in tests if call.turn == tests[-1].turn)


def _is_after(call: Call, edited: int) -> bool:
    # Calls of one turn run at the same time, unless one command line edits and then tests.
    return call.turn > edited or (call.turn == edited and _changes_behaviour(call))


def _changes_behaviour(call: Call) -> bool:
    return any(not path.lower().endswith(_PROSE) for path in edited_files(call))


def _turns(messages: Sequence[BaseMessage]) -> list[tuple[AIMessage, dict[str, ToolMessage]]]:
    turns: list[tuple[AIMessage, dict[str, ToolMessage]]] = []
    for message in messages:
        if isinstance(message, AIMessage):
            turns.append((message, {}))
        elif isinstance(message, ToolMessage) and turns:
            turns[-1][1][message.tool_call_id] = message
    return turns


def _first_text(arguments: Mapping[str, object], names: Sequence[str]) -> str:
    return next((value for name in names if isinstance(value := arguments.get(name), str)), "")
