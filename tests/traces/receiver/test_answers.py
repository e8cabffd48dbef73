"""Answers are those of OTLP/HTTP, in the encoding of the request."""

from __future__ import annotations

import json

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

from traces.receiver.answers import accepted, document, refused


def test_full_success_is_an_empty_body() -> None:
    """In protobuf no byte, in JSON an empty object."""
    assert accepted("traces", json=False).body == b""
    assert accepted("logs", json=True).body == b"{}"


def test_partial_success_says_how_many_and_why() -> None:
    """As a stock exporter reads it."""
    answer = accepted("traces", json=False, rejected=3, message="no trace id")

    found = ExportTraceServiceResponse.FromString(answer.body)
    assert answer.status == 200
    assert (found.partial_success.rejected_spans, found.partial_success.error_message) == (3, "no trace id")


def test_partial_success_in_json_has_64_bit_numbers_as_text() -> None:
    """The JSON mapping of protobuf asks for it."""
    answer = accepted("traces", json=True, rejected=3, message="no trace id")

    assert json.loads(answer.body) == {
        "partialSuccess": {"rejectedSpans": "3", "errorMessage": "no trace id"}
    }


@pytest.mark.parametrize(
    ("status", "header"), [(503, (b"retry-after", b"1")), (401, (b"www-authenticate", b"Bearer"))]
)
def test_refusals_say_what_to_do(status: int, header: tuple[bytes, bytes]) -> None:
    """When to try again, or how to show who one is."""
    assert header in refused(status, "no").headers


def test_a_refusal_may_close_the_connection() -> None:
    """Where the rest of the body is not read."""
    answer = refused(413, "too large", json=False)

    assert not answer.close
    assert answer.closing().close
    assert answer.content_type == "application/x-protobuf"
    assert b"too large" in answer.body


def test_documents_are_json() -> None:
    """Counts, for instance."""
    assert json.loads(document({"stored": {"spans": 1}}).body) == {"stored": {"spans": 1}}
