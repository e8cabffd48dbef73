"""Log records of protobuf messages."""

from __future__ import annotations

from collections import Counter

from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord as LogMessage
from opentelemetry.proto.logs.v1.logs_pb2 import LogsData

from traces.otlp.decoded import DecodedLogs
from traces.otlp.log_record import LogRecord
from traces.otlp.log_rules import body_of, id_of, name_of, severity_of
from traces.otlp.protobuf_attributes import read_attributes, read_value
from traces.otlp.protobuf_body import parse_body
from traces.otlp.rejection import Rejection
from traces.otlp.rules import time_of
from traces.span import Attributes


def read_protobuf_logs(body: bytes) -> DecodedLogs:
    """The records of an ``ExportLogsServiceRequest`` or ``LogsData``; the two are the same on the wire."""
    records: list[LogRecord] = []
    reasons: Counter[str] = Counter()
    for group in parse_body(LogsData, body).resource_logs:
        resource = read_attributes(group.resource.attributes)
        for scoped in group.scope_logs:
            for message in scoped.log_records:
                try:
                    records.append(_read_record(message, resource, scoped.scope.name))
                except Rejection as rejection:
                    reasons[str(rejection)] += 1
    return DecodedLogs(records=records, rejected=reasons.total(), reasons=reasons)


def _read_record(message: LogMessage, resource: Attributes, scope: str) -> LogRecord:
    attributes = read_attributes(message.attributes)
    return LogRecord(
        time_ns=time_of(message.time_unix_nano or message.observed_time_unix_nano),
        name=name_of(attributes, message.event_name),
        body=body_of(read_value(message.body)),
        attributes=attributes,
        severity=severity_of(message.severity_text, message.severity_number),
        trace_id=id_of(message.trace_id.hex(), 32),
        span_id=id_of(message.span_id.hex(), 16),
        resource=resource,
        scope=scope,
    )
