"""Gemini CLI's log events: its model calls with all tokens, its tool calls with arguments and exit codes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from traces import attributes as names
from traces.agents.draft import Failure, RunDraft, messages_text, text_message
from traces.agents.gemini_calls import GRACE_NS, SOURCE, answer_parts, arguments_of, chat_id, tool_id
from traces.agents.reading import compact, count_of, duration_ns, object_of, shown_of, truth_of
from traces.otlp.log_record import LogRecord
from traces.read_attributes import text_of, texts_of
from traces.span import Attributes, AttributeValue, Span

SESSION = "session.id"
DETAILS = "gen_ai.client.inference.operation.details"
PREFIX = "gemini_cli."
LOOP = "loop_detected"

_COMMON = frozenset({"installation.id", "interactive", "auth_type", "user.email", "experiments.ids"})
_SAID_OTHERWISE = frozenset({"event.name", "event.timestamp", SESSION, *_COMMON})


class GeminiSession:
    """One session, as far as a batch of log records tells of it."""

    def __init__(self, session: str, record: LogRecord) -> None:
        self._draft = RunDraft(
            source=SOURCE, conversation=session, resource=record.resource, scope=record.scope
        )
        self._prompt = ""
        self._last_start: dict[str, int] = {}
        self._alike: dict[tuple[str, str, str, str], int] = {}

    def read(self, record: LogRecord, time: int) -> bool:
        """Takes in one event; whether it told of anything."""
        event = _EVENTS.get(record.name)
        if event is None or not event(self, record, time):
            return False
        self._draft.saw(time)
        self._draft.know({key: record.attributes.get(key) for key in sorted(_COMMON)})
        return True

    def finish(self) -> list[Span]:
        """The spans."""
        return self._draft.finish(SOURCE)

    def configured(self, record: LogRecord, time: int) -> bool:
        """The session's settings."""
        self._draft.know(_rest(record.attributes))
        self._draft.note(record.name, self._draft.span_id(record.name, str(time)), (time, time), {})
        return True

    def prompted(self, record: LogRecord, time: int) -> bool:
        """What the user asked for, and its length where the text is not sent."""
        self._prompt = text_message("user", shown_of(record.attributes, "prompt"))
        self._draft.know({names.INPUT_MESSAGES: self._prompt})
        found = {names.INPUT_MESSAGES: self._prompt, **_rest(record.attributes, "prompt")}
        self._draft.note(record.name, self._draft.span_id(record.name, str(time)), (time, time), found)
        return True

    def detailed(self, record: LogRecord, _time: int) -> bool:
        """The whole of a request or response, again: only what the root may say of all is taken."""
        found = record.attributes
        self._draft.know(
            {
                names.PROVIDER: text_of(found, names.PROVIDER),
                names.SYSTEM_INSTRUCTIONS: text_of(found, names.SYSTEM_INSTRUCTIONS),
            }
        )
        return True

    def answered(self, record: LogRecord, time: int) -> bool:
        """A model call. ``output_token_count`` is without thoughts."""
        found = record.attributes
        start = time - duration_ns(found)
        asked = count_of(found, "input_token_count") or 0
        said = count_of(found, "output_token_count") or 0
        thought = count_of(found, "thoughts_token_count") or 0
        reasons = tuple(dict.fromkeys(reason for reason in texts_of(found, "finish_reasons") if reason))
        attributes: dict[str, AttributeValue | None] = {
            names.RESPONSE_MODEL: text_of(found, "model"),
            names.FINISH_REASONS: reasons,
            names.INPUT_TOKENS: asked,
            names.OUTPUT_TOKENS: said + thought,
            names.CACHED_TOKENS: count_of(found, "cached_content_token_count"),
            names.REASONING_TOKENS: thought,
            names.OUTPUT_MESSAGES: messages_text(
                "assistant", answer_parts(shown_of(found, "response_text")), reasons[-1] if reasons else ""
            ),
        }
        span_id = chat_id(
            self._draft, prompt=text_of(found, "prompt_id"), start_ns=start, counts=(asked, said)
        )
        self._chat(span_id, (start, time), found, attributes, None)
        return True

    def refused(self, record: LogRecord, time: int) -> bool:
        """A model call that failed."""
        found = record.attributes
        kind = text_of(found, "status_code") or text_of(found, "error.type") or "api_error"
        failure = Failure(type=kind, message=text_of(found, "error.message") or text_of(found, "error"))
        span_id = self._draft.span_id("api_error", record.span_id, str(time))
        self._chat(span_id, (time - duration_ns(found), time), found, {}, failure)
        return True

    def called(self, record: LogRecord, time: int) -> bool:
        """A tool call. ``success`` speaks of the tool: what a command exits with stands in the metadata."""
        found = record.attributes
        name, text = text_of(found, "function_name"), text_of(found, "function_args")
        arguments = arguments_of(text)
        code = object_of(text_of(found, "metadata")).get("exitCode")
        failure = None
        if truth_of(found, "success") is False:
            kind = text_of(found, "error_type") or text_of(found, "error.type") or "tool_error"
            failure = Failure(type=kind, message=text_of(found, "error") or text_of(found, "error.message"))
        self._draft.tool(
            self._tool_id(record, time, name, arguments),
            self._times(record, time),
            name=name,
            attributes={
                names.TOOL_ARGUMENTS: text if arguments is None else compact(arguments),
                names.EXIT_CODE: code if isinstance(code, int) and not isinstance(code, bool) else None,
                **_rest(found, "function_name", "function_args", "error.message", "error.type"),
            },
            failure=failure,
        )
        return True

    def noted(self, record: LogRecord, time: int) -> bool:
        """Something that explains what follows, without being a step."""
        span_id = self._draft.span_id(record.name, str(time), record.span_id)
        self._draft.note(record.name, span_id, (time, time), _rest(record.attributes))
        return True

    def _tool_id(
        self, record: LogRecord, time: int, name: str, arguments: Mapping[str, object] | None
    ) -> str:
        """By what was asked where that is sent; else by the moment, for no span tells what was asked either."""
        if record.span_id and arguments is not None:
            return tool_id(self._draft, batch=record.span_id, name=name, arguments=arguments)
        size = text_of(record.attributes, "content_length")
        key = (record.span_id, name, str(time), size)
        self._alike[key] = self._alike.get(key, -1) + 1
        return self._draft.span_id("tool", *key, str(self._alike[key]))

    def _times(self, record: LogRecord, time: int) -> tuple[int, int]:
        """Start and end; calls of one batch start in their order, and give way to a span that knows results."""
        start = time - duration_ns(record.attributes)
        if record.span_id:
            start = max(start, self._last_start.get(record.span_id, 0) + 1)
            self._last_start[record.span_id] = start
        return start, max(start, time - GRACE_NS)

    def _chat(
        self,
        span_id: str,
        times: tuple[int, int],
        found: Attributes,
        attributes: Mapping[str, AttributeValue | None],
        failure: Failure | None,
    ) -> None:
        self._draft.chat(
            span_id,
            times,
            model=text_of(found, "model"),
            attributes={names.INPUT_MESSAGES: self._prompt, **attributes, **_rest(found, *_TRANSLATED)},
            failure=failure,
        )
        self._prompt = ""


_TRANSLATED = (
    "model",
    "model_name",
    "duration",
    "finish_reasons",
    "response_text",
    "error",
    "error.type",
    "error.message",
    "http.status_code",
    "input_token_count",
    "output_token_count",
    "cached_content_token_count",
    "thoughts_token_count",
    "total_token_count",
)

_Event = Callable[[GeminiSession, LogRecord, int], bool]
_EVENTS: Final[Mapping[str, _Event]] = {
    "gemini_cli.config": GeminiSession.configured,
    "gemini_cli.user_prompt": GeminiSession.prompted,
    "gemini_cli.api_response": GeminiSession.answered,
    "gemini_cli.api_error": GeminiSession.refused,
    "gemini_cli.tool_call": GeminiSession.called,
    DETAILS: GeminiSession.detailed,
    LOOP: GeminiSession.noted,
    "gemini_cli.loop_detected": GeminiSession.noted,
    "gemini_cli.chat.content_retry": GeminiSession.noted,
    "gemini_cli.chat.content_retry_failure": GeminiSession.noted,
    "gemini_cli.chat_compression": GeminiSession.noted,
    "gemini_cli.agent.start": GeminiSession.noted,
    "gemini_cli.agent.finish": GeminiSession.noted,
    "gemini_cli.agent.recovery_attempt": GeminiSession.noted,
}
# Told of by other events, or of the program and not of its work.
TOLD_ELSEWHERE = frozenset(
    {
        "gemini_cli.api_request",
        "gemini_cli.file_operation",
        "gemini_cli.edit_strategy",
        "gemini_cli.startup_stats",
        "gemini_cli.model_routing",
        "gemini_cli.ripgrep_fallback",
        "gemini_cli.plan.approval_mode_duration",
    }
)


def _rest(found: Attributes, *said: str) -> dict[str, AttributeValue]:
    """What the event says beyond what was translated."""
    return {k: v for k, v in found.items() if k not in _SAID_OTHERWISE and k not in said}
