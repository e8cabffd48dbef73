"""Conditions are read as people write them, and mistakes name the way out."""

from __future__ import annotations

import pytest

from traces.errors import QueryError
from traces.fields import FIELDS, field_named
from traces.index import Where
from traces.where import number_value, parse_where


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("outcome=failed", Where(field="outcome", operator="=", value="failed")),
        (" tool != bash ", Where(field="tool", operator="!=", value="bash")),
        ("seconds>=1.5", Where(field="seconds", operator=">=", value="1.5")),
        ("steps<10", Where(field="steps", operator="<", value="10")),
        ("error=", Where(field="error", operator="=", value="")),
        ("cause=a=b", Where(field="cause", operator="=", value="a=b")),
        ("time>2026-01-31", Where(field="time", operator=">", value="2026-01-31")),
        ("label=two words", Where(field="label", operator="=", value="two words")),
    ],
)
def test_conditions(text: str, where: Where) -> None:
    """Field, operator and value, with spaces around them or not."""
    assert parse_where(text) == where


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "write FIELD OPERATOR VALUE"),
        ("outcome", "write FIELD OPERATOR VALUE"),
        ("=failed", "write FIELD OPERATOR VALUE"),
        ("color=red", "no field 'color'; choose from run, outcome, "),
        ("tool>bash", "compare it with = or !="),
        ("signal<3", "compare it with = or !="),
        ("seconds>soon", "seconds is a number"),
        ("time>yesterday", "write 2026-01-31"),
    ],
)
def test_mistakes(text: str, message: str) -> None:
    """Each says what to write instead."""
    with pytest.raises(QueryError, match=message):
        parse_where(text)


def test_times_are_utc_unless_they_say_otherwise() -> None:
    """Dates, times, zones and Unix seconds."""
    time = field_named("time")

    assert number_value(time, "1970-01-02") == 86_400
    assert number_value(time, "1970-01-01T01:00:00+01:00") == 0
    assert number_value(time, "1970-01-01T00:00:05Z") == 5
    assert number_value(time, "12.5") == 12.5


def test_every_field_has_a_meaning() -> None:
    """They are shown to users."""
    assert all(field.meaning for field in FIELDS)
