"""Gemini CLI's spans: one trace for each model call and each batch of tools, moved into one run."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Final

from traces import attributes as names
from traces.agents.draft import Failure, RunDraft, Stated, messages_text, origin
from traces.agents.gemini_calls import GRACE_NS, SOURCE, answer_parts, arguments_of, chat_id, tool_id
from traces.agents.reading import compact, count_of, document_of, object_of
from traces.read_attributes import text_of
from traces.span import AttributeValue, Span

_CALL_ID = "gen_ai.tool.call_id"
_PROMPT = "gen_ai.prompt.name"
_NOT_KEPT = frozenset(
    {
        names.OPERATION,
        names.AGENT_NAME,
        names.CONVERSATION,
        names.INPUT_MESSAGES,  # the history, again
        names.OUTPUT_MESSAGES,
        names.SYSTEM_INSTRUCTIONS,  # on the root
        names.TOOL_DEFINITIONS,  # on the root
        "gen_ai.agent.description",
        "gen_ai.tool.description",
    }
)
_CUT = "...[TRUNCATED: original length "
_RESULTS = ('"response":{"output":', '"response":{"error":')


class GeminiSpans:
    """One session, as far as a batch of spans tells of it."""

    def __init__(self, session: str, span: Span) -> None:
        self._draft = RunDraft(source=SOURCE, conversation=session, resource=span.resource, scope=span.scope)

    def read(self, span: Span) -> None:
        """Takes in one span."""
        translate = _OPERATIONS.get(text_of(span.attributes, names.OPERATION) or span.name)
        if translate is None or not translate(self, span):
            self._draft.move(span, {**_rest(span), **_content(span)})

    def finish(self) -> list[Span]:
        """The spans."""
        return self._draft.finish(SOURCE)

    def asked(self, span: Span) -> bool:
        """A model call; one without tokens got no answer, or one that the agent cut off."""
        found = span.attributes
        self._draft.know({key: found.get(key) for key in (names.SYSTEM_INSTRUCTIONS, names.TOOL_DEFINITIONS)})
        asked, said = count_of(found, names.INPUT_TOKENS), count_of(found, names.OUTPUT_TOKENS)
        if asked is None or said is None:
            self._draft.move(span, {**_rest(span), **_answer(span), names.ASIDE: "unanswered"})
            return True
        prompt = text_of(found, _PROMPT)
        span_id = chat_id(self._draft, prompt=prompt, start_ns=span.start_ns, counts=(asked, said))
        self._draft.chat(
            span_id,
            # The log of the same call knows its thoughts and what was cached.
            (span.start_ns, span.end_ns - GRACE_NS),
            model=text_of(found, names.REQUEST_MODEL),
            attributes={**_rest(span), **_answer(span), **origin(span)},
        )
        return True

    def called(self, span: Span) -> bool:
        """A tool call, if it says what was asked: without that no log is known to be of the same call."""
        request = _request(span)
        arguments = arguments_of(request.get("args"))
        name = text_of(span.attributes, names.TOOL_NAME) or str(request.get("name", ""))
        if arguments is None or span.parent_id is None:
            return False
        output = text_of(span.attributes, names.OUTPUT_MESSAGES)
        # Of a result that was cut, the log knows more: the exit code may stand in what is missing.
        end = span.end_ns if object_of(output) else span.end_ns - 2 * GRACE_NS
        self._draft.tool(
            tool_id(self._draft, batch=span.parent_id, name=name, arguments=arguments),
            (span.start_ns, end),
            name=name,
            attributes={
                **_rest(span, _CALL_ID),
                **_outcome(output),
                names.TOOL_CALL_ID: text_of(span.attributes, _CALL_ID),
                names.TOOL_ARGUMENTS: compact(arguments),
                **origin(span),
            },
            failure=_failure(output),
        )
        return True

    def scheduled(self, span: Span) -> bool:
        """A batch of tool calls. Those that were refused before they ran have no span but this."""
        calls = document_of(text_of(span.attributes, names.OUTPUT_MESSAGES))
        for index, call in enumerate(calls if isinstance(calls, list) else []):
            found = object_of(call)
            if found.get("status") == "error" and "invocation" not in found:
                self._refused(span, found, span.start_ns + index)
        self._draft.move(span, _rest(span))
        return True

    def _refused(self, span: Span, call: Mapping[str, object], start: int) -> None:
        request = object_of(call.get("request"))
        arguments, name = arguments_of(request.get("args")), str(request.get("name", ""))
        text = compact(call)
        if arguments is None:
            return
        self._draft.tool(
            tool_id(self._draft, batch=span.span_id, name=name, arguments=arguments),
            (start, max(start, span.end_ns)),
            name=name,
            attributes={
                **_outcome(text),
                names.TOOL_CALL_ID: str(request.get("callId", "")),
                names.TOOL_ARGUMENTS: compact(arguments),
                **origin(span),
            },
            failure=_failure(text),
        )


_Operation = Callable[[GeminiSpans, Span], bool]
_OPERATIONS: Final[Mapping[str, _Operation]] = {
    "llm_call": GeminiSpans.asked,
    "tool_call": GeminiSpans.called,
    "schedule_tool_calls": GeminiSpans.scheduled,
}


def _rest(span: Span, *said: str) -> dict[str, AttributeValue]:
    return {k: v for k, v in span.attributes.items() if k not in _NOT_KEPT and k not in said}


def _content(span: Span) -> Stated:
    return {key: span.attributes.get(key) for key in (names.INPUT_MESSAGES, names.OUTPUT_MESSAGES)}


def _answer(span: Span) -> Stated:
    parts = answer_parts(text_of(span.attributes, names.OUTPUT_MESSAGES))
    return {names.OUTPUT_MESSAGES: messages_text("assistant", parts)}


def _request(span: Span) -> dict[str, object]:
    """What the tool was asked for: the call's input, or the part of its output that repeats it."""
    request = object_of(text_of(span.attributes, names.INPUT_MESSAGES))
    return request or object_of(object_of(text_of(span.attributes, names.OUTPUT_MESSAGES)).get("request"))


def _outcome(text: str) -> Stated:
    """Result and exit code of a tool call's output; of one that was cut, as much of the result as is left."""
    call = object_of(text)
    if not call:
        return {names.TOOL_RESULT: _salvaged(text)}
    response = object_of(call.get("response"))
    code = object_of(response.get("data")).get("exitCode")
    return {
        names.TOOL_RESULT: "\n".join(filter(None, map(_result, _list(response.get("responseParts"))))),
        names.EXIT_CODE: code if isinstance(code, int) and not isinstance(code, bool) else None,
    }


def _failure(text: str) -> Failure | None:
    call = object_of(text)
    status = call.get("status") if call else "error" if text.startswith('{"status":"error"') else ""
    if status != "error":
        return None
    response = object_of(call.get("response"))
    kind = response.get("errorType")
    message = "\n".join(filter(None, map(_result, _list(response.get("responseParts")))))
    return Failure(type=kind if isinstance(kind, str) and kind else "tool_error", message=message)


def _result(part: object) -> str:
    response = object_of(object_of(object_of(part).get("functionResponse")).get("response"))
    return next((text for text in map(response.get, ("output", "error")) if isinstance(text, str)), "")


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _salvaged(text: str) -> str:
    """The beginning of the result in a JSON text that was cut in the midst of it, and the remark that it was."""
    for mark in _RESULTS:
        _, found, rest = text.partition(mark)
        if found and rest.startswith('"'):
            return _beginning(rest)
    return ""


def _beginning(text: str) -> str:
    complete = _decoded(text)
    if complete:
        return complete
    left, cut, length = text.rpartition(_CUT)
    left = left or text
    # An escape may be cut too: of the longest, at most six characters are left.
    beginnings = (_decoded(left[: len(left) - short] + '"') for short in range(7))
    found = next(filter(None, beginnings), "")
    return f"{found}{cut}{length}" if found else ""


def _decoded(text: str) -> str:
    """The JSON string with which a text begins; empty where it begins with none."""
    try:
        found, _ = json.JSONDecoder().raw_decode(text)
    except (ValueError, RecursionError):
        return ""
    return found if isinstance(found, str) else ""
