"""Files of the Collector's file exporter."""

from __future__ import annotations

import json
from typing import Any

from google.protobuf import json_format
from opentelemetry.proto.trace.v1.trace_pb2 import TracesData

from traces import attributes as names
from traces.importers.importer import Skipped
from traces.importers.otlp_lines import OtlpLines


def test_every_line_is_read(samples: Any, source_of: Any, spans_of: Any) -> None:
    """A line is a message of its own."""
    spans = spans_of(OtlpLines(), source_of(samples["otlp-lines"]))

    assert [span.name for span in spans] == ["chat gpt-5", "chat gpt-5"]
    assert spans[0].attributes[names.INPUT_TOKENS] == 12
    assert spans[0].scope == "my.agent"
    assert spans[0].resource["service.name"] == "coder"


def test_what_is_ours_to_say_is_filed_apart(samples: Any, source_of: Any, spans_of: Any) -> None:
    """A file that claims an outcome changes no verdict."""
    span, *_ = spans_of(OtlpLines(), source_of(samples["otlp-lines"]))

    assert names.OUTCOME not in span.attributes
    assert span.attributes["foreign.flywheel.outcome"] == "passed"


def test_a_broken_line_costs_only_itself(
    samples: Any, source_of: Any, spans_of: Any, skipped_of: Any
) -> None:
    """The lines after it are read."""
    first, second = samples["otlp-lines"].splitlines()
    source = source_of(f"{first}\nnonsense\n\n{second}\n")

    assert len(spans_of(OtlpLines(), source)) == 2
    assert [item.line for item in skipped_of(OtlpLines(), source)] == [2]


def test_a_last_line_that_is_cut_off_yields_its_beginning(
    samples: Any, source_of: Any, spans_of: Any
) -> None:
    """The spans before the cut are whole."""
    message = json.loads(samples["otlp-lines"].splitlines()[0])
    spans = message["resourceSpans"][0]["scopeSpans"][0]["spans"]
    spans.append({**spans[0], "spanId": "00000000000000c2"})
    line = json.dumps(message)
    cut = line[: line.rindex("startTimeUnixNano")]

    found = spans_of(OtlpLines(), source_of(f"{line}\n{cut}"))

    assert len(found) == 3


def test_metrics_are_counted_and_left_out(source_of: Any, skipped_of: Any, spans_of: Any) -> None:
    """They tell of no step."""
    source = source_of('{"resourceMetrics": []}\n')

    assert OtlpLines().recognises(source)
    assert spans_of(OtlpLines(), source) == []
    assert [item.reason for item in skipped_of(OtlpLines(), source)] == ["metrics"]


def test_log_records_that_tell_of_no_step_are_counted(source_of: Any, skipped_of: Any) -> None:
    """Each for itself."""
    record = {"timeUnixNano": "1780000000000000000", "body": {"stringValue": "started"}}
    logs = {"resourceLogs": [{"scopeLogs": [{"logRecords": [record, record]}]}]}

    skipped = skipped_of(OtlpLines(), source_of(logs))

    assert len(skipped) == 2
    assert {item.reason for item in skipped} == {"log record that is no step of a run"}


def test_protobuf_with_lengths_is_read(samples: Any, source_of: Any, spans_of: Any, skipped_of: Any) -> None:
    """Four bytes of length, then the message; one that is cut off is told."""
    message = _protobuf(samples)
    framed = len(message).to_bytes(4, "big") + message
    source = source_of(framed * 2 + framed[:-3])

    assert OtlpLines().recognises(source)
    assert len(spans_of(OtlpLines(), source)) == 2
    assert skipped_of(OtlpLines(), source) == [Skipped(line=3, reason="the last message is cut off")]


def test_a_length_that_cannot_be_ends_the_reading(samples: Any, source_of: Any, skipped_of: Any) -> None:
    """It reserves no memory."""
    message = _protobuf(samples)
    source = source_of(len(message).to_bytes(4, "big") + message + b"\xff\xff\xff\xff\x0a")

    assert [item.reason for item in skipped_of(OtlpLines(), source)] == ["a message that is too long"]


def test_a_document_over_several_lines_is_no_line(samples: Any, source_of: Any) -> None:
    """It is a stored body."""
    assert not OtlpLines().recognises(source_of(samples["otlp-body"]))


def _protobuf(samples: Any) -> bytes:
    message = json.loads(samples["otlp-lines"].splitlines()[0])
    span = message["resourceSpans"][0]["scopeSpans"][0]["spans"][0]
    del span["traceId"], span["spanId"]
    found = json_format.ParseDict(message, TracesData())
    read = found.resource_spans[0].scope_spans[0].spans[0]
    read.trace_id, read.span_id = b"\x01" * 16, b"\x02" * 8
    return bytes(found.SerializeToString())
