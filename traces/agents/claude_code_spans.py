"""Claude Code's spans (a beta): one trace for each prompt, moved into the run of the session."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from traces import attributes as names
from traces.agents import claude_code_calls as calls
from traces.agents.draft import Failure, RunDraft, origin, text_message
from traces.agents.reading import compact, shown_of, truth_of
from traces.read_attributes import text_of
from traces.span import Span

_REQUEST = "claude_code.llm_request"
_TOOL = "claude_code.tool"
_EXECUTION = "claude_code.tool.execution"
_INTERACTION = "claude_code.interaction"
_OUTPUT_EVENT = "tool.output"


class ClaudeCodeSpans:
    """The spans of one session that a batch holds."""

    def __init__(self, session: str, spans: Sequence[Span]) -> None:
        first = spans[0]
        self._draft = RunDraft(
            source=calls.SOURCE, conversation=session, resource=first.resource, scope=first.scope
        )
        self._spans = spans
        self._ids = {(span.trace_id, span.span_id): self._id(span) for span in spans}
        self._executions = {
            (span.trace_id, span.parent_id): span for span in spans if span.name == _EXECUTION
        }

    def tell(self) -> list[Span]:
        """The session's spans, moved."""
        for span in self._spans:
            self._draft.know(calls.common(span.attributes))
            if span.name == _REQUEST:
                self._chat(span)
            elif span.name == _TOOL:
                self._tool(span)
            else:
                self._move(span)
        return self._draft.finish(calls.SOURCE)

    def _id(self, span: Span) -> str:
        if span.name == _REQUEST:
            return calls.chat_id(self._draft, span.attributes, span.end_ns)
        if span.name == _TOOL:
            return calls.tool_id(self._draft, span.attributes, span.span_id)
        return self._draft.moved_id(span)

    def _chat(self, span: Span) -> None:
        found = span.attributes
        failure = None
        if truth_of(found, "success") is False or span.status == "error":
            kind = text_of(found, "status_code") or text_of(found, names.ERROR_TYPE) or "api_error"
            failure = Failure(type=kind, message=text_of(found, "error") or span.status_message)
        self._draft.chat(
            self._id(span),
            (span.start_ns, span.end_ns - calls.GRACE_NS),
            model=text_of(found, "model") or text_of(found, names.REQUEST_MODEL),
            attributes={**calls.chat_attributes(found), **origin(span)},
            failure=failure,
            events=span.events,
        )

    def _tool(self, span: Span) -> None:
        output = _output_of(span)
        attributes = {**calls.tool_attributes(span.attributes), **origin(span)}
        attributes.update({key: value for key, value in output.items() if value})
        # With its content a span knows more than the log of the same call, without it less.
        end = span.end_ns if output else span.end_ns - calls.GRACE_NS
        self._draft.tool(
            self._id(span),
            (span.start_ns, end),
            name=text_of(span.attributes, "tool_name"),
            attributes=attributes,
            failure=self._failure(span),
            events=tuple(event for event in span.events if event.name != _OUTPUT_EVENT),
        )

    def _failure(self, span: Span) -> Failure | None:
        """A tool's own span never fails: its execution does."""
        run = self._executions.get((span.trace_id, span.span_id))
        if run is None or (truth_of(run.attributes, "success") is not False and run.status != "error"):
            return None
        message = text_of(run.attributes, "error") or run.status_message
        kind = text_of(run.attributes, names.ERROR_TYPE) or message.partition(":")[0][:100]
        return Failure(type=kind if kind and " " not in kind else "tool_error", message=message)

    def _move(self, span: Span) -> None:
        """Any other span: below what it was below, as far as that can be told."""
        call_id = text_of(span.attributes, "tool_use_id")
        above = self._draft.span_id("tool", call_id) if call_id and span.name != _INTERACTION else ""
        parent = self._ids.get((span.trace_id, span.parent_id or ""), above)
        attributes = {key: value for key, value in span.attributes.items() if key != names.OPERATION}
        if span.name == _INTERACTION:
            asked = text_message("user", shown_of(span.attributes, "user_prompt"))
            self._draft.know({names.INPUT_MESSAGES: asked})
            attributes.pop("user_prompt", None)
            attributes.update({names.INPUT_MESSAGES: asked} if asked else {})
        self._draft.move(span, attributes, parent_id=parent)


def _output_of(span: Span) -> Mapping[str, str]:
    """Result and arguments from the event that holds a tool's content, where content is told."""
    found = next((event.attributes for event in span.events if event.name == _OUTPUT_EVENT), None)
    if found is None:
        return {}
    told = {"command": shown_of(found, "bash_command"), "file_path": shown_of(found, "file_path")}
    arguments = {key: value for key, value in told.items() if value}
    return {
        names.TOOL_RESULT: shown_of(found, "output") or shown_of(found, "content"),
        names.TOOL_ARGUMENTS: compact(arguments) if arguments else "",
    }
