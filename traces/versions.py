"""One span out of several with the same ids: what was sent twice, and what grew."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from traces import attributes as names
from traces.span import AttributeValue, Span


def latest_versions(spans: Iterable[Span]) -> list[Span]:
    """Each span once, in the order of first appearance: of several with the same ids the one that ends last.

    Among equals the first counts. A run's root that an importer or a translator derived arrives once for each
    part of the run that was read: its versions become one that starts with the earliest and ends with the
    latest, with the attributes of all, the later version's first. In a trace that a supervisor announced
    the first span of an id counts, always: nobody who sends a later one replaces the supervisor's.
    """
    versions: dict[tuple[str, str], list[Span]] = {}
    announced: set[str] = set()
    for span in spans:
        versions.setdefault((span.trace_id, span.span_id), []).append(span)
        if span.name == names.RUN_STARTED:
            announced.add(span.trace_id)
    return [
        found[0] if len(found) == 1 or trace_id in announced else one_version(found)
        for (trace_id, _), found in versions.items()
    ]


def one_version(versions: Sequence[Span]) -> Span:
    """What counts of several spans with the same ids, in the order in which they came; at least one."""
    latest_first = sorted(versions, key=lambda span: -span.end_ns)
    if len(latest_first) == 1 or not all(is_derived_root(span) for span in latest_first):
        return latest_first[0]
    attributes: dict[str, AttributeValue] = {}
    for span in reversed(latest_first):
        attributes |= span.attributes
    return replace(
        latest_first[0],
        start_ns=min(span.start_ns for span in latest_first),
        attributes=attributes,
    )


def is_derived_root(span: Span) -> bool:
    """Whether an importer or a translator made the span to be a run's root."""
    found = span.attributes
    return span.parent_id is None and names.SOURCE in found and found.get(names.OPERATION) == "invoke_agent"
