"""Times, numbers and texts of log records are read whatever their types."""

from __future__ import annotations

import pytest

from traces.agents.reading import (
    compact,
    count_of,
    document_of,
    duration_ns,
    moments,
    object_of,
    shown_of,
    stated_ns,
    truth_of,
)
from traces.otlp.log_record import LogRecord
from traces.span import AttributeValue


def record(time_ns: int, stated: AttributeValue = "") -> LogRecord:
    """A record of that time, and of what it states itself."""
    return LogRecord(time_ns=time_ns, name="x", attributes={"event.timestamp": stated})


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ("2026-11-21T00:03:00.113Z", 1_795_219_380_113_000_000),
        ("2026-11-21T00:03:00.113", 1_795_219_380_113_000_000),
        ("2026-11-21T01:03:00.113+01:00", 1_795_219_380_113_000_000),
        ("0001-01-01T00:00:00Z", 0),
        ("0001-01-01T00:00:00+23:59", 0),
        ("yesterday at ten", 0),
        ("2" * 5000, 0),
        (17, 0),
    ],
)
def test_a_stated_time(stated: AttributeValue, expected: int) -> None:
    """ISO 8601, in UTC where it does not say; nothing else is a time."""
    assert stated_ns(record(1, stated)) == expected


def test_records_without_a_time_follow_the_one_before() -> None:
    """So that their order is kept; the first ones come with the first that has a time."""
    times = [0, 0, 50, 0, -7, 90, 1 << 70]

    assert moments([record(time) for time in times], lambda item: item.time_ns) == [
        50,
        51,
        50,
        51,
        52,
        90,
        91,
    ]
    assert moments([record(0), record(0)], lambda item: item.time_ns) == [1, 2]
    assert moments([], stated_ns) == []


@pytest.mark.parametrize(
    ("value", "expected"),
    [("42", 42_000_000), (1.5, 1_500_000), (0, 0), (-3, 0), (1e308, 0), ("nan", 0), ("soon", 0), ((1,), 0)],
)
def test_a_duration(value: AttributeValue, expected: int) -> None:
    """Milliseconds as number or text; what is absurd is none."""
    assert duration_ns({"duration_ms": value}) == expected


def test_truth_comes_as_text_too() -> None:
    """Agents write it either way."""
    found = {"a": "true", "b": False, "c": "True", "d": "yes"}

    assert [truth_of(found, key) for key in "abcde"] == [True, False, True, None, None]


def test_counts() -> None:
    """The first that is a number; never below zero, never beyond what can be stored."""
    found: dict[str, AttributeValue] = {"a": "many", "b": "12", "c": -4, "d": 1 << 80}

    assert count_of(found, "a", "b") == 12
    assert [count_of(found, key) for key in "acde"] == [None, 0, (1 << 63) - 1, None]


def test_what_was_redacted_is_not_shown() -> None:
    """Two agents, two words for it."""
    found = {"a": "<REDACTED>", "b": "[REDACTED]", "c": "said"}

    assert [shown_of(found, key) for key in "abcd"] == ["", "", "said", ""]


def test_documents() -> None:
    """JSON that was cut, or nested beyond reason, holds nothing."""
    deep = "[" * 100_000 + "]" * 100_000

    assert [document_of(text) for text in ('{"a": 1}', '{"a', deep, "")] == [{"a": 1}, None, None, None]
    assert object_of('{"a": 1}') == {"a": 1}
    assert object_of([1]) == {}
    assert compact({"a": "ä"}) == '{"a":"ä"}'
    assert compact({1}) == ""
