"""What is read from a body: the good part, and how much was not good and why."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from traces.otlp.log_record import LogRecord
from traces.span import Span


@dataclass(frozen=True, kw_only=True)
class DecodedSpans:
    """The spans of a body, in its order, with what they claim under our names filed apart.

    ``rejected`` is the sum of ``reasons``: short texts without content of the body, the same for the same
    cause.
    """

    spans: list[Span]
    rejected: int
    reasons: Counter[str]


@dataclass(frozen=True, kw_only=True)
class DecodedLogs:
    """The log records of a body, in its order; ``rejected`` is the sum of ``reasons``."""

    records: list[LogRecord]
    rejected: int
    reasons: Counter[str]
