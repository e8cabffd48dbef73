"""What Typesense answers, read into hits and counts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from traces.fields import FIELDS
from traces.index import Hit
from traces.typesense_index.schema import key_field
from traces.typesense_index.server import Json

_SHOWN = tuple(field.name for field in FIELDS if field.kind != "annotation")


def hits_in(result: Json) -> Iterator[Json]:
    """The hits of an answer; of a grouped one the first of each group."""
    for group in result.get("grouped_hits", ()):
        yield group["hits"][0]
    yield from result.get("hits", ())


def facets_in(result: Json, wanted: Sequence[str]) -> dict[str, dict[str, int]]:
    """The counts of each facet, the most frequent value first."""
    counted = {
        facet["field_name"]: {count["value"]: int(count["count"]) for count in facet["counts"]}
        for facet in result.get("facet_counts", ())
    }
    return {
        name: dict(sorted(counted.get(name, {}).items(), key=lambda pair: (-pair[1], pair[0])))
        for name in dict.fromkeys(wanted)
    }


def total_of(result: Json, *, runs: str | None) -> int:
    """How many there are: hits, or of a grouped answer the values of the facet ``runs``."""
    for facet in result.get("facet_counts", ()):
        if runs is not None and facet["field_name"] == runs:
            return int(facet["stats"]["total_values"])
    return int(result["found"])


def is_capped(result: Json) -> bool:
    """Whether the server gave up before it had seen everything."""
    sampled = any(facet.get("sampled") for facet in result.get("facet_counts", ()))
    return bool(result.get("search_cutoff")) or sampled


def read_hit(hit: Json, similarities: Mapping[str, float]) -> Hit:
    """A hit as all indexes show it."""
    document: Mapping[str, Any] = hit["document"]
    values = {name: document.get(name, "") for name in _SHOWN}
    return Hit(
        run_id=document["run"],
        span_id=document["span"],
        name=document.get("name", ""),
        snippet=_snippet(hit) or document.get("beginning", ""),
        fields={name: value for name, value in values.items() if value not in {"", None}},
        similarity=similarities.get(document[key_field("run")]),
    )


def _snippet(hit: Json) -> str:
    found = hit.get("highlight", {}).get("text", {})
    if "snippet" in found:
        return str(found["snippet"])
    # Servers before 0.24 know only the list.
    listed = (entry["snippet"] for entry in hit.get("highlights", ()) if entry.get("field") == "text")
    return next(listed, "")
