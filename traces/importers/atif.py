"""Agent Trajectory Interchange Format, v1.0 to v1.8 and leniently beyond, as Harbor and agents write it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from atif import Trajectory
from pydantic import ValidationError

from traces import attributes as names
from traces.importers.clock import Clock
from traces.importers.importer import Skipped, Source
from traces.importers.json_document import beginning_of, has_lines, load_document
from traces.importers.json_lines import read_lines
from traces.importers.moments import moment_of
from traces.importers.parts import Message, Part, blob_part, call_part, message, reasoning_part, text_part
from traces.importers.read_json import amount, as_text, items, mapping, text, to_json, whole
from traces.importers.run_builder import Failure, RunBuilder, Tokens
from traces.span import AttributeValue, Span

_VERSION: Final = "ATIF-v"
_NO_STEP: Final = "a step that is no object"
_NOT_VALID: Final = "atif.deviation"  # attribute: where the file is not what its specification says
_COPIED: Final = "copied-context"
_DEEPEST: Final = 8  # trajectories within trajectories
_KNOWN_STEP: Final = frozenset(
    [
        "step_id",
        "timestamp",
        "source",
        "message",
        "reasoning_content",
        "tool_calls",
        "observation",
        "metrics",
        "model_name",
    ]
)


class Atif:
    """``{"schema_version": "ATIF-v1.x", "agent", "steps"}``; see https://github.com/laude-institute/harbor.

    One model call may be several steps there (an agent's converter makes one step of each tool call); they
    become one model call with several tool calls.
    """

    name = "atif"

    def recognises(self, source: Source) -> bool:
        """Whether the document names a version of the format, or has an agent and numbered steps."""
        if b'"schema_version"' not in source.head and b'"steps"' not in source.head:
            return False
        found = mapping(beginning_of(source))
        if text(found.get("schema_version")).startswith(_VERSION):
            return True
        steps = items(found.get("steps"))
        return "agent" in found and bool(steps) and "step_id" in mapping(steps[0])

    def read(self, source: Source) -> Iterator[Span | Skipped]:
        """The spans of each run and of its agents' agents; a file may hold a trajectory a line."""
        if has_lines(source):
            for line in read_lines(source):
                yield from (line,) if isinstance(line, Skipped) else _trajectory(line.value)
            return
        document = load_document(source)
        if document.skipped is not None:
            yield document.skipped
        yield from _trajectory(document.value)


def _trajectory(value: object) -> Iterator[Span | Skipped]:
    found = mapping(value)
    if found:
        run = RunBuilder(
            source=Atif.name,
            identity=_identity(found),
            agent=_agent_name(found),
            clock=Clock(_first_moment(found)),
            conversation=text(found.get("session_id")),
        )
        reading = _Reading(run, found, parent_id=run.root_id, depth=0)
        yield from reading.read()
        yield reading.root(_deviation(value))


@dataclass(frozen=True, kw_only=True)
class _Turn:
    """A model call: the step that told of it, and the steps that only tell of its tool calls."""

    head: Mapping[str, Any]
    steps: tuple[Mapping[str, Any], ...]


class _Reading:
    """One trajectory on its way to spans below ``parent_id``."""

    def __init__(self, run: RunBuilder, found: Mapping[str, Any], *, parent_id: str, depth: int) -> None:
        self._run = run
        self._found = found
        self._parent_id = parent_id
        self._depth = depth
        self._agent = mapping(found.get("agent"))
        self._inputs: list[Message] = []
        self._key = text(found.get("trajectory_id")) or _digest(found)
        self._nested = {
            text(mapping(item).get("trajectory_id")): mapping(item)
            for item in items(found.get("subagent_trajectories"))
        }
        self._start = run.clock.tick()

    def read(self) -> Iterator[Span | Skipped]:
        """All spans but the trajectory's own."""
        steps = items(self._found.get("steps"))
        yield from (Skipped(line=0, reason=_NO_STEP) for step in steps if not isinstance(step, dict))
        for turn in _turns([step for step in steps if isinstance(step, dict)]):
            if turn.head.get("source") == "agent":
                yield from self._turn(turn)
            else:
                self._inputs.append(message(_role(turn.head), _parts(turn.head.get("message"))))
                yield from self._loose_calls(turn)
        for nested in tuple(self._nested):  # those that no tool call referred to
            yield from self._subagent(nested, self._parent_id)

    def root(self, more: Mapping[str, AttributeValue | None]) -> Span:
        """The run's own span."""
        final = mapping(self._found.get("final_metrics"))
        return self._run.root(
            start_ns=self._start,
            version=text(self._agent.get("version")),
            tokens=_total(final),
            cost_usd=amount(final.get("total_cost_usd")) or None,
            more={**self._described(), **more},
        )

    def _described(self) -> dict[str, AttributeValue | None]:
        definitions = self._agent.get("tool_definitions")
        extra = {
            key: self._found[key]
            for key in ("extra", "notes", "continued_trajectory_ref")
            if self._found.get(key)
        }
        return {
            names.REQUEST_MODEL: text(self._agent.get("model_name")),
            names.TOOL_DEFINITIONS: to_json(definitions) if definitions else "",
            "atif.schema_version": text(self._found.get("schema_version")),
            "atif.agent.extra": to_json(self._agent["extra"]) if self._agent.get("extra") else "",
            **{f"atif.{key}": as_text(value) for key, value in extra.items()},
        }

    def _turn(self, turn: _Turn) -> Iterator[Span | Skipped]:
        start = self._run.clock.tick(moment_of(turn.head.get("timestamp")))
        if turn.head.get("llm_call_count") != 0:
            yield self._chat(turn, start)
        for step in turn.steps:
            yield from self._calls(step)

    def _chat(self, turn: _Turn, start: int) -> Span:
        head = turn.head
        calls = [mapping(call) for step in turn.steps for call in items(step.get("tool_calls"))]
        parts = [*_thought(head), *_parts(head.get("message")), *(_call_part(call) for call in calls)]
        metrics = mapping(head.get("metrics"))
        inputs, self._inputs = self._inputs, []
        return self._run.chat(
            f"{self._key}/{head.get('step_id')}",
            start_ns=start,
            end_ns=self._run.clock.tick(),
            model=text(head.get("model_name")) or text(self._agent.get("model_name")),
            inputs=inputs,
            outputs=[message("assistant", parts, text(mapping(head.get("extra")).get("stop_reason")))],
            tokens=_tokens(metrics),
            more={
                names.RUN_COST: amount(metrics.get("cost_usd")) or None,
                names.REASONING_EFFORT: as_text(head.get("reasoning_effort")),
                **_kept(head),
            },
            parent_id=self._parent_id,
            aside=_COPIED if head.get("is_copied_context") is True else "",
        )

    def _calls(self, step: Mapping[str, Any]) -> Iterator[Span | Skipped]:
        if step.get("is_copied_context") is True:
            return
        results = [mapping(result) for result in items(mapping(step.get("observation")).get("results"))]
        calls = [mapping(call) for call in items(step.get("tool_calls"))]
        for call in calls:
            mine = _results_of(call, calls, results)
            tool = self._tool(step, call, mine)
            yield tool
            for nested in _references(mine):
                yield from self._subagent(nested, tool.span_id)
        if not calls and results:  # commands within the message: what they gave is what the model sees next
            self._inputs.append(
                message("user", [part for result in results for part in _parts(result.get("content"))])
            )

    def _loose_calls(self, turn: _Turn) -> Iterator[Span | Skipped]:
        """Tool calls of a step that is none of the agent's, which version 1.0 allowed."""
        for step in turn.steps:
            yield from self._calls(step)

    def _tool(
        self, step: Mapping[str, Any], call: Mapping[str, Any], results: Sequence[Mapping[str, Any]]
    ) -> Span:
        extra = mapping(step.get("extra"))
        content = "\n".join(_said(result.get("content")) for result in results)
        failed = extra.get("tool_result_is_error") is True and len(items(step.get("tool_calls"))) == 1
        call_id = text(call.get("tool_call_id"))
        return self._run.tool(
            call_id,
            name=text(call.get("function_name")),
            arguments=call.get("arguments"),
            start_ns=self._run.clock.tick(),
            end_ns=self._run.clock.tick(),
            result=content if results else None,
            failure=Failure(type="tool_error", message=content.partition("\n")[0]) if failed else None,
            more={
                "atif.tool_call.extra": to_json(call["extra"]) if call.get("extra") else "",
                "atif.tool_call.raw_arguments": as_text(extra.get("raw_arguments")),
            },
            parent_id=self._parent_id,
        )

    def _subagent(self, trajectory_id: str, parent_id: str) -> Iterator[Span | Skipped]:
        found = self._nested.pop(trajectory_id, None)
        if found is None or self._depth >= _DEEPEST:
            return
        span_id = self._run.span_id("agent", trajectory_id)
        reading = _Reading(self._run, found, parent_id=span_id, depth=self._depth + 1)
        yield from reading.read()
        yield self._run.agent(
            span_id,
            name=_agent_name(found),
            start_ns=reading._start,
            end_ns=self._run.clock.tick(),
            parent_id=parent_id,
            more=reading._described(),
        )


def _turns(steps: Sequence[Mapping[str, Any]]) -> Iterator[_Turn]:
    states_usage = any(step.get("source") == "agent" and step.get("metrics") for step in steps)
    turn: _Turn | None = None
    for step in steps:
        if turn is not None and _goes_on(turn, step, states_usage=states_usage):
            turn = replace(turn, steps=(*turn.steps, step))
            continue
        if turn is not None:
            yield turn
        turn = _Turn(head=step, steps=(step,))
    if turn is not None:
        yield turn


def _goes_on(turn: _Turn, step: Mapping[str, Any], *, states_usage: bool) -> bool:
    """Whether the step only tells of further tool calls of the answer before it.

    It has no usage of its own where answers do, or, where none does, the same time as the answer.
    """
    if step.get("source") != "agent" or turn.head.get("source") != "agent":
        return False
    if step.get("metrics") or not step.get("tool_calls") or step.get("llm_call_count") is not None:
        return False
    time = step.get("timestamp")
    return states_usage or (time is not None and time == turn.head.get("timestamp"))


def _results_of(
    call: Mapping[str, Any], calls: Sequence[Mapping[str, Any]], results: Sequence[Mapping[str, Any]]
) -> list[Mapping[str, Any]]:
    """A call's results; the only call's are also those that name none."""
    call_id = call.get("tool_call_id")
    alone = len(calls) == 1
    return [
        result
        for result in results
        if result.get("source_call_id") == call_id or (alone and not result.get("source_call_id"))
    ]


def _references(results: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for result in results:
        for reference in items(result.get("subagent_trajectory_ref")):
            yield text(mapping(reference).get("trajectory_id")) or text(mapping(reference).get("session_id"))


def _role(step: Mapping[str, Any]) -> str:
    return "system" if step.get("source") == "system" else "user"


def _thought(step: Mapping[str, Any]) -> list[Part]:
    thought = text(step.get("reasoning_content"))
    return [reasoning_part(thought)] if thought else []


def _parts(content: object) -> list[Part]:
    if isinstance(content, list):
        return [_part(mapping(item)) for item in content]
    found = as_text(content)
    return [text_part(found)] if found else []


def _part(item: Mapping[str, Any]) -> Part:
    if item.get("type", "text") == "text":
        return text_part(text(item.get("text")))
    source = mapping(item.get("source"))
    return blob_part(text(source.get("media_type")), len(text(source.get("data"))))


def _said(content: object) -> str:
    return "\n".join(text(part.get("content")) for part in _parts(content))


def _call_part(call: Mapping[str, Any]) -> Part:
    return call_part(text(call.get("tool_call_id")), text(call.get("function_name")), call.get("arguments"))


def _kept(step: Mapping[str, Any]) -> dict[str, AttributeValue | None]:
    """What else a step says, but for what its tool calls' results repeat."""
    rest = {key: step[key] for key in step if key not in _KNOWN_STEP and key != "extra"}
    return {f"atif.step.{key}": as_text(value) for key, value in rest.items() if value is not None}


def _tokens(metrics: Mapping[str, Any]) -> Tokens | None:
    if not metrics:
        return None
    extra = mapping(metrics.get("extra"))
    return Tokens(
        input=whole(metrics.get("prompt_tokens")),
        output=whole(metrics.get("completion_tokens")),
        cached=whole(metrics.get("cached_tokens")),
        cache_written=whole(extra.get("cache_creation_input_tokens")),
        reasoning=whole(extra.get("reasoning_output_tokens", extra.get("reasoning_tokens"))),
    )


def _total(final: Mapping[str, Any]) -> Tokens | None:
    return Tokens(
        input=whole(final.get("total_prompt_tokens")),
        output=whole(final.get("total_completion_tokens")),
        cached=whole(final.get("total_cached_tokens")),
    )


def _agent_name(found: Mapping[str, Any]) -> str:
    return text(mapping(found.get("agent")).get("name"))


def _deviation(value: object) -> dict[str, AttributeValue | None]:
    """Where the file departs from its specification, as the format's own models see it."""
    try:
        Trajectory.model_validate(value)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        return {_NOT_VALID: f"{'.'.join(map(str, first['loc']))}: {first['type']}"}
    except RecursionError:
        return {_NOT_VALID: "nested too deeply"}
    return {}


def _digest(found: Mapping[str, Any]) -> str:
    """What tells a trajectory from another of the same session: how it began, which is the same when it has grown."""
    return hashlib.sha256(to_json(items(found.get("steps"))[:1]).encode(errors="replace")).hexdigest()[:16]


def _identity(found: Mapping[str, Any]) -> str:
    """The session, and how it began: writers that blank the session's id give the same one to all."""
    session = text(found.get("session_id")) or text(found.get("trajectory_id"))
    first = next((mapping(step).get("message") for step in items(found.get("steps"))), "")
    begun = hashlib.sha256(as_text(first).encode(errors="replace")).hexdigest()
    return "\x1f".join((session, _agent_name(found), begun))


def _first_moment(found: Mapping[str, Any]) -> int | None:
    return next(
        (time for step in items(found.get("steps")) if (time := moment_of(mapping(step).get("timestamp")))),
        None,
    )
