"""Traces as trees of spans."""

from __future__ import annotations

import json
from typing import Any

from traces import attributes as names
from traces.importers.nested_spans import NestedSpans


def test_children_get_their_parents(samples: Any, source_of: Any, spans_of: Any) -> None:
    """And all the trace's id."""
    spans = spans_of(NestedSpans(), source_of(samples["nested-spans"]))

    assert [span.name for span in spans] == ["step 1", "step 2", "step 3"]
    assert [span.parent_id for span in spans] == [None, spans[0].span_id, spans[1].span_id]
    assert {span.trace_id for span in spans} == {samples["nested-spans"]["trace_id"]}


def test_all_parts_of_a_span_are_read(samples: Any, source_of: Any, spans_of: Any) -> None:
    """Durations, status, events, and what its dialect says."""
    span, *_ = spans_of(NestedSpans(), source_of(samples["nested-spans"]))

    assert span.end_ns - span.start_ns == 2_500_000_000
    assert (span.status, span.status_message, span.scope) == ("error", "no", "my.agent")
    assert (span.events[0].name, span.events[0].attributes) == ("log", {"a": "b"})
    assert span.resource == {"service.name": "coder"}
    assert span.attributes[names.OPERATION] == "execute_tool"
    assert span.attributes[names.TOOL_NAME] == "search"


def test_lines_hold_a_trace_each(samples: Any, source_of: Any, spans_of: Any, skipped_of: Any) -> None:
    """A broken one costs only itself."""
    line = json.dumps(samples["nested-spans"])
    other = line.replace(samples["nested-spans"]["trace_id"], "f" * 32)
    source = source_of(f"{line}\nnonsense\n{other}\n")

    assert NestedSpans().recognises(source)
    assert len(spans_of(NestedSpans(), source)) == 6
    assert [item.line for item in skipped_of(NestedSpans(), source)] == [2]


def test_a_span_without_an_id_keeps_its_children(
    samples: Any, source_of: Any, spans_of: Any, skipped_of: Any
) -> None:
    """They go to its parent."""
    root = samples["nested-spans"]["spans"][0]
    del root["child_spans"][0]["span_id"]
    source = source_of(samples["nested-spans"])

    found = spans_of(NestedSpans(), source)

    assert [span.name for span in found] == ["step 1", "step 3"]
    assert found[1].parent_id == found[0].span_id
    assert len(skipped_of(NestedSpans(), source)) == 1


def test_trees_of_any_depth_are_read(samples: Any, source_of: Any, spans_of: Any) -> None:
    """As deep as JSON itself can be read."""
    tree = samples["nested-spans"]
    leaf = tree["spans"][0]["child_spans"][0]["child_spans"][0]
    for number in range(4, 300):
        child = {**leaf, "span_id": f"{number:016x}", "child_spans": []}
        leaf["child_spans"] = [child]
        leaf = child

    assert len(spans_of(NestedSpans(), source_of(tree))) == 299


def test_flat_spans_are_not_trees(samples: Any, source_of: Any) -> None:
    """They have no place for children."""
    assert not NestedSpans().recognises(source_of(samples["flat-spans"]))
