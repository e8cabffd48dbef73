"""The translation of what arrives into normal form: each span by at most one dialect or agent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from traces.otlp.log_record import LogRecord
from traces.span import Span


@dataclass(frozen=True, kw_only=True)
class TranslatedLogs:
    """The spans that log records became, and how many became none, by a short reason without content."""

    spans: list[Span]
    dropped: Counter[str] = field(default_factory=Counter)


def translate_spans(spans: Sequence[Span]) -> list[Span]:
    """The spans in normal form; one that is in today's names already, or in nobody's, passes unchanged.

    A span may become several (tool calls that only a model call's messages tell of) and keeps its place.
    """
    return list(spans)


def translate_logs(records: Sequence[LogRecord]) -> TranslatedLogs:
    """The spans that log records tell of; every record that tells of none is counted."""
    return TranslatedLogs(spans=[], dropped=Counter(record.name or "unnamed" for record in records))
