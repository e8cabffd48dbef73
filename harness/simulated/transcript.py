"""The conversation so far as the simulated model takes it in: tool uses with their results, and notes to it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage, ToolMessage

_EXIT_CODE = re.compile(r"^\[exit code: (-?\d+)\][ \t]*$", re.MULTILINE)
_NOTE_MARK = re.compile(  # at the margin: what a docstring calls a note is indented
    r"\n\s*\n(?=\[(?!exit code)|<\w|(?:note|reminder|warning|hint|system|harness|notice|attention|advice|caution)\b)",
    re.IGNORECASE,
)
_ERROR = re.compile(
    r"^\s*(?:error|failed|traceback)\b|^\S+: no such file|no such file or directory", re.IGNORECASE
)
_FILE_IN_TASK = re.compile(r"`[^`\s]+\.\w+`")


@dataclass(frozen=True, kw_only=True)
class ToolUse:
    """One tool call of the model and what came back.

    ``result`` is the tool's own text without what a harness appended; ``exit_code`` is that of a command.
    ``answer`` counts the model's answers, from 0.
    """

    answer: int
    name: str
    arguments: Mapping[str, Any]
    result: str
    exit_code: int | None
    failed: bool


@dataclass(frozen=True, kw_only=True)
class Note:
    """Something that the harness says to the model in the course of the run.

    ``answers`` is how many answers the model had given by then; ``at_the_end`` when the last of them
    was meant to be final.
    """

    text: str
    answers: int
    at_the_end: bool


@dataclass(frozen=True, kw_only=True)
class Transcript:
    """All that the model can know of its run."""

    system: str
    instruction: str
    uses: tuple[ToolUse, ...]
    notes: tuple[Note, ...]
    answers: int
    tools: frozenset[str]


def read_transcript(messages: Sequence[BaseMessage], tools: frozenset[str]) -> Transcript:
    """Read a conversation; the instruction is the human message that states the task."""
    task = _task_message(messages)
    reader = _Reader(task)
    for message in messages:
        reader.take(message)
    return Transcript(
        system="\n".join(message.text for message in messages if isinstance(message, SystemMessage)),
        instruction=task.text if task is not None else "",
        uses=tuple(reader.uses),
        notes=tuple(reader.notes),
        answers=reader.answers,
        tools=tools,
    )


def split_result(tool: str, text: str, *, failed: bool) -> tuple[str, str]:
    """A tool's own text, and what a harness appended to it."""
    if tool == "bash":
        ends = list(_EXIT_CODE.finditer(text))
        if ends:
            return text[: ends[-1].end()], text[ends[-1].end() :]
    if failed:
        return text, text
    if tool in {"edit_file", "write_file"}:
        own, _, rest = text.partition("\n")
        return own, rest
    marks = list(_NOTE_MARK.finditer(text))
    if marks:
        return text[: marks[-1].start()], text[marks[-1].end() :]
    return text, ""


class _Reader:
    """Collects uses and notes from messages taken in order."""

    def __init__(self, task: BaseMessage | None) -> None:
        self.uses: list[ToolUse] = []
        self.notes: list[Note] = []
        self.answers = 0
        self._task = task
        self._calls: dict[str, tuple[int, str, Mapping[str, Any]]] = {}
        self._ended = False

    def take(self, message: BaseMessage) -> None:
        if isinstance(message, AIMessage):
            for call in message.tool_calls:
                self._calls[call["id"] or ""] = (self.answers, call["name"], call["args"])
            self._ended = not message.tool_calls
            self.answers += 1
        elif isinstance(message, ToolMessage):
            self._take_result(message)
        elif isinstance(message, HumanMessage) and message is not self._task:
            self._note(message.text)

    def _take_result(self, message: ToolMessage) -> None:
        answer, name, arguments = self._calls.get(
            message.tool_call_id, (self.answers - 1, message.name or "", {})
        )
        failed = message.status == "error" or (name != "bash" and bool(_ERROR.search(message.text[:300])))
        own, appended = split_result(name, message.text, failed=failed)
        codes = _EXIT_CODE.findall(own)
        exit_code = int(codes[-1]) if codes else None
        self.uses.append(
            ToolUse(
                answer=answer, name=name, arguments=arguments, result=own, exit_code=exit_code, failed=failed
            )
        )
        if appended.strip():
            self._note(appended)

    def _note(self, text: str) -> None:
        self.notes.append(Note(text=text.strip(), answers=self.answers, at_the_end=self._ended))


def _task_message(messages: Sequence[BaseMessage]) -> BaseMessage | None:
    """The first human message, or of those before the first answer the first that names a file in backquotes."""
    opening: list[BaseMessage] = []
    for message in messages:
        if isinstance(message, AIMessage):
            break
        if isinstance(message, HumanMessage):
            opening.append(message)
    return next(
        (message for message in opening if _FILE_IN_TASK.search(message.text)),
        opening[0] if opening else None,
    )
