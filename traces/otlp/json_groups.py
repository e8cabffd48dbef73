"""The items of a JSON body (spans, log records, metrics), each with its resource and scope."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from traces.otlp.json_body import Fields, field, groups, object_of, objects
from traces.otlp.json_values import read_attributes, text_of
from traces.span import Attributes


@dataclass(frozen=True, kw_only=True)
class Names:
    """Where a signal's items stand: the names of the groups per resource, of those per scope, and of the items."""

    groups: tuple[str, ...]
    scopes: tuple[str, ...]
    items: tuple[str, ...]


SPANS: Final = Names(
    groups=("resourceSpans", "resource_spans", "batches"),
    scopes=("scopeSpans", "scope_spans", "instrumentationLibrarySpans", "instrumentation_library_spans"),
    items=("spans",),
)
LOGS: Final = Names(
    groups=("resourceLogs", "resource_logs"),
    scopes=("scopeLogs", "scope_logs", "instrumentationLibraryLogs", "instrumentation_library_logs"),
    items=("logRecords", "log_records", "logs"),
)
METRICS: Final = Names(
    groups=("resourceMetrics", "resource_metrics"),
    scopes=(
        "scopeMetrics",
        "scope_metrics",
        "instrumentationLibraryMetrics",
        "instrumentation_library_metrics",
    ),
    items=("metrics",),
)


def items_of(body: object, names: Names) -> Iterator[tuple[object, Attributes, str]]:
    """Each item, its resource (shared by the items of a group) and the name of its scope; raises ``OtlpError``."""
    for group in groups(body, *names.groups):
        resource = read_attributes(object_of(group.get("resource")).get("attributes"))
        for scoped in objects(field(group, *names.scopes)):
            scope = _scope_name(scoped)
            items = field(scoped, *names.items)
            for item in items if isinstance(items, list) else objects(items):
                yield item, resource, scope


def _scope_name(scoped: Fields) -> str:
    found = field(scoped, "scope", "instrumentationLibrary", "instrumentation_library")
    return text_of(object_of(found).get("name"))
