"""Traces of Jaeger."""

from __future__ import annotations

from typing import Any

import pytest

from traces import attributes as names
from traces.importers.jaeger import Jaeger
from traces.normal import assemble


def test_a_trace_becomes_a_run(samples: Any, source_of: Any, spans_of: Any) -> None:
    """With the tool call below its agent."""
    run = assemble(spans_of(Jaeger(), source_of(samples["jaeger"])))

    assert run.root is not None
    assert run.root.name == "invoke_agent coder"
    assert [call.name for call in run.tool_calls] == ["bash"]
    assert run.seconds == 2.0


def test_tags_of_opentelemetry_become_what_they_were(samples: Any, source_of: Any, spans_of: Any) -> None:
    """Kind, status and scope; all other tags stay, with their types."""
    root, tool = spans_of(Jaeger(), source_of(samples["jaeger"]))

    assert root.kind == "server"
    assert (tool.status, tool.status_message, tool.scope) == ("error", "it broke", "my.agent")
    assert tool.attributes["size"] == 7
    assert "otel.scope.name" not in tool.attributes
    assert tool.resource == {"service.name": "coder", "host": "h1"}


def test_logs_become_events(samples: Any, source_of: Any, spans_of: Any) -> None:
    """The field ``event`` is their name."""
    _, tool = spans_of(Jaeger(), source_of(samples["jaeger"]))

    assert [(event.name, event.attributes["text"]) for event in tool.events] == [("exception", "boom")]


def test_short_ids_are_filled_up(samples: Any, source_of: Any, spans_of: Any) -> None:
    """Jaeger drops zeros at the beginning."""
    root, tool = spans_of(Jaeger(), source_of(samples["jaeger"]))

    assert tool.span_id == "00000000000000a2"
    assert tool.parent_id == root.span_id


def test_ids_that_are_none_are_derived_and_kept(samples: Any, source_of: Any, spans_of: Any) -> None:
    """They lead back to the source."""
    for span in samples["jaeger"]["data"][0]["spans"]:
        span["traceID"] = "trace number one"

    root, tool = spans_of(Jaeger(), source_of(samples["jaeger"]))

    assert root.trace_id == tool.trace_id
    assert len(root.trace_id) == 32
    assert root.attributes[names.SOURCE_TRACE] == "trace number one"


def test_references_that_are_no_parent_become_links(samples: Any, source_of: Any, spans_of: Any) -> None:
    """Those to other traces, and those that follow from another span."""
    _, tool = samples["jaeger"]["data"][0]["spans"]
    tool["references"] = [
        {"refType": "FOLLOWS_FROM", "traceID": tool["traceID"], "spanID": "a1"},
        {"refType": "CHILD_OF", "traceID": "ff", "spanID": "a1"},
        {"refType": "CHILD_OF"},
    ]

    _, found = spans_of(Jaeger(), source_of(samples["jaeger"]))

    assert found.parent_id is None
    assert [link.trace_id[-2:] for link in found.links] == [tool["traceID"][-2:], "ff"]


def test_the_old_field_for_the_parent_is_read(samples: Any, source_of: Any, spans_of: Any) -> None:
    """There was one before references."""
    tool = samples["jaeger"]["data"][0]["spans"][1]
    tool["references"], tool["parentSpanID"] = [], "a1"

    root, found = spans_of(Jaeger(), source_of(samples["jaeger"]))

    assert found.parent_id == root.span_id


def test_claims_are_filed_apart(samples: Any, source_of: Any, spans_of: Any) -> None:
    """As of all that is foreign."""
    tags = samples["jaeger"]["data"][0]["spans"][0]["tags"]
    tags.append({"key": "flywheel.outcome", "type": "string", "value": "passed"})

    root, _ = spans_of(Jaeger(), source_of(samples["jaeger"]))

    assert root.attributes["foreign.flywheel.outcome"] == "passed"
    assert names.OUTCOME not in root.attributes


def test_a_span_without_an_id_is_skipped(
    samples: Any, source_of: Any, spans_of: Any, skipped_of: Any
) -> None:
    """The others are read."""
    del samples["jaeger"]["data"][0]["spans"][0]["spanID"]
    source = source_of(samples["jaeger"])

    assert len(spans_of(Jaeger(), source)) == 1
    assert [item.reason for item in skipped_of(Jaeger(), source)] == ["a span without an id"]


@pytest.mark.parametrize("start", ["1780000000000000", 1_780_000_000_000_000])
def test_times_are_microseconds(start: object, samples: Any, source_of: Any, spans_of: Any) -> None:
    """Also where they stand as texts."""
    samples["jaeger"]["data"][0]["spans"][0]["startTime"] = start

    root, _ = spans_of(Jaeger(), source_of(samples["jaeger"]))

    assert root.start_ns == 1_780_000_000_000_000_000
