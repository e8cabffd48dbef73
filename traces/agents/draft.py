"""A run as far as one batch tells of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from traces import attributes as names
from traces.agents.reading import compact
from traces.calls import AGENT_OPERATION, TOOL_OPERATION
from traces.codec import mend
from traces.ids import derived_span_id, derived_trace_id
from traces.span import AttributeValue, Span, SpanEvent, SpanLink

PARENT_RUN = "flywheel.import.parent_run"  # on a sub-agent's root: the run that it worked for
CACHE_CREATION_TOKENS = "gen_ai.usage.cache_creation.input_tokens"
_CHAT = "chat"
_LONGEST_MESSAGE = 500  # characters of a status; the whole stands in the result
_LONGEST_NAME = 200

Stated = Mapping[str, AttributeValue | None]


@dataclass(frozen=True, kw_only=True)
class Failure:
    """How a call failed: the value of ``error.type``, and a message."""

    type: str
    message: str = ""


class RunDraft:
    """Makes the spans of one run that a batch tells of, and the version of the root that covers them.

    Ids follow from ``source``, the agent's own id of the conversation and the keys that are given, so that
    the same thing gets the same id in every batch and process. Times are in nanoseconds.
    """

    def __init__(
        self, *, source: str, conversation: str, resource: Mapping[str, AttributeValue], scope: str
    ) -> None:
        self.trace_id = derived_trace_id(source, conversation)
        self.root_id = derived_span_id(self.trace_id, "root")
        self._source = source
        self._conversation = conversation
        self._resource = resource
        self._scope = scope
        self._spans: list[Span] = []
        self._known: dict[str, AttributeValue] = {}
        self._times: list[int] = []

    def span_id(self, *key: str) -> str:
        """The id of the thing that the agent itself knows by that key."""
        return derived_span_id(self.trace_id, *key)

    def saw(self, time_ns: int) -> None:
        """The run was alive at that moment."""
        self._times = [min((*self._times, time_ns)), max((*self._times, time_ns))]

    def know(self, attributes: Stated) -> None:
        """What the root says; of several values the first stays."""
        for key, value in _stated(attributes).items():
            self._known.setdefault(key, value)

    def chat(
        self,
        span_id: str,
        times: tuple[int, int],
        *,
        model: str,
        attributes: Stated,
        failure: Failure | None = None,
        events: tuple[SpanEvent, ...] = (),
    ) -> None:
        """A model call; with ``flywheel.import.aside`` among the attributes, one that is no step of the run."""
        operation = None if attributes.get(names.ASIDE) else _CHAT
        found = {names.OPERATION: operation, names.REQUEST_MODEL: model, **attributes}
        self._add(f"{_CHAT} {model}", span_id, times, found, failure, events=events)

    def tool(
        self,
        span_id: str,
        times: tuple[int, int],
        *,
        name: str,
        attributes: Stated,
        failure: Failure | None = None,
        links: tuple[SpanLink, ...] = (),
        events: tuple[SpanEvent, ...] = (),
    ) -> None:
        """A tool call."""
        found = {names.OPERATION: TOOL_OPERATION, names.TOOL_NAME: name, **attributes}
        self._add(f"{TOOL_OPERATION} {name}", span_id, times, found, failure, links=links, events=events)

    def note(
        self, name: str, span_id: str, times: tuple[int, int], attributes: Stated, parent_id: str = ""
    ) -> None:
        """Something that is no step of the run and still worth keeping."""
        self._add(name, span_id, times, attributes, None, parent_id=parent_id)

    def move(self, span: Span, attributes: Stated, *, span_id: str = "", parent_id: str = "") -> None:
        """A span of another trace, moved below the root with these attributes; no step of the run."""
        moved = replace(
            span,
            trace_id=self.trace_id,
            span_id=span_id or self.moved_id(span),
            parent_id=parent_id or self.root_id,
            attributes=_stated({**attributes, **origin(span)}),
        )
        self.saw(span.start_ns)
        self.saw(span.end_ns)
        self._spans.append(moved)

    def moved_id(self, span: Span) -> str:
        """The id that a span of another trace has once it is moved."""
        return self.span_id("span", span.trace_id, span.span_id)

    def finish(self, agent: str) -> list[Span]:
        """All spans, the root's version first; none where the batch told of nothing but the root's absence."""
        if not self._times:
            return []
        root = Span(
            trace_id=self.trace_id,
            span_id=self.root_id,
            parent_id=None,
            name=f"{AGENT_OPERATION} {agent}",
            start_ns=self._times[0],
            end_ns=self._times[1],
            attributes={
                **self._known,
                names.OPERATION: AGENT_OPERATION,
                names.SOURCE: self._source,
                names.AGENT_NAME: agent,
                names.CONVERSATION: mend(self._conversation),
            },
            resource=self._resource,
            scope=self._scope,
        )
        return [root, *self._spans]

    def _add(
        self,
        name: str,
        span_id: str,
        times: tuple[int, int],
        attributes: Stated,
        failure: Failure | None,
        *,
        links: tuple[SpanLink, ...] = (),
        parent_id: str = "",
        events: tuple[SpanEvent, ...] = (),
    ) -> None:
        start = max(0, times[0])
        end = max(start, times[1])
        self.saw(start)
        self.saw(end)
        self._spans.append(
            Span(
                trace_id=self.trace_id,
                span_id=span_id,
                parent_id=parent_id or self.root_id,
                name=mend(name[:_LONGEST_NAME].strip()),
                start_ns=start,
                end_ns=end,
                kind="client" if attributes.get(names.OPERATION) == _CHAT else "internal",
                status="error" if failure else "unset",
                status_message=mend(failure.message[:_LONGEST_MESSAGE]) if failure else "",
                attributes=_stated({**attributes, names.ERROR_TYPE: failure.type if failure else None}),
                events=events,
                links=links,
                resource=self._resource,
                scope=self._scope,
            )
        )


def origin(span: Span) -> dict[str, AttributeValue]:
    """Where a moved span came from."""
    return {names.SOURCE_TRACE: span.trace_id, names.SOURCE_SPAN: span.span_id}


def text_message(role: str, text: str, finish_reason: str = "") -> str:
    """One message of one text, as ``gen_ai.input.messages`` has it; empty for an empty text."""
    return messages_text(role, [{"type": "text", "content": text}] if text else [], finish_reason)


def messages_text(role: str, parts: Sequence[Mapping[str, object]], finish_reason: str = "") -> str:
    """One message of these parts; empty where there are none."""
    if not parts:
        return ""
    ending = {"finish_reason": finish_reason} if finish_reason else {}
    return compact([{"role": role, "parts": list(parts), **ending}])


def _stated(attributes: Stated) -> dict[str, AttributeValue]:
    """The attributes that hold something, their texts such that UTF-8 can hold them."""
    return {
        mend(key): mend(value) if isinstance(value, str) else value
        for key, value in attributes.items()
        if value is not None and value not in ("", ())
    }
