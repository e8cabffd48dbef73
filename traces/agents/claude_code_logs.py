"""Claude Code's log events: its model calls with tokens and cost, its tool calls with what became of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from traces import attributes as names
from traces.agents import claude_code_calls as calls
from traces.agents.draft import Failure, RunDraft, messages_text, text_message
from traces.agents.reading import count_of, duration_ns, shown_of, truth_of
from traces.exit_codes import exit_code_of
from traces.otlp.log_record import LogRecord
from traces.read_attributes import text_of
from traces.span import Attributes, Span

_LATEST_NUMBER = 999_999  # nanoseconds: less than the millisecond to which times are told


class ClaudeCodeSession:
    """One session, as far as a batch of log records tells of it."""

    def __init__(self, session: str, record: LogRecord) -> None:
        self._draft = RunDraft(
            source=calls.SOURCE, conversation=session, resource=record.resource, scope=record.scope
        )
        self._event = ""
        self._prompt = ""
        self._requests: list[tuple[Attributes, int, str]] = []
        self._answers: dict[str, tuple[str, int]] = {}
        self._decisions: dict[str, tuple[Attributes, int]] = {}

    def read(self, record: LogRecord, time: int) -> bool:
        """Takes in one event; whether it told of anything."""
        self._event = event_of(record)
        event = _EVENTS.get(self._event)
        if event is None or not event(self, record.attributes, time):
            return False
        self._draft.saw(time)
        self._draft.know(calls.common(record.attributes))
        return True

    def finish(self) -> list[Span]:
        """The spans; requests have found their answers by now, as far as the batch has both."""
        for found, time, prompt in self._requests:
            self._request(found, time, prompt)
        for request, (answer, time) in self._answers.items():
            self._lone_answer(request, answer, time)
        for found, time in self._decisions.values():
            # It gives way to the version with the result, which ends later, in whatever batch that comes.
            self._tool(found, (time, time), None)
        return self._draft.finish(calls.SOURCE)

    def prompted(self, found: Attributes, time: int) -> bool:
        """What the user asked for, and its length where the text is redacted."""
        self._prompt = text_message("user", shown_of(found, "prompt"))
        self._draft.know({names.INPUT_MESSAGES: self._prompt})
        attributes = {names.INPUT_MESSAGES: self._prompt, **calls.rest(found)}
        attributes.pop("prompt", None)
        self._draft.note(
            "claude_code.user_prompt", self._nth("user_prompt", found, time), (time, time), attributes
        )
        return True

    def requested(self, found: Attributes, time: int) -> bool:
        """A model call; its answer's text is an event of its own."""
        self._requests.append((found, time, self._prompt))
        self._prompt = ""
        return True

    def answered(self, found: Attributes, time: int) -> bool:
        """The text of an answer."""
        return self._answer(found, time, text_message("assistant", shown_of(found, "response")))

    def responded(self, found: Attributes, time: int) -> bool:
        """The body of a response: text and tool calls."""
        return self._answer(
            found, time, messages_text("assistant", calls.answer_parts(text_of(found, "body")))
        )

    def failed(self, found: Attributes, time: int) -> bool:
        """A model call that failed in the end, its retries included."""
        failure = Failure(type=text_of(found, "status_code") or "api_error", message=text_of(found, "error"))
        self._chat(found, time, failure, self._prompt, "")
        return True

    def decided(self, found: Attributes, time: int) -> bool:
        """Whether a call may run. One that may not has no result, and so this is all there is of it."""
        if text_of(found, "decision") == "reject":
            failure = Failure(type="rejected", message=text_of(found, "source"))
            self._tool(found, (time, time), failure)
        elif text_of(found, "tool_use_id"):
            self._decisions.setdefault(text_of(found, "tool_use_id"), (found, time))
        else:
            return False
        return True

    def resulted(self, found: Attributes, time: int) -> bool:
        """A tool call that ran."""
        self._decisions.pop(text_of(found, "tool_use_id"), None)
        failure = None
        if truth_of(found, "success") is False:
            kind = text_of(found, "error_type") or "tool_error"
            failure = Failure(type=kind, message=text_of(found, "error"))
        start = time - duration_ns(found) + self._number(found)
        self._tool(found, (start, max(time, start) + 1), failure)
        return True

    def noted(self, found: Attributes, time: int) -> bool:
        """Something that explains what follows, without being a step."""
        span_id = self._nth(self._event, found, time)
        self._draft.note(f"{calls.PREFIX}{self._event}", span_id, (time, time), calls.rest(found))
        return True

    def _answer(self, found: Attributes, time: int, text: str) -> bool:
        request = text_of(found, "request_id")
        if not request or not text:
            return False
        before, _ = self._answers.get(request, ("", time))
        self._answers[request] = (max(before, text, key=len), time)
        return True

    def _request(self, found: Attributes, time: int, prompt: str) -> None:
        answer, _ = self._answers.pop(text_of(found, "request_id"), ("", 0))
        self._chat(found, time, None, prompt, answer)

    def _lone_answer(self, request: str, answer: str, time: int) -> None:
        """An answer whose request is in another batch: below that model call, for it must not stand in for it."""
        parent = self._draft.span_id("chat", request)
        span_id = self._draft.span_id("answer", request)
        attributes = {names.OUTPUT_MESSAGES: answer, names.RESPONSE_ID: request}
        self._draft.note("claude_code.assistant_response", span_id, (time, time), attributes, parent)

    def _chat(self, found: Attributes, time: int, failure: Failure | None, prompt: str, answer: str) -> None:
        attributes = {names.INPUT_MESSAGES: prompt, names.OUTPUT_MESSAGES: answer}
        self._draft.chat(
            calls.chat_id(self._draft, found, time),
            (time - duration_ns(found), time),
            model=text_of(found, "model"),
            attributes={**attributes, **calls.chat_attributes(found)},
            failure=failure,
        )

    def _tool(self, found: Attributes, times: tuple[int, int], failure: Failure | None) -> None:
        name = text_of(found, "tool_name")
        code = exit_code_of(name, {}, failure.message) if failure else None
        self._draft.tool(
            calls.tool_id(self._draft, found, f"{times[1]} {self._number(found)}"),
            times,
            name=name,
            attributes={names.EXIT_CODE: code, **calls.tool_attributes(found)},
            failure=failure,
        )

    def _nth(self, name: str, found: Attributes, time: int) -> str:
        return self._draft.span_id(name, str(time), text_of(found, "event.sequence"))

    def _number(self, found: Attributes) -> int:
        """The event's number in its session: what orders events of one millisecond."""
        return min(count_of(found, "event.sequence") or 0, _LATEST_NUMBER)


_Event = Callable[[ClaudeCodeSession, Attributes, int], bool]
_NOTES = (
    "api_refusal",
    "api_retries_exhausted",
    "compaction",
    "internal_error",
    "permission_mode_changed",
    "skill_activated",
    "subagent_completed",
)
_EVENTS: Final[Mapping[str, _Event]] = {
    "user_prompt": ClaudeCodeSession.prompted,
    "api_request": ClaudeCodeSession.requested,
    "api_error": ClaudeCodeSession.failed,
    "api_response_body": ClaudeCodeSession.responded,
    "assistant_response": ClaudeCodeSession.answered,
    "tool_decision": ClaudeCodeSession.decided,
    "tool_result": ClaudeCodeSession.resulted,
    **dict.fromkeys(_NOTES, ClaudeCodeSession.noted),
}


def event_of(record: LogRecord) -> str:
    """The event's name without its prefix, which only the body has."""
    return (record.name or record.body[:100]).removeprefix(calls.PREFIX)
