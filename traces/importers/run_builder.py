"""Makes the spans of an imported run in normal form: ids, times, messages, tokens, errors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from traces import attributes as names
from traces.calls import AGENT_OPERATION, TOOL_OPERATION
from traces.codec import mend
from traces.ids import derived_span_id, derived_trace_id
from traces.importers.clock import Clock
from traces.importers.parts import Message
from traces.importers.read_json import as_text, to_json
from traces.span import Attributes, AttributeValue, Span, SpanLink

_CHAT = "chat"
_CACHE_CREATION = "gen_ai.usage.cache_creation.input_tokens"
_LARGEST = 2**63 - 1  # sums may be larger than what a database holds
_MESSAGE_LIMIT = 500  # characters of a status; the whole stands in the result


@dataclass(frozen=True, kw_only=True)
class Tokens:
    """Usage of one model call or of a run: ``input`` includes cached ones, ``output`` reasoning.

    Each is ``None`` where the source does not state it.
    """

    input: int | None = None
    output: int | None = None
    cached: int | None = None
    cache_written: int | None = None
    reasoning: int | None = None


@dataclass(frozen=True, kw_only=True)
class Failure:
    """How a call failed: the value of ``error.type``, and a message."""

    type: str
    message: str = ""


class RunBuilder:
    """Builds the spans of one run below one root; ids are derived from the source's own.

    ``source`` is the importer's name and ``identity`` the source's id of the run. A ``key`` is the source's
    id of a thing (message id, call id); one that comes again, or is empty, is numbered. Times come from
    ``clock``, which the caller ticks; the root covers all spans that were made.
    """

    def __init__(
        self, *, source: str, identity: str, agent: str, clock: Clock, conversation: str = ""
    ) -> None:
        self.clock = clock
        self.trace_id = derived_trace_id(source, identity)
        self.root_id = derived_span_id(self.trace_id, "root", identity)
        self.spans = 0
        self._source = source
        self._agent = agent
        self._conversation = conversation
        self._first: int | None = None
        self._last = 0
        self._uses: dict[tuple[str, str], int] = {}

    def span_id(self, kind: str, key: str) -> str:
        """The id for the next thing of that kind and key; a key used before gets a number."""
        uses = self._uses.get((kind, key), 0) + 1
        self._uses[kind, key] = uses
        return derived_span_id(self.trace_id, kind, key if uses == 1 and key else f"{key}#{uses}")

    def chat(
        self,
        key: str,
        *,
        start_ns: int,
        end_ns: int,
        model: str = "",
        inputs: Sequence[Message] = (),
        outputs: Sequence[Message] = (),
        tokens: Tokens | None = None,
        failure: Failure | None = None,
        more: Mapping[str, AttributeValue | None] | None = None,
        parent_id: str | None = None,
        aside: str = "",
    ) -> Span:
        """A model call. ``inputs`` are the messages that are new since the call before.

        With ``aside`` (why it is no step of the run) it has no operation and so counts for nothing.
        """
        attributes = {
            names.OPERATION: "" if aside else _CHAT,
            names.ASIDE: aside,
            names.RESPONSE_MODEL: model,
            names.FINISH_REASONS: _finish_reasons(outputs),
            names.INPUT_MESSAGES: to_json(list(inputs)) if inputs else "",
            names.OUTPUT_MESSAGES: to_json(list(outputs)) if outputs else "",
            **_usage(tokens),
        }
        return self._span(
            name=f"chat {model}".strip(),
            span_id=self.span_id("chat", key),
            times=(start_ns, end_ns),
            attributes={**attributes, **(more or {})},
            failure=failure,
            parent_id=parent_id or self.root_id,
        )

    def tool(
        self,
        call_id: str,
        *,
        name: str,
        arguments: object,
        start_ns: int,
        end_ns: int,
        result: object = None,
        exit_code: int | None = None,
        failure: Failure | None = None,
        more: Mapping[str, AttributeValue | None] | None = None,
        parent_id: str | None = None,
        span_id: str | None = None,
    ) -> Span:
        """A tool call. ``arguments`` that are a text stay as they are, broken or not; all else is JSON.

        ``span_id`` is one that ``span_id("tool", call_id)`` gave before the call had ended.
        """
        attributes = {
            names.OPERATION: TOOL_OPERATION,
            names.TOOL_NAME: name,
            names.TOOL_CALL_ID: call_id,
            names.TOOL_ARGUMENTS: as_text(arguments),
            names.TOOL_RESULT: as_text(result),
            names.EXIT_CODE: exit_code,
        }
        return self._span(
            name=f"execute_tool {name}".strip(),
            span_id=span_id or self.span_id("tool", call_id),
            times=(start_ns, end_ns),
            attributes={**attributes, **(more or {})},
            failure=failure,
            parent_id=parent_id or self.root_id,
        )

    def agent(
        self,
        span_id: str,
        *,
        name: str,
        start_ns: int,
        end_ns: int,
        parent_id: str,
        more: Mapping[str, AttributeValue | None] | None = None,
    ) -> Span:
        """An agent that worked for this run's agent, below ``parent_id``."""
        return self._span(
            name=f"invoke_agent {name}".strip(),
            span_id=span_id,
            times=(start_ns, end_ns),
            attributes={names.OPERATION: AGENT_OPERATION, names.AGENT_NAME: name, **(more or {})},
            failure=None,
            parent_id=parent_id,
        )

    def root(
        self,
        *,
        start_ns: int | None = None,
        end_ns: int | None = None,
        version: str = "",
        tokens: Tokens | None = None,
        cost_usd: float | None = None,
        failure: Failure | None = None,
        more: Mapping[str, AttributeValue | None] | None = None,
        links: tuple[SpanLink, ...] = (),
    ) -> Span:
        """The run itself, made last: it covers all its spans and the times that are given."""
        known = [time for time in (start_ns, self._first) if time is not None]
        start = min(known, default=self.clock.now)
        attributes: dict[str, AttributeValue | None] = {
            names.OPERATION: AGENT_OPERATION,
            names.SOURCE: self._source,
            names.AGENT_NAME: self._agent,
            names.AGENT_VERSION: version,
            names.CONVERSATION: self._conversation,
            names.RUN_COST: cost_usd,
            **_usage(tokens),
        }
        return self._span(
            name=f"invoke_agent {self._agent}".strip(),
            span_id=self.root_id,
            times=(start, max(end_ns or 0, self._last, start)),
            attributes={**attributes, **(more or {})},
            failure=failure,
            parent_id=None,
            links=links,
        )

    def _span(
        self,
        *,
        name: str,
        span_id: str,
        times: tuple[int, int],
        attributes: Mapping[str, AttributeValue | None],
        failure: Failure | None,
        parent_id: str | None,
        links: tuple[SpanLink, ...] = (),
    ) -> Span:
        start, end = times
        self.spans += 1
        self._first = start if self._first is None else min(self._first, start)
        self._last = max(self._last, end)
        return Span(
            trace_id=self.trace_id,
            span_id=span_id,
            parent_id=parent_id,
            name=mend(name),
            start_ns=start,
            end_ns=max(start, end),
            kind="client" if name.startswith(_CHAT) else "internal",
            status="error" if failure else "unset",
            status_message=mend(failure.message[:_MESSAGE_LIMIT]) if failure else "",
            attributes=_stated({names.ERROR_TYPE: failure.type if failure else "", **attributes}),
            links=links,
            resource={"service.name": self._agent},
            scope=self._source,
        )


def _usage(tokens: Tokens | None) -> dict[str, AttributeValue | None]:
    if tokens is None:
        return {}
    found = {
        names.INPUT_TOKENS: tokens.input,
        names.OUTPUT_TOKENS: tokens.output,
        names.CACHED_TOKENS: tokens.cached,
        _CACHE_CREATION: tokens.cache_written,
        names.REASONING_TOKENS: tokens.reasoning,
    }
    return {key: None if value is None else min(value, _LARGEST) for key, value in found.items()}


def _finish_reasons(outputs: Sequence[Message]) -> tuple[str, ...]:
    return tuple(reason for item in outputs if (reason := item.get("finish_reason")))


def _stated(attributes: Mapping[str, AttributeValue | None]) -> Attributes:
    """The attributes that hold something, their texts such that UTF-8 can hold them."""
    return {
        mend(key): mend(value) if isinstance(value, str) else value
        for key, value in attributes.items()
        if value is not None and value not in ("", ())
    }
