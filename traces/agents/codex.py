"""OpenAI's Codex CLI: its log events are the run; its ~1,000 spans per run are runtime internals."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from traces import attributes as names
from traces.agents.draft import (
    CACHE_CREATION_TOKENS,
    PARENT_RUN,
    Failure,
    RunDraft,
    text_message,
)
from traces.agents.reading import count_of, duration_ns, shown_of, stated_ns, truth_of
from traces.agents.sessions import sort_records
from traces.agents.telemetry import Told
from traces.ids import derived_span_id, derived_trace_id
from traces.otlp.log_record import LogRecord
from traces.read_attributes import number_of, text_of
from traces.span import Attributes, AttributeValue, Span, SpanLink

_SOURCE = "codex"
_PREFIX = "codex."
_SCOPES = "codex_otel"
_CONVERSATION = "conversation.id"
_MAIN_AGENT = "/root"
_HEADER = 400  # characters: what Codex itself says of a command stands before its output
_EXIT_CODE = re.compile(r"^(?:Process exited with code|Exit code:) (-?\d{1,10})$", re.MULTILINE)
_THREAD_ID = re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")
_RUNTIME_MARKS = frozenset({"code.file.path", "code.module.name", "busy_ns"})

# The same on every record of a conversation: on the root is enough.
_COMMON = frozenset(
    {
        "app.version",
        "originator",
        "terminal.type",
        "model",
        "slug",
        "auth_mode",
        "user.account_id",
        "user.email",
    }
)
_SAID_OTHERWISE = frozenset({"event.name", "event.timestamp", _CONVERSATION, *_COMMON})


class Codex:
    """Codex's telemetry. One conversation is one run, a sub-agent's conversation one of its own."""

    @property
    def name(self) -> str:
        """``codex``."""
        return _SOURCE

    def from_logs(self, records: Sequence[LogRecord]) -> Told:
        """Runs of the batch's ``codex.*`` events; what streams between a request and its answer is dropped."""
        found = sort_records(
            records,
            is_mine=_is_codex,
            session_of=_conversation_of,
            moment=lambda record: record.time_ns or stated_ns(record),
            begin=_Conversation,
            stranger="codex: no event of a conversation",
            unread=lambda record: record.name if record.name in _KNOWN else "codex: another event",
        )
        _link_sub_agents(found.sessions)
        return found.told()

    def from_spans(self, spans: Sequence[Span]) -> Told:
        """Codex's spans as they came; what would make them a run of their own is taken away."""
        mine = {index: span for index, span in enumerate(spans) if _is_runtime(span)}
        return Told(spans=[_without_operation(span) for span in mine.values()], used=frozenset(mine))


def _conversation_of(record: LogRecord) -> str:
    return text_of(record.attributes, _CONVERSATION) if record.name.startswith(_PREFIX) else ""


class _Conversation:
    """One conversation, as far as a batch tells of it. A request waits here for its answer."""

    def __init__(self, conversation: str, record: LogRecord) -> None:
        self.draft = RunDraft(
            source=_SOURCE, conversation=conversation, resource=record.resource, scope=record.scope
        )
        self.traces: set[str] = set()
        self.agent = ""
        self.children: set[str] = set()
        self._asked_ns = 0
        self._prompt = ""
        self._decisions: dict[str, tuple[int, Attributes]] = {}

    def read(self, record: LogRecord, time: int) -> bool:
        """Takes in one event; whether it told of anything."""
        self.traces.add(record.trace_id)
        self.agent = self.agent or text_of(record.attributes, "agent_name")
        event = _EVENTS.get(record.name)
        if event is None or not event(self, record, time):
            return False
        self.draft.saw(time)
        self.draft.know({key: record.attributes.get(key) for key in sorted(_COMMON)})
        self.draft.know({names.AGENT_VERSION: text_of(record.attributes, "app.version")})
        return True

    def finish(self) -> list[Span]:
        """The spans; a tool call that was only decided on so far is one that has not ended."""
        for call_id, (time, decision) in self._decisions.items():
            attributes = {names.TOOL_CALL_ID: call_id, **_rest(decision, "tool_name", "call_id")}
            # It gives way to the version with the result, which ends later, in whatever batch that comes.
            self._tool(decision, (time, time), attributes, None)
        self.draft.know({"agent_name": self.agent})
        return self.draft.finish(_SOURCE)

    def starts(self, record: LogRecord, time: int) -> bool:
        """The beginning of a process; a resumed conversation has several."""
        found = record.attributes
        self.draft.know({names.PROVIDER: text_of(found, "provider_name"), **_rest(found)})
        self.draft.note(record.name, self.draft.span_id(record.name, str(time)), (time, time), {})
        return True

    def prompts(self, record: LogRecord, time: int) -> bool:
        """What the user asked for, and its length where the text is redacted."""
        found = record.attributes
        self._prompt = text_message("user", shown_of(found, "prompt"))
        self.draft.know({names.INPUT_MESSAGES: self._prompt})
        attributes = {names.INPUT_MESSAGES: self._prompt, **_rest(found, "prompt")}
        self.draft.note(record.name, self.draft.span_id(record.name, str(time)), (time, time), attributes)
        return True

    def requests(self, record: LogRecord, time: int) -> bool:
        """A request: the start of a model call, or one that failed."""
        found = record.attributes
        start = time - duration_ns(found)
        status = int(number_of(found, "http.response.status_code") or 0)
        message = text_of(found, "error.message")
        if not message and status < 400:
            self._asked_ns = start
            return True
        failure = Failure(type=str(status) if status else "request_failed", message=message)
        self._chat((start, time), found, record, failure, names_of_answer={})
        return True

    def streams(self, record: LogRecord, time: int) -> bool:
        """The end of an answer: the event with the counts (it comes twice, once without), or a cut stream."""
        found = record.attributes
        message = text_of(found, "error.message")
        if message:
            failure = Failure(type="stream_failed", message=message)
            self._chat((self._asked_ns or time, time), found, record, failure, names_of_answer={})
            return True
        if text_of(found, "event.kind") != "response.completed" or "input_token_count" not in found:
            self._asked_ns = self._asked_ns or time
            return False
        answer = {
            names.INPUT_TOKENS: count_of(found, "input_token_count"),
            names.OUTPUT_TOKENS: count_of(found, "output_token_count"),
            names.CACHED_TOKENS: count_of(found, "cached_token_count"),
            CACHE_CREATION_TOKENS: count_of(found, "cache_write_token_count") or None,
            names.REASONING_TOKENS: count_of(found, "reasoning_token_count"),
            names.REASONING_EFFORT: text_of(found, "model_reasoning_effort"),
        }
        self._chat((self._asked_ns or time, time), found, record, None, names_of_answer=answer)
        return True

    def decides(self, record: LogRecord, time: int) -> bool:
        """Whether a call may run; kept until its result comes."""
        found = record.attributes
        call_id = text_of(found, "call_id")
        if call_id:
            self._decisions.setdefault(call_id, (time, found))
        return bool(call_id)

    def results(self, record: LogRecord, time: int) -> bool:
        """A tool call. ``success`` speaks of the tool: a command that exits with 1 is a success."""
        found = record.attributes
        call_id = text_of(found, "call_id")
        decided, decision = self._decisions.pop(call_id, (0, {}))
        output = text_of(found, "output")
        attributes = {
            **_rest(decision, "tool_name", "call_id"),
            names.TOOL_CALL_ID: call_id,
            names.TOOL_ARGUMENTS: text_of(found, "arguments"),
            names.TOOL_RESULT: output,
            names.EXIT_CODE: _exit_code(output),
            **_rest(found, "tool_name", "call_id", "arguments", "output"),
        }
        failure = None
        if truth_of(found, "success") is False:
            failure = Failure(type="tool_error", message=output)
        start = decided if 0 < decided <= time else time - duration_ns(found)
        self._tool(found, (start, max(time, start + 1)), attributes, failure, fallback=str(time))
        return True

    def _tool(
        self,
        found: Attributes,
        times: tuple[int, int],
        attributes: Mapping[str, AttributeValue | None],
        failure: Failure | None,
        fallback: str = "",
    ) -> None:
        name = text_of(found, "tool_name")
        children = _threads(name, text_of(found, "output"))
        self.children.update(children)
        self.draft.tool(
            self.draft.span_id("tool", text_of(found, "call_id") or fallback),
            times,
            name=name,
            attributes=attributes,
            failure=failure,
            links=tuple(_run_link(child) for child in children),
        )

    def _chat(
        self,
        times: tuple[int, int],
        found: Attributes,
        record: LogRecord,
        failure: Failure | None,
        *,
        names_of_answer: Mapping[str, AttributeValue | None],
    ) -> None:
        """A model call. Answers have no id of their own: the moment at which one was seen tells them apart."""
        self.draft.chat(
            self.draft.span_id(record.name, str(times[1]), text_of(found, "attempt")),
            times,
            model=text_of(found, "model"),
            attributes={names.INPUT_MESSAGES: self._prompt, **names_of_answer, **_rest(found, *_COUNTS)},
            failure=failure,
        )
        self._prompt = ""
        self._asked_ns = 0


_COUNTS = (
    "input_token_count",
    "output_token_count",
    "cached_token_count",
    "cache_write_token_count",
    "reasoning_token_count",
    "tool_token_count",
    "model_reasoning_effort",
)

_Event = Callable[[_Conversation, LogRecord, int], bool]
_EVENTS: Final[Mapping[str, _Event]] = {
    "codex.conversation_starts": _Conversation.starts,
    "codex.user_prompt": _Conversation.prompts,
    "codex.api_request": _Conversation.requests,
    "codex.websocket_request": _Conversation.requests,
    "codex.sse_event": _Conversation.streams,
    "codex.tool_decision": _Conversation.decides,
    "codex.tool_result": _Conversation.results,
}
_KNOWN = frozenset({*_EVENTS, "codex.startup_phase", "codex.turn_ttft", "codex.websocket_event"})


def _is_codex(record: LogRecord) -> bool:
    return record.name.startswith(_PREFIX) or record.scope.startswith(_SCOPES)


def _is_runtime(span: Span) -> bool:
    """Whether it is one of the runtime's own: Codex is the service, and the span says where it is in the code."""
    service = span.resource.get("service.name")
    return (
        isinstance(service, str)
        and service.startswith("codex")
        and not _RUNTIME_MARKS.isdisjoint(span.attributes)
    )


def _without_operation(span: Span) -> Span:
    if names.OPERATION not in span.attributes:
        return span
    return replace(span, attributes={k: v for k, v in span.attributes.items() if k != names.OPERATION})


def _rest(found: Attributes, *said: str) -> dict[str, AttributeValue]:
    """What the event says beyond what was translated, without the account of how it was authorised."""
    return {
        key: value
        for key, value in found.items()
        if key not in _SAID_OTHERWISE and key not in said and not key.startswith("auth.")
    }


def _exit_code(output: str) -> int | None:
    """What Codex says above a command's output; the output itself may say anything."""
    header = output[:_HEADER].partition("\nOutput:\n")[0]
    found = _EXIT_CODE.search(header)
    return int(found[1]) if found else None


def _threads(tool: str, output: str) -> tuple[str, ...]:
    """The conversations of the sub-agents that a call started."""
    return tuple(dict.fromkeys(_THREAD_ID.findall(output[:4096]))) if tool == "spawn_agent" else ()


def _run_link(conversation: str) -> SpanLink:
    trace_id = derived_trace_id(_SOURCE, conversation)
    return SpanLink(trace_id=trace_id, span_id=derived_span_id(trace_id, "root"))


def _link_sub_agents(runs: Mapping[str, _Conversation]) -> None:
    """Tells sub-agents' runs whose they are, where the batch holds both.

    They are its whose call to start a sub-agent returned their id, or else the one main agent's whose
    events are in the same trace.
    """
    mains = [run for run in runs.values() if run.agent == _MAIN_AGENT]
    for conversation, run in runs.items():
        parents = [main for main in runs.values() if conversation in main.children and main is not run]
        if not parents and run.agent not in ("", _MAIN_AGENT):
            parents = [main for main in mains if (main.traces & run.traces) - {""}]
        if len(parents) == 1:
            run.draft.know({PARENT_RUN: parents[0].draft.trace_id})
