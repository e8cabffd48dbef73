"""Log records of JSON bodies."""

from __future__ import annotations

from collections import Counter

from traces.otlp.decoded import DecodedLogs
from traces.otlp.enums import severity_number_of
from traces.otlp.json_body import field, parse_json
from traces.otlp.json_groups import LOGS, items_of
from traces.otlp.json_values import id_digits, nanoseconds_of, read_attributes, read_value, text_of
from traces.otlp.log_record import LogRecord
from traces.otlp.log_rules import body_of, id_of, name_of, severity_of
from traces.otlp.rejection import Rejection
from traces.otlp.rules import time_of
from traces.span import Attributes


def read_json_logs(body: bytes) -> DecodedLogs:
    """The records of an ``ExportLogsServiceRequest`` or ``LogsData``; raises ``OtlpError``."""
    records: list[LogRecord] = []
    reasons: Counter[str] = Counter()
    for item, resource, scope in items_of(parse_json(body), LOGS):
        try:
            records.append(_read_record(item, resource, scope))
        except Rejection as rejection:
            reasons[str(rejection)] += 1
    return DecodedLogs(records=records, rejected=reasons.total(), reasons=reasons)


def _read_record(item: object, resource: Attributes, scope: str) -> LogRecord:
    if not isinstance(item, dict):
        raise Rejection("no object")
    attributes = read_attributes(item.get("attributes"))
    happened = nanoseconds_of(field(item, "timeUnixNano", "time_unix_nano"))
    observed = nanoseconds_of(field(item, "observedTimeUnixNano", "observed_time_unix_nano"))
    number = severity_number_of(field(item, "severityNumber", "severity_number"))
    return LogRecord(
        time_ns=time_of(happened or observed),
        name=name_of(attributes, text_of(field(item, "eventName", "event_name"))),
        body=body_of(read_value(item.get("body"))),
        attributes=attributes,
        severity=severity_of(text_of(field(item, "severityText", "severity_text")), number),
        trace_id=_id(field(item, "traceId", "trace_id"), 32),
        span_id=_id(field(item, "spanId", "span_id"), 16),
        resource=resource,
        scope=scope,
    )


def _id(value: object, length: int) -> str:
    try:
        return id_of(id_digits(value), length)
    except Rejection:
        return ""
