"""The collections: one of spans, one of runs, each with versions behind an alias."""

from __future__ import annotations

import string
from collections.abc import Iterable
from dataclasses import dataclass

from traces.fields import FIELDS, Field
from traces.typesense_index.server import Json

VERSION = 1  # of the documents' shape; a collection of another version is rebuilt
FIRST = "first"
VECTOR = "vector"
VECTOR_PARAMETERS = {"type": "float[]", "optional": True}
# Words are what SQLite's unicode61 takes for words: letters and digits, and every sign between is a border.
SEPARATORS = sorted(string.punctuation)


@dataclass(frozen=True, kw_only=True)
class Names:
    """The collections or aliases that an index reads and writes."""

    spans: str
    runs: str


def aliases(prefix: str) -> Names:
    """The names that stay the same."""
    return Names(spans=f"{prefix}_spans", runs=f"{prefix}_runs")


def versioned(prefix: str, stamp: str) -> Names:
    """The collections that an alias stands for."""
    return Names(spans=f"{prefix}_spans_v{VERSION}_{stamp}", runs=f"{prefix}_runs_v{VERSION}_{stamp}")


def is_this_version(prefix: str, collection: str) -> bool:
    """Whether a collection of spans has documents of this shape."""
    return collection.startswith(f"{prefix}_spans_v{VERSION}_")


def key_field(name: str) -> str:
    """Where the keys of a text or annotation are."""
    return f"{name}_key"


def number_field(name: str) -> str:
    """Where a number or time is, in billionths."""
    return f"{name}_billionths"


def spans_schema(name: str, fields: Iterable[Field] = FIELDS) -> Json:
    """The schema of a collection of spans."""
    own: list[Json] = [
        {"name": "text", "type": "string", "optional": True},
        {"name": "order", "type": "string", "sort": True},
        {"name": "agentic", "type": "bool"},
        {"name": "written", "type": "string"},
    ]
    return _schema(name, [*own, *(entry for field in fields for entry in span_entries(field))])


def runs_schema(name: str, fields: Iterable[Field] = FIELDS) -> Json:
    """The schema of a collection of runs, which begins without vectors."""
    own: list[Json] = [
        {"name": "agentic", "type": "bool", "optional": True},
        {"name": "present", "type": "bool"},
    ]
    of_runs = (field for field in fields if field.level == "run")
    return _schema(name, [*own, *(entry for field in of_runs for entry in run_entries(field))])


def vector_entry(dimensions: int) -> Json:
    """The field that is added when the first vector comes and its length is known."""
    return {"name": VECTOR, **VECTOR_PARAMETERS, "num_dim": dimensions}


def span_entries(field: Field) -> list[Json]:
    """The entries of a field in the schema of spans."""
    if field.kind in {"number", "time"}:
        return [{"name": number_field(field.name), "type": "int64", "optional": True}]
    type_ = "string[]" if field.kind == "annotation" else "string"
    return [
        {"name": field.name, "type": type_, "facet": True, "optional": field.name != "run"},
        # The run's key is a facet too, to count the spans of the runs that are nearest to a vector.
        {"name": key_field(field.name), "type": type_, "facet": field.name == "run", "optional": True},
    ]


def run_entries(field: Field) -> list[Json]:
    """The entries of a field in the schema of runs: what filters need."""
    if field.kind in {"number", "time"}:
        return [{"name": number_field(field.name), "type": "int64", "optional": True}]
    type_ = "string[]" if field.kind == "annotation" else "string"
    return [{"name": key_field(field.name), "type": type_, "optional": True}]


def _schema(name: str, fields: list[Json]) -> Json:
    return {
        "name": name,
        "enable_nested_fields": False,
        "token_separators": SEPARATORS,
        "fields": fields,
    }
