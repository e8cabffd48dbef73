"""Reading log records whose times and types are not to be relied on."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from traces.otlp.log_record import LogRecord
from traces.read_attributes import number_of, text_of, whole_of
from traces.span import Attributes

MILLISECOND_NS = 1_000_000
_LONGEST_MS = 30 * 86_400 * 1_000.0  # a call that claims more than 30 days claims nothing
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST_NS = (1 << 63) - 1
_REDACTED = frozenset({"<REDACTED>", "[REDACTED]"})


def stated_ns(record: LogRecord) -> int:
    """The attribute ``event.timestamp`` (ISO 8601, UTC without an offset) in nanoseconds; 0 where it is none."""
    text = text_of(record.attributes, "event.timestamp")
    if not 10 <= len(text) <= 40:
        return 0
    try:
        moment = datetime.fromisoformat(text)
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return max(0, (aware - _EPOCH) // timedelta(microseconds=1) * 1_000)
    except (ValueError, OverflowError):
        return 0


def moments(records: Sequence[LogRecord], moment: Callable[[LogRecord], int]) -> list[int]:
    """When each record happened, in nanoseconds; one without a time comes a nanosecond after the one before."""
    found = [time if 0 < time <= _LATEST_NS else 0 for time in map(moment, records)]
    last = next((time for time in found if time), 1) - 1
    for index, time in enumerate(found):
        last = time or last + 1
        found[index] = last
    return found


def duration_ns(attributes: Attributes, key: str = "duration_ms") -> int:
    """A duration that is stated in milliseconds, in nanoseconds; 0 where it is none or absurd."""
    milliseconds = number_of(attributes, key) or 0.0
    return int(milliseconds * MILLISECOND_NS) if 0 < milliseconds <= _LONGEST_MS else 0


def truth_of(attributes: Attributes, key: str) -> bool | None:
    """A boolean, also one that came as text; ``None`` where it is neither."""
    return {"true": True, "false": False}.get(text_of(attributes, key).lower())


def count_of(attributes: Attributes, *keys: str) -> int | None:
    """The first of the attributes that is a whole number of tokens; ``None`` where none is."""
    for key in keys:
        if number_of(attributes, key) is not None:
            return max(0, min(whole_of(attributes, key), _LATEST_NS))
    return None


def shown_of(attributes: Attributes, key: str) -> str:
    """The attribute as text; empty where it was redacted."""
    text = text_of(attributes, key)
    return "" if text in _REDACTED else text


def document_of(text: str) -> object:
    """What a JSON text holds; ``None`` where it is none (agents cut long ones)."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def object_of(value: object) -> dict[str, object]:
    """The JSON object that a value or JSON text is; empty for anything else."""
    found = document_of(value) if isinstance(value, str) else value
    return found if isinstance(found, dict) else {}


def compact(value: object) -> str:
    """A value as JSON text without needless space."""
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    except (TypeError, ValueError, RecursionError):
        return ""
