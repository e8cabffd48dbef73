"""Spans as plain objects, in the ways of SDKs, viewers and datasets."""

from __future__ import annotations

import json
from typing import Any

import pytest

from traces import attributes as names
from traces.importers.flat_spans import FlatSpans
from traces.importers.registry import IMPORTERS
from traces.normal import assemble

_TRACE = "0af7651916cd43dd8448eb211c80319c"


def test_lines_become_a_run(samples: Any, source_of: Any, spans_of: Any) -> None:
    """With parents, status, times to the nanosecond and types."""
    root, call = spans_of(FlatSpans(), source_of(samples["flat-spans"]))

    assert (root.parent_id, call.parent_id) == (None, root.span_id)
    assert (root.status, root.status_message, root.scope) == ("error", "gave up", "my.agent")
    assert root.start_ns % 1000 == 1
    assert call.attributes["list"] == ("a", "b")
    assert assemble([root, call]).usage.input_tokens == 5


def test_one_list_is_read_like_lines(samples: Any, source_of: Any, spans_of: Any) -> None:
    """Also when it is printed over many lines, or lies in an object."""
    lines = samples["flat-spans"]
    spans = [json.loads(line) for line in lines.splitlines()]
    expected = spans_of(FlatSpans(), source_of(lines))

    for document in (json.dumps(spans), json.dumps(spans, indent=2), json.dumps({"spans": spans})):
        source = source_of(document)

        assert [importer.name for importer in IMPORTERS if importer.recognises(source)] == ["flat-spans"]
        assert spans_of(FlatSpans(), source) == expected


def test_claims_are_filed_apart(samples: Any, source_of: Any, spans_of: Any) -> None:
    """As of all that is foreign."""
    root, _ = spans_of(FlatSpans(), source_of(samples["flat-spans"]))

    assert names.OUTCOME not in root.attributes
    assert root.attributes["foreign.flywheel.outcome"] == "passed"


def test_the_console_exporter_of_python_is_read(source_of: Any, spans_of: Any) -> None:
    """One pretty object after another, ids with 0x."""
    span = {
        "name": "step",
        "context": {"trace_id": f"0x{_TRACE}", "span_id": "0x00000000000000d1", "trace_state": "[]"},
        "kind": "SpanKind.CLIENT",
        "parent_id": "0x00000000000000d0",
        "start_time": "2026-05-28T20:26:40.000000Z",
        "end_time": "2026-05-28T20:26:41.000000Z",
        "status": {"status_code": "ERROR", "description": "no"},
        "attributes": {"a": 1},
        "events": [{"name": "e", "timestamp": "2026-05-28T20:26:40.5Z", "attributes": {"b": True}}],
        "links": [
            {"context": {"trace_id": f"0x{_TRACE}", "span_id": "0x00000000000000d9"}, "attributes": {}}
        ],
        "resource": {"attributes": {"service.name": "coder"}, "schema_url": ""},
    }
    source = source_of(json.dumps(span, indent=4) + "\n" + json.dumps(span, indent=4) + "\n")

    first, second = spans_of(FlatSpans(), source)

    assert [importer.name for importer in IMPORTERS if importer.recognises(source)] == ["flat-spans"]
    assert first == second
    assert (first.trace_id, first.span_id, first.parent_id) == (
        _TRACE,
        "00000000000000d1",
        "00000000000000d0",
    )
    assert (first.kind, first.status, first.status_message) == ("client", "error", "no")
    assert first.events[0].attributes == {"b": True}
    assert first.links[0].span_id == "00000000000000d9"
    assert first.resource == {"service.name": "coder"}


def test_spans_of_the_javascript_sdk_are_read(source_of: Any, spans_of: Any) -> None:
    """Times as pairs, another numbering of kinds."""
    span = {
        "name": "step",
        "spanContext": {"traceId": _TRACE, "spanId": "00000000000000d1"},
        "parentSpanContext": {"spanId": "00000000000000d0"},
        "kind": 2,
        "startTime": [1_780_000_000, 242_000_000],
        "endTime": [1_780_000_002, 21_415_667],
        "status": {"code": 2},
        "attributes": {"a": "b"},
        "events": [],
    }

    (found,) = spans_of(FlatSpans(), source_of([span]))

    assert found.start_ns == 1_780_000_000_242_000_000
    assert found.end_ns == 1_780_000_002_021_415_667
    assert (found.kind, found.status, found.parent_id) == ("client", "error", "00000000000000d0")


def test_exports_with_dotted_names_are_read(source_of: Any, spans_of: Any) -> None:
    """A table's columns."""
    row = {
        "context.trace_id": _TRACE,
        "context.span_id": "00000000000000d1",
        "parent_id": None,
        "name": "call",
        "status_code": "OK",
        "start_time": "2026-05-28T20:26:40+00:00",
        "attributes.openinference.span.kind": "LLM",
        "attributes.llm.token_count.prompt": 9,
    }

    (found,) = spans_of(FlatSpans(), source_of([row]))

    assert found.parent_id is None
    assert found.status == "ok"
    assert found.attributes[names.INPUT_TOKENS] == 9


def test_nested_attributes_become_dotted(source_of: Any, spans_of: Any) -> None:
    """Of the known names; what the user nested stays one value."""
    span = {
        "trace_id": _TRACE,
        "span_id": "00000000000000d1",
        "attributes": {
            "my": {"own": {"thing": 1}},
            "ai": {"model": {"id": "gpt-5"}},
            "gen_ai": {"tool": {"call": {"arguments": {"path": "a"}}}},
        },
    }

    (found,) = spans_of(FlatSpans(), source_of([span]))

    assert found.attributes["ai.model.id"] == "gpt-5"
    assert found.attributes["my"] == '{"own":{"thing":1}}'
    assert found.attributes[names.TOOL_ARGUMENTS] == '{"path":"a"}'


def test_bare_attributes_are_a_span(source_of: Any, spans_of: Any) -> None:
    """Its ids come from its content."""
    source = source_of({names.OPERATION: "chat", names.INPUT_TOKENS: 97, names.OUTPUT_TOKENS: 52})

    (found,) = spans_of(FlatSpans(), source)

    assert [importer.name for importer in IMPORTERS if importer.recognises(source)] == ["flat-spans"]
    assert found == spans_of(FlatSpans(), source)[0]
    assert assemble([found]).usage.output_tokens == 52


def test_ids_that_are_none_are_derived_and_kept(source_of: Any, spans_of: Any) -> None:
    """UUIDs of spans are too long; parents are derived in the same way."""
    first, second = "550e8400-e29b-41d4-a716-446655440000", "550e8400-e29b-41d4-a716-446655440001"
    base = {"trace_id": "run 1", "attributes": {}}

    parent, child = spans_of(
        FlatSpans(), source_of([{**base, "span_id": first}, {**base, "span_id": second, "parent_id": first}])
    )

    assert child.parent_id == parent.span_id
    assert child.attributes[names.SOURCE_SPAN] == second
    assert child.attributes[names.SOURCE_TRACE] == "run 1"


@pytest.mark.parametrize("broken", ["{", '"text"', '{"a": 1}'])
def test_what_is_no_span_is_skipped(
    broken: str, samples: Any, source_of: Any, spans_of: Any, skipped_of: Any
) -> None:
    """With its line."""
    first, second = samples["flat-spans"].splitlines()
    source = source_of(f"{first}\n{broken}\n{second}")

    assert len(spans_of(FlatSpans(), source)) == 2
    assert [item.line for item in skipped_of(FlatSpans(), source)] == [2]
