"""Log records of both encodings: the story of agents that tell it in events."""

from __future__ import annotations

import orjson
import pytest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, ArrayValue, KeyValue, KeyValueList
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord as LogMessage
from opentelemetry.proto.logs.v1.logs_pb2 import LogsData, ResourceLogs, ScopeLogs, SeverityNumber

from traces.otlp.decode import decode_logs
from traces.otlp.decoded import DecodedLogs
from traces.otlp.errors import OtlpError
from traces.otlp.log_record import LogRecord

TRACE = "5b8efff798038103d269b633813fc60c"
SPAN = "eee19b7ec3c1b174"


def text(key: str, value: str) -> KeyValue:
    """An attribute with a text."""
    return KeyValue(key=key, value=AnyValue(string_value=value))


def decode(*records: LogMessage) -> list[LogRecord]:
    """What is read of a protobuf request of these records."""
    scoped = ScopeLogs(log_records=records)
    scoped.scope.name = "codex_otel.log_only"
    group = ResourceLogs(scope_logs=[scoped])
    group.resource.attributes.append(text("service.name", "codex_exec"))
    decoded = decode_logs(LogsData(resource_logs=[group]).SerializeToString(), json=False)
    assert decoded.rejected == 0
    return decoded.records


def decode_json(*records: object) -> DecodedLogs:
    """What is read of a JSON request of these records."""
    scoped = {"scope": {"name": "gemini-cli"}, "logRecords": records}
    return decode_logs(orjson.dumps({"resourceLogs": [{"scopeLogs": [scoped]}]}), json=True)


def test_a_record_is_read_whole() -> None:
    """Time, name, body, severity, ids, resource and scope."""
    sent = LogMessage(
        time_unix_nano=5,
        observed_time_unix_nano=9,
        severity_number=SeverityNumber.SEVERITY_NUMBER_INFO,
        severity_text="Information",
        body=AnyValue(string_value="Tool call: bash. Success: true."),
        attributes=[text("event.name", "codex.tool_result"), text("call_id", "call_1")],
        trace_id=bytes.fromhex(TRACE),
        span_id=bytes.fromhex(SPAN),
        event_name="event otel/src/events.rs:1200",
    )

    assert decode(sent) == [
        LogRecord(
            time_ns=5,
            name="codex.tool_result",
            body="Tool call: bash. Success: true.",
            attributes={"event.name": "codex.tool_result", "call_id": "call_1"},
            severity="Information",
            trace_id=TRACE,
            span_id=SPAN,
            resource={"service.name": "codex_exec"},
            scope="codex_otel.log_only",
        )
    ]


def test_the_same_record_in_json() -> None:
    """By either spelling of the names, with numbers as numbers or texts."""
    camel = {
        "timeUnixNano": "0",
        "observedTimeUnixNano": "9",
        "severityNumber": "SEVERITY_NUMBER_WARN2",
        "body": {"stringValue": "retrying"},
        "eventName": "gemini_cli.api_error",
        "traceId": TRACE.upper(),
        "spanId": SPAN,
    }
    snake = {
        "observed_time_unix_nano": 9,
        "severity_number": 14,
        "body": {"string_value": "retrying"},
        "event_name": "gemini_cli.api_error",
        "trace_id": TRACE,
        "span_id": SPAN,
    }
    first, second = decode_json(camel, snake).records

    assert first == second
    assert (first.time_ns, first.severity, first.scope) == (9, "WARN", "gemini-cli")
    assert (first.name, first.body, first.trace_id) == ("gemini_cli.api_error", "retrying", TRACE)


def test_the_time_falls_back_to_the_observed_one() -> None:
    """Codex writes 0; where neither is known it stays 0."""
    records = decode(LogMessage(observed_time_unix_nano=9), LogMessage())

    assert [record.time_ns for record in records] == [9, 0]


def test_bodies_of_structures_are_json_text() -> None:
    """OpenCode writes lists of texts, events have objects, some have none at all."""
    texts = [AnyValue(string_value="message"), AnyValue(string_value='{"a":1}')]
    bodies = [
        AnyValue(array_value=ArrayValue(values=texts)),
        AnyValue(kvlist_value=KeyValueList(values=[text("type", "0")])),
        AnyValue(int_value=7),
        AnyValue(),
    ]

    assert [record.body for record in decode(*[LogMessage(body=body) for body in bodies])] == [
        '["message","{\\"a\\":1}"]',
        '{"type":"0"}',
        "7",
        "",
    ]


def test_the_old_shape_of_json_is_read() -> None:
    """Instrumentation libraries, and one group without a list."""
    record = {"timeUnixNano": 5, "body": {"stringValue": "hello"}}
    old = {"instrumentationLibraryLogs": [{"instrumentationLibrary": {"name": "s"}, "logs": [record]}]}
    (found,) = decode_logs(orjson.dumps(old), json=True).records

    assert (found.body, found.scope) == ("hello", "s")


def test_ids_that_are_not_usable_are_left_empty() -> None:
    """The record tells its story without them."""
    sent = [
        {"traceId": "zz"},
        {"traceId": 7},
        {"traceId": "0" * 32, "spanId": "0" * 16},
        {"spanId": "abc"},
        {},
    ]
    decoded = decode_json(*sent)

    assert decoded.rejected == 0
    assert {(record.trace_id, record.span_id) for record in decoded.records} == {("", "")}


def test_bad_records_cost_only_themselves() -> None:
    """They are counted by reason."""
    decoded = decode_json({"timeUnixNano": "soon"}, {"timeUnixNano": -5}, "record", {"timeUnixNano": "5"})

    assert [record.time_ns for record in decoded.records] == [5]
    assert decoded.reasons == {"time is no number": 1, "time out of range": 1, "no object": 1}
    assert decoded.rejected == 3


def test_a_bad_protobuf_record_costs_only_itself() -> None:
    """A time that no signed number holds."""
    scoped = ScopeLogs(log_records=[LogMessage(time_unix_nano=2**64 - 1), LogMessage(time_unix_nano=5)])
    body = LogsData(resource_logs=[ResourceLogs(scope_logs=[scoped])]).SerializeToString()
    decoded = decode_logs(body, json=False)

    assert [record.time_ns for record in decoded.records] == [5]
    assert decoded.reasons == {"time out of range": 1}


def test_what_is_ours_is_filed_apart() -> None:
    """A log record can no more claim an outcome than a span can."""
    (record,) = decode(
        LogMessage(event_name="flywheel.run.started", attributes=[text("flywheel.outcome", "passed")])
    )

    assert record.name == "foreign.flywheel.run.started"
    assert record.attributes == {"foreign.flywheel.outcome": "passed"}


@pytest.mark.parametrize(
    ("written", "severity"),
    [
        (1, "TRACE"),
        (9, "INFO"),
        ("17", "ERROR"),
        ("FATAL4", "FATAL"),
        (0, ""),
        (99, ""),
        ("loud", ""),
        (None, ""),
    ],
)
def test_severities_by_number_and_name(written: object, severity: str) -> None:
    """Where there is no text of it."""
    (record,) = decode_json({"severityNumber": written}).records

    assert record.severity == severity


@pytest.mark.parametrize("json", [True, False])
def test_a_body_of_something_else_is_an_error(json: bool) -> None:
    """The sender learns that it sent the wrong thing."""
    with pytest.raises(OtlpError):
        decode_logs(b'{"resourceSpans":[]}', json=json)
