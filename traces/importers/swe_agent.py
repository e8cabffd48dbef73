"""Trajectories of SWE-agent: ``.traj`` files of all versions, and replays that keep only the history."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from traces import attributes as names
from traces.importers.chat_completion import AskedCall, calls_of, content_text, parts_of
from traces.importers.clock import Clock
from traces.importers.importer import Skipped, Source
from traces.importers.json_document import beginning_of, load_document
from traces.importers.parts import Message, message, text_part
from traces.importers.read_json import amount, as_text, items, mapping, text, to_json, whole
from traces.importers.run_builder import RunBuilder, Tokens
from traces.span import Span

_SECOND_NS: Final = 1_000_000_000
_NO_STEP: Final = "a step that is no object"
_SUBMITTED: Final = "submitted"
_ASIDE_KINDS: Final = frozenset({"demonstration"})


class SweAgent:
    """``{"trajectory": [{"action", "observation", "response", ...}], "history", "info"}``.

    There are no times: the steps follow each other by how long their commands took. Usage is known of the
    whole run only. ``exit_status`` is what the agent says of itself: a reason, never an outcome.
    """

    name = "swe-agent"

    def recognises(self, source: Source) -> bool:
        """Whether the document has such steps, or a history of roles with agents."""
        if b'"trajectory"' not in source.head and b'"history"' not in source.head:
            return False
        found = mapping(beginning_of(source))
        steps = items(found.get("trajectory"))
        if steps:
            return {"action", "observation"} <= mapping(steps[0]).keys()
        history = items(found.get("history"))
        return bool(history) and {"role", "content", "agent"} <= mapping(history[0]).keys()

    def read(self, source: Source) -> Iterator[Span | Skipped]:
        """The spans of the one run."""
        document = load_document(source)
        if document.skipped is not None:
            yield document.skipped
        found = mapping(document.value)
        if found:
            yield from _Trajectory(found, source).read()


class _Trajectory:
    """One trajectory as far as it is read."""

    def __init__(self, found: Mapping[str, Any], source: Source) -> None:
        self._found = found
        self._info = mapping(found.get("info"))
        self._inputs: list[Message] = []
        self._waiting: list[AskedCall] = []
        self._task = text(found.get("instance_id")) or _task_of(source)
        identity = f"{self._task}\x1f{_beginning(found)}"
        self._run = RunBuilder(source=SweAgent.name, identity=identity, agent="swe-agent", clock=Clock())
        self._start = self._run.clock.tick()

    def read(self) -> Iterator[Span | Skipped]:
        steps = items(self._found.get("trajectory"))
        yield from self._steps(steps) if steps else self._history()
        yield self._root()

    def _steps(self, steps: list[Any]) -> Iterator[Span | Skipped]:
        history = [mapping(item) for item in items(self._found.get("history"))]
        self._inputs = [_asked(item) for item in _before_first_answer(history)]
        # Newer versions keep the model's tool calls in the history only.
        answers = [item for item in history if item.get("role") == "assistant" and not _is_example(item)]
        for number, step in enumerate(steps):
            if not isinstance(step, dict):
                yield Skipped(line=0, reason=_NO_STEP)
                continue
            answer = answers[number] if number < len(answers) else {}
            yield from self._step(step, answer if _same(answer, step) else {})

    def _step(self, step: Mapping[str, Any], answer: Mapping[str, Any]) -> Iterator[Span]:
        action = text(step.get("action"))
        calls = calls_of(step) or calls_of(answer) or ([_command(action)] if action.strip() else [])
        said = text(step.get("response")) or content_text(answer.get("content")) or text(step.get("thought"))
        yield self._chat([text_part(said)] if said else [], calls)
        seconds = amount(step.get("execution_time"))
        for number, call in enumerate(calls):
            yield self._run.tool(
                call.call_id,
                name=call.name,
                arguments=call.arguments,
                start_ns=self._run.clock.tick(),
                end_ns=self._run.clock.tick(self._run.clock.now + round(min(seconds, 1e6) * _SECOND_NS)),
                result=content_text(step.get("observation")) if number == 0 else None,
                more={"swe_agent.action": action, "swe_agent.state": as_text(step.get("state")) or None},
            )

    def _history(self) -> Iterator[Span | Skipped]:
        for item in items(self._found.get("history")):
            if not isinstance(item, dict):
                yield Skipped(line=0, reason=_NO_STEP)
            elif _is_example(item):
                continue
            elif item.get("role") == "assistant":
                yield from self._unanswered()
                self._waiting = calls_of(item) or _from_action(item)
                yield self._chat(parts_of({**item, "thought": ""}), self._waiting)
            elif self._waiting:
                call = self._waiting.pop(0)
                yield self._tool(call, content_text(item.get("content")))
            else:
                self._inputs.append(_asked(item))
        yield from self._unanswered()

    def _chat(self, parts: list[dict[str, Any]], calls: list[AskedCall]) -> Span:
        inputs, self._inputs = self._inputs, []
        return self._run.chat(
            "",
            start_ns=self._run.clock.tick(),
            end_ns=self._run.clock.tick(),
            model=self._model,
            inputs=inputs,
            outputs=[message("assistant", [*parts, *(call.part for call in calls)], "")],
        )

    def _tool(self, call: AskedCall, result: object) -> Span:
        clock = self._run.clock
        return self._run.tool(
            call.call_id,
            name=call.name,
            arguments=call.arguments,
            start_ns=clock.tick(),
            end_ns=clock.tick(),
            result=result,
        )

    def _unanswered(self) -> Iterator[Span]:
        waiting, self._waiting = self._waiting, []
        for call in waiting:
            yield self._tool(call, None)

    def _root(self) -> Span:
        stats = mapping(self._info.get("model_stats"))
        status = text(self._info.get("exit_status"))
        rest = {
            key: value
            for key, value in self._info.items()
            if key not in ("exit_status", "submission", "model_stats")
        }
        return self._run.root(
            start_ns=self._start,
            version=text(self._info.get("swe_agent_version")),
            tokens=Tokens(input=whole(stats.get("tokens_sent")), output=whole(stats.get("tokens_received"))),
            cost_usd=amount(stats.get("instance_cost", stats.get("total_cost"))) or None,
            more={
                names.TASK: self._task,
                names.REASON: "" if status == _SUBMITTED else status,
                "swe_agent.exit_status": status,
                "swe_agent.submission": as_text(self._info.get("submission")),
                "swe_agent.api_calls": whole(stats.get("api_calls")),
                "swe_agent.environment": as_text(self._found.get("environment")),
                "swe_agent.info": to_json(rest) if rest else "",
            },
        )

    @property
    def _model(self) -> str:
        try:
            config = self._found.get("replay_config")
            found = mapping(mapping(mapping(config).get("agent")).get("model"))
        except AttributeError:
            return ""
        return text(found.get("name"))


def _is_example(item: Mapping[str, Any]) -> bool:
    return item.get("is_demo") is True or text(item.get("message_type")) in _ASIDE_KINDS


def _before_first_answer(history: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for item in history:
        if _is_example(item):
            continue
        if item.get("role") == "assistant":
            return
        yield item


def _same(answer: Mapping[str, Any], step: Mapping[str, Any]) -> bool:
    return bool(answer) and text(answer.get("action")).strip() == text(step.get("action")).strip()


def _asked(item: Mapping[str, Any]) -> Message:
    return message(text(item.get("role")) or "user", [text_part(content_text(item.get("content")))])


def _command(action: str) -> AskedCall:
    return AskedCall(call_id="", name="bash", arguments=to_json({"command": action.strip("\n")}))


def _from_action(item: Mapping[str, Any]) -> list[AskedCall]:
    action = text(item.get("action"))
    return [_command(action)] if action.strip() else []


def _beginning(found: Mapping[str, Any]) -> str:
    """What tells this run from others of its task: how it began, its first answer included."""
    start = [items(found.get("history"))[:3], items(found.get("trajectory"))[:1]]
    return hashlib.sha256(to_json(start).encode(errors="replace")).hexdigest()


def _task_of(source: Source) -> str:
    """The instance that a trajectory is about stands in no other place than its file's name."""
    name = source.path.name.removesuffix(".gz").removesuffix(".zst")
    return name.removesuffix(".traj") if name.endswith(".traj") and "__" in name else ""
