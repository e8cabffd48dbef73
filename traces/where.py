"""Conditions as people write them: ``outcome=failed``, ``seconds>30``."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import cast

from traces.errors import QueryError
from traces.fields import Field, field_named
from traces.index import Operator, Where

_CONDITION = re.compile(r"\s*(?P<field>\w+)\s*(?P<operator>!=|>=|<=|=|>|<)(?P<value>.*)", re.DOTALL)


def parse_where(text: str) -> Where:
    """The condition that ``text`` states; an empty value stands for "none" (``error=`` holds without one).

    Raises ``QueryError`` for a text that is no condition, a field that does not exist, and a comparison
    or value that the field does not take.
    """
    match = _CONDITION.fullmatch(text)
    if match is None:
        raise QueryError(f"{text!r} is no condition; write FIELD OPERATOR VALUE, such as outcome=failed")
    where = Where(
        field=match["field"], operator=cast("Operator", match["operator"]), value=match["value"].strip()
    )
    check_where(where)
    return where


def check_where(where: Where) -> Field:
    """The field of a condition that makes sense; raises ``QueryError`` for one that does not."""
    field = field_named(where.field)
    if field.kind in {"number", "time"}:
        number_value(field, where.value)
    elif where.operator not in {"=", "!="}:
        raise QueryError(f"{field.name} is a text; compare it with = or !=, not {where.operator}")
    return field


def number_value(field: Field, value: str) -> float:
    """The number that a condition on a number or time compares with; a time in Unix seconds."""
    try:
        return float(value)
    except ValueError:
        pass
    if field.kind == "number":
        raise QueryError(f"{field.name} is a number, and {value!r} is none")
    try:
        time = datetime.fromisoformat(value)
    except ValueError:
        raise QueryError(f"{value!r} is no time; write 2026-01-31 or 2026-01-31T12:00:00") from None
    return (time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp()
