"""Trajectories of mini-swe-agent, versions 1 (commands in the text) and 2 (tool calls)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any, Final

from traces import attributes as names
from traces.importers.chat_completion import (
    AskedCall,
    answer_of,
    calls_of,
    content_text,
    finish_reason_of,
    parts_of,
    response_of,
    tokens_of,
)
from traces.importers.clock import Clock
from traces.importers.importer import Skipped, Source
from traces.importers.json_document import beginning_of, load_document
from traces.importers.moments import moment_of
from traces.importers.parts import Message, message, text_part
from traces.importers.read_json import amount, as_text, items, mapping, text, to_json, whole
from traces.importers.run_builder import Failure, RunBuilder
from traces.span import AttributeValue, Span

_FORMAT: Final = b'"mini-swe-agent-'
_START: Final = 200
_NO_MESSAGE: Final = "a message that is no object"
_FENCES: Final = ("```bash", "```mswea_bash_command")
_NOT_EXECUTED: Final = "action was not executed"
_SUBMITTED: Final = "Submitted"
_ROLES: Final = frozenset({"system", "user", "developer"})


class MiniSweAgent:
    """``{"info", "messages", "trajectory_format": "mini-swe-agent-1"}`` (or ``-1.1``), from version 2.0 on with calls.

    A response that the agent could not parse left no assistant's message, only the complaint about it with
    the raw response inside; the calls in it are told as failed ones. What the agent says of itself in
    ``exit_status`` is a reason, never an outcome.
    """

    name = "mini-swe-agent"

    def recognises(self, source: Source) -> bool:
        """Whether it is a document with messages that calls itself one of this agent's."""
        if b'"messages"' not in source.head and b'"info"' not in source.head[:_START]:
            return False
        found = mapping(beginning_of(source))
        if "mini_version" in mapping(found.get("info")):
            return True
        # The format's name stands behind the messages, which come after a submission of any length.
        return ("messages" in found or "info" in found) and _FORMAT in _ending(source)

    def read(self, source: Source) -> Iterator[Span | Skipped]:
        """The spans of the one run."""
        document = load_document(source)
        found = mapping(document.value)
        if document.skipped is not None:
            yield document.skipped
        if found:
            yield from _Trajectory(found).read()


class _Trajectory:
    """One trajectory as far as it is read."""

    def __init__(self, found: Mapping[str, Any]) -> None:
        self._found = found
        self._info = mapping(found.get("info"))
        self._config = mapping(self._info.get("config"))
        self._messages = items(found.get("messages"))
        self._inputs: list[Message] = []
        self._waiting: list[AskedCall] = []
        self._calls = 0
        identity = f"{text(found.get('instance_id'))}\x1f{_first_response(self._messages)}"
        clock = Clock(_first_moment(self._messages))
        self._run = RunBuilder(
            source=MiniSweAgent.name, identity=identity, agent="mini-swe-agent", clock=clock
        )
        self._start = clock.tick()

    def read(self) -> Iterator[Span | Skipped]:
        for item in self._messages:
            if not isinstance(item, dict):
                yield Skipped(line=0, reason=_NO_MESSAGE)
            elif response_of(item) or item.get("role") == "assistant":
                yield from self._unanswered()
                yield from self._answer(item)
            elif self._waiting and item.get("role") in ("tool", "user"):
                yield self._result(item)
            elif text(item.get("role")) in _ROLES:
                self._inputs.append(
                    message(text(item["role"]), [text_part(content_text(item.get("content")))])
                )
        yield from self._unanswered()
        yield self._root()

    def _answer(self, item: Mapping[str, Any]) -> Iterator[Span]:
        """The model call of a message, and the calls in it that the agent refused."""
        answer, response = answer_of(item), response_of(item)
        calls = calls_of(answer) or _commands(item, content_text(answer.get("content")), self._calls)
        self._calls += len(calls)
        refused = item.get("role") != "assistant"
        complaint = content_text(item.get("content")) if refused else ""
        kind = text(mapping(item.get("extra")).get("interrupt_type")) or "FormatError"
        outputs = [*parts_of(answer), *(call.part for call in calls)]
        start = self._run.clock.tick(moment_of(response.get("created")))
        yield self._run.chat(
            text(response.get("id")),
            start_ns=start,
            end_ns=self._run.clock.tick(_time_of(item)),
            model=text(response.get("model")) or self._model,
            inputs=self._inputs,
            outputs=[message("assistant", outputs, finish_reason_of(item))],
            tokens=tokens_of(response.get("usage")),
            failure=Failure(type=kind, message=complaint) if refused and not calls else None,
            more={names.RUN_COST: _cost(item)},
        )
        self._inputs = []
        if refused:
            self._inputs = [message("user", [text_part(complaint)])]
            for call in calls:
                yield self._tool(call, complaint, failure=Failure(type=kind, message=complaint.strip()))
        else:
            self._waiting = calls

    def _result(self, item: Mapping[str, Any]) -> Span:
        """The tool call that a message answers."""
        call_id = text(item.get("tool_call_id"))
        place = next((at for at, call in enumerate(self._waiting) if call.call_id == call_id), 0)
        call = self._waiting.pop(place)
        extra = mapping(item.get("extra"))
        exception = text(extra.get("exception_info"))
        content = content_text(item.get("content"))
        result = (text(extra["raw_output"]) or exception) if "raw_output" in extra else content
        code = whole(extra["returncode"]) if "returncode" in extra else _code(content)
        failed = bool(exception) and exception != _NOT_EXECUTED
        timed_out = (
            item.get("role") == "user"
            and "returncode" not in extra
            and content.startswith("The last command")
        )
        failure = Failure(type="exception", message=exception) if failed else None
        if timed_out and "timed out" in content[:2000]:
            failure = Failure(type="timeout", message=content.partition("\n")[0])
        return self._tool(
            call,
            result,
            code=None if exception else code,
            failure=failure,
            time=_time_of(item),
            more={"mini_swe_agent.exception_info": exception},
        )

    def _unanswered(self) -> Iterator[Span]:
        """Calls that no message answers: the trajectory ends, or goes on, without their results."""
        waiting, self._waiting = self._waiting, []
        for call in waiting:
            yield self._tool(call, None)

    def _tool(
        self,
        call: AskedCall,
        result: object,
        *,
        code: int | None = None,
        failure: Failure | None = None,
        time: int | None = None,
        more: Mapping[str, AttributeValue | None] | None = None,
    ) -> Span:
        return self._run.tool(
            call.call_id,
            name=call.name,
            arguments=call.arguments,
            start_ns=self._run.clock.tick(),
            end_ns=self._run.clock.tick(time),
            result=result,
            exit_code=code,
            failure=failure,
            more=more,
        )

    def _root(self) -> Span:
        status = self._exit_status()
        stats = mapping(self._info.get("model_stats"))
        return self._run.root(
            start_ns=self._start,
            version=text(self._info.get("mini_version")),
            cost_usd=amount(stats.get("instance_cost")) or None,
            more={
                names.REQUEST_MODEL: self._model,
                names.TASK: text(self._found.get("instance_id")),
                names.REASON: status if status != _SUBMITTED else "",
                "mini_swe_agent.exit_status": status,
                "mini_swe_agent.submission": as_text(self._info.get("submission")),
                "mini_swe_agent.api_calls": whole(stats.get("api_calls")),
                "mini_swe_agent.config": to_json(self._config) if self._config else "",
            },
        )

    def _exit_status(self) -> str:
        last = mapping(self._messages[-1]) if self._messages else {}
        return text(self._info.get("exit_status")) or text(mapping(last.get("extra")).get("exit_status"))

    @property
    def _model(self) -> str:
        return text(mapping(self._config.get("model")).get("model_name"))


def _commands(item: Mapping[str, Any], content: str, before: int) -> list[AskedCall]:
    """The commands that stand in the text: stated as actions, or (version 1) the only fenced one."""
    stated = [mapping(action) for action in items(mapping(item.get("extra")).get("actions"))]
    found = [text(action.get("command")) for action in stated] or _fenced(content)
    if not stated and len(found) != 1:
        return []  # the agent executes nothing then
    return [
        AskedCall(call_id=f"action-{before + number}", name="bash", arguments=to_json({"command": command}))
        for number, command in enumerate(found, start=1)
    ]


def _fenced(content: str) -> list[str]:
    """The commands in fences. Found by searching on, which no text can make slow."""
    found: list[str] = []
    at = 0
    while (start := content.find("```", at)) >= 0:
        fence, _, _ = content[start : start + 40].partition("\n")
        body = start + len(fence) + 1
        end = content.find("\n```", body - 1)
        if fence.rstrip() not in _FENCES:
            at = start + 3
        elif end < 0:
            break
        else:
            found.append(content[body:end].strip())
            at = end + 4
    return found


def _code(content: str) -> int | None:
    """The exit code that an observation begins with."""
    start = "<returncode>"
    if not content.startswith(start):
        return None
    found = content[len(start) : len(start) + 12].partition("<")[0].strip()
    return int(found) if found.removeprefix("-").isascii() and found.removeprefix("-").isdigit() else None


def _time_of(item: Mapping[str, Any]) -> int | None:
    return moment_of(mapping(item.get("extra")).get("timestamp"))


def _cost(item: Mapping[str, Any]) -> float | None:
    extra = mapping(item.get("extra"))
    usage = mapping(mapping(extra.get("response")).get("usage"))
    return amount(extra.get("cost")) or amount(usage.get("cost")) or None


def _first_moment(messages: list[Any]) -> int | None:
    for item in messages:
        found = moment_of(response_of(mapping(item)).get("created")) or _time_of(mapping(item))
        if found is not None:
            return found
    return None


def _first_response(messages: list[Any]) -> str:
    """What tells this run from others of the same task: the first response's id, else the first messages."""
    for item in messages:
        found = text(response_of(mapping(item)).get("id"))
        if found:
            return found
    return hashlib.sha256(to_json(messages[:3]).encode(errors="replace")).hexdigest()


def _ending(source: Source) -> bytes:
    """The last bytes of the content, found by reading on."""
    last = b""
    with source.open() as file:
        while block := file.read(1 << 20):
            last = last[-4096:] + block
    return last[-4096:]
