"""Conditions as Typesense's filters, in which no value is ever written out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from traces.index import Where
from traces.typesense_index.schema import key_field, number_field
from traces.typesense_index.values import billionths, key_of
from traces.where import check_where, number_value

ALL = f"{key_field('run')}:!=nothing"
NOTHING = f"{key_field('run')}:=nothing"
PRESENT = "present:=true"
AGENTIC = "agentic:=true"
_NUMBER_OPERATORS = {"=": ":=", "!=": ":!=", ">": ":>", ">=": ":>=", "<": ":<", "<=": ":<="}


def filter_of(where: Where) -> str:
    """The filter that a condition stands for; raises ``QueryError`` for one that makes no sense."""
    field = check_where(where)
    if field.kind in {"number", "time"}:
        value = number_value(field, where.value)
        if value != value:  # noqa: PLR0124 - the one number that is not equal to itself
            return ALL if where.operator == "!=" else NOTHING
        return f"{number_field(field.name)}{_NUMBER_OPERATORS[where.operator]}{billionths(value)}"
    operator = ":=" if where.operator == "=" else ":!="
    return f"{key_field(field.name)}{operator}{key_of(where.value)}"


def all_of(conditions: Iterable[str]) -> str:
    """The filter that holds where all do."""
    return " && ".join(conditions)


def one_of(field: str, values: Sequence[str]) -> str:
    """The filter that holds where a field has one of some keys or ids; nothing where there are none."""
    return f"{field}:=[{','.join(values)}]" if values else NOTHING


def among_runs(run_keys: Sequence[str]) -> str:
    """The filter for what belongs to these runs."""
    return one_of(key_field("run"), run_keys)
