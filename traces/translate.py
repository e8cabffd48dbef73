"""The translation of what arrives into normal form: each span by at most one dialect or agent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from traces.agents.registry import AGENTS
from traces.agents.telemetry import Told
from traces.dialects.all_dialects import DIALECTS
from traces.dialects.evaluation_events import EVENT, evaluation_span
from traces.otlp.log_record import LogRecord
from traces.span import Span

_MARKERS = frozenset[str]().union(*(dialect.markers for dialect in DIALECTS))
_Item = TypeVar("_Item", Span, LogRecord)
_DETAILS = "gen_ai.client.inference.operation.details"


@dataclass(frozen=True, kw_only=True)
class TranslatedLogs:
    """The spans that log records became, and how many became none, by a short reason without content."""

    spans: list[Span]
    dropped: Counter[str] = field(default_factory=Counter)


def translate_spans(spans: Sequence[Span]) -> list[Span]:
    """The spans in normal form; one that is in today's names already, or in nobody's, passes unchanged.

    The agents' translators see the whole batch first; what is none of theirs is read by at most one dialect,
    each span by itself. A span may become several (tool calls that only a model call's messages tell of).
    """
    translated: list[Span] = []
    rest: Sequence[Span] = spans
    for agent in AGENTS:
        told = agent.from_spans(rest)
        translated += told.spans
        rest = _left(rest, told)
    for span in rest:
        if _MARKERS.isdisjoint(span.attributes):
            translated.append(span)
        else:
            translated += _by_dialect(span)
    return translated


def translate_logs(records: Sequence[LogRecord]) -> TranslatedLogs:
    """The spans that log records tell of; every record that tells of none is counted.

    Evaluations become spans, whoever sent them. ``gen_ai.client.inference.operation.details`` repeats what the
    span of the call says, and one cannot know here whether that span exists: it becomes none, so that no call
    counts twice; only an agent's own translator, which knows its spans, may read it.
    """
    spans: list[Span] = []
    dropped: Counter[str] = Counter()
    rest: Sequence[LogRecord] = records
    for agent in AGENTS:
        told = agent.from_logs(rest)
        spans += told.spans
        dropped.update(told.dropped.values())
        rest = _left(rest, told)
    for record in rest:
        span = evaluation_span(record) if record.name == EVENT else None
        if span is None:
            dropped[_reason(record)] += 1
        else:
            spans.append(span)
    return TranslatedLogs(spans=spans, dropped=dropped)


def _by_dialect(span: Span) -> Iterable[Span]:
    for dialect in DIALECTS:
        if not dialect.markers.isdisjoint(span.attributes):
            translated = dialect.translate(span)
            if translated is not None:
                return translated
    return (span,)


def _left(items: Sequence[_Item], told: Told) -> Sequence[_Item]:
    """The items that the agent knows nothing of."""
    if not told.used and not told.dropped:
        return items
    return [item for index, item in enumerate(items) if index not in told.used and index not in told.dropped]


def _reason(record: LogRecord) -> str:
    """Why a record became no span; names of events are not quoted, for anybody can make up any number."""
    if record.name == _DETAILS:
        return "operation details: the call's span says the same"
    if record.name == EVENT:
        return "evaluation without a run"
    return "log record of no known agent"
