"""What a receiver answers over HTTP, as its specification and its senders expect."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor

from traces.receiver.load import make_body

pytestmark = pytest.mark.enable_socket

_JSON = "application/json"
_METRICS = {"resourceMetrics": [{"scopeMetrics": [{"metrics": [{"gauge": {"dataPoints": [{"asInt": 1}]}}]}]}]}


def _javascript_body(name: str) -> dict[str, Any]:
    # As @opentelemetry/exporter-trace-otlp-http sends it.
    return {
        "resourceSpans": [
            {
                "resource": {
                    "attributes": [{"key": "service.name", "value": {"stringValue": "unknown_service:node"}}],
                    "droppedAttributesCount": 0,
                },
                "scopeSpans": [
                    {
                        "scope": {"name": "agent", "version": ""},
                        "spans": [
                            {
                                "traceId": "ab" * 16,
                                "spanId": "cd" * 8,
                                "name": name,
                                "kind": 1,
                                "startTimeUnixNano": "1763690000000000000",
                                "endTimeUnixNano": "1763690001000000000",
                                "attributes": [
                                    {"key": "gen_ai.usage.input_tokens", "value": {"intValue": 12}}
                                ],
                                "droppedAttributesCount": 0,
                                "events": [],
                                "droppedEventsCount": 0,
                                "status": {"code": 0},
                                "links": [],
                                "droppedLinksCount": 0,
                                "flags": 257,
                            }
                        ],
                    }
                ],
            }
        ]
    }


def _post_json(receiver: Any, content: object, path: str = "/v1/traces", **headers: str) -> requests.Response:
    found: requests.Response = receiver.post(
        json.dumps(content).encode(), path, **({"content_type": _JSON} | headers)
    )
    return found


@pytest.mark.parametrize("compression", list(Compression), ids=str)
def test_the_stock_exporter_of_python_works_unchanged(receiver: Any, compression: Compression) -> None:
    """With each compression that it knows."""
    name = f"stock {compression.value}"
    exporter = OTLPSpanExporter(endpoint=f"{receiver.url}/v1/traces", compression=compression)
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter))

    with provider.get_tracer("test").start_as_current_span(
        name, attributes={"number": 7, "texts": ["a", "b"]}
    ):
        pass
    provider.shutdown()

    (span,) = [span for span in receiver.spans() if span.name == name]
    assert span.attributes == {"number": 7, "texts": ("a", "b")}
    assert span.scope == "test"


def test_json_of_the_javascript_sdk_is_taken(receiver: Any) -> None:
    """Ids in hexadecimal, no compression, an empty object as the answer."""
    answer = _post_json(receiver, _javascript_body("from javascript"))

    (span,) = [span for span in receiver.spans() if span.name == "from javascript"]
    assert (answer.status_code, answer.content) == (200, b"{}")
    assert answer.headers["content-type"] == _JSON
    assert (span.trace_id, span.span_id) == ("ab" * 16, "cd" * 8)


def test_json_may_name_its_charset_and_be_packed(receiver: Any) -> None:
    """UTF-8 is the only one there is."""
    body = gzip.compress(json.dumps(_javascript_body("packed")).encode())

    answer = receiver.post(body, content_type='application/json; charset="UTF-8"', content_encoding="gzip")

    assert answer.status_code == 200
    assert receiver.post(body, content_type="application/json; charset=latin-1").status_code == 415


def test_protobuf_is_answered_in_protobuf(receiver: Any) -> None:
    """A full success is an empty message."""
    answer = receiver.post(make_body(1, spans=2).content)

    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-type"] == "application/x-protobuf"


def test_partial_success_tells_how_many_spans_were_not_taken(receiver: Any) -> None:
    """The good ones are stored."""
    body = make_body(2, spans=4)
    bad = body.content.replace(bytes.fromhex(body.spans[1][1]), bytes(8))

    answer = ExportTraceServiceResponse.FromString(receiver.post(bad).content)

    assert answer.partial_success.rejected_spans >= 1
    assert answer.partial_success.error_message
    assert body.spans[0] in {(span.trace_id, span.span_id) for span in receiver.spans()}


def test_logs_and_metrics_of_no_use_are_acknowledged_and_counted(receiver: Any) -> None:
    """Senders must not keep them; nothing of them is stored."""
    record = {"eventName": "unheard.of", "body": {"stringValue": "secret"}}
    logs = _post_json(receiver, {"resourceLogs": [{"scopeLogs": [{"logRecords": [record]}]}]}, "/v1/logs")
    metrics = _post_json(receiver, _METRICS, "/v1/metrics")

    stats = receiver.stats()
    assert (logs.status_code, metrics.status_code) == (200, 200)
    assert stats["received"]["logs"] >= 1
    assert stats["dropped"]["metrics"] >= 1


@pytest.mark.parametrize("body", [b"{", b"", b"7", b"\xff", b"[" * 100_000], ids=lambda body: str(body[:9]))
def test_what_is_no_json_of_otlp_is_refused_for_good(receiver: Any, body: bytes) -> None:
    """With a status message in JSON."""
    answer = receiver.post(body, content_type=_JSON)

    assert answer.status_code == 400
    assert answer.json()["message"]


def test_what_is_no_protobuf_is_refused_for_good(receiver: Any) -> None:
    """With a status in protobuf; a body that is not packed as it says, too."""
    garbage = receiver.post(b"\xff" * 100)
    packed = receiver.post(b"no gzip", content_encoding="gzip")

    assert (garbage.status_code, packed.status_code) == (400, 400)
    assert b"gzip" in packed.content
    assert packed.headers["content-type"] == "application/x-protobuf"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 404),
        ("POST", "/v1/profiles", 404),
        ("GET", "/v1/traces", 405),
        ("OPTIONS", "/v1/traces", 405),
        ("POST", "/stats", 405),
        ("GET", "/healthz", 200),
        ("HEAD", "/healthz", 200),
    ],
)
def test_paths_and_methods(receiver: Any, method: str, path: str, status: int) -> None:
    """What is not there says what is."""
    answer = receiver.session.request(method, receiver.url + path, timeout=10)

    assert answer.status_code == status
    assert status != 405 or answer.headers["allow"]


@pytest.mark.parametrize(
    "headers",
    [{"content_type": "text/plain"}, {"content_encoding": "br"}, {"content_type": ""}],
    ids=str,
)
def test_unknown_types_and_encodings_are_refused(receiver: Any, headers: dict[str, str]) -> None:
    """With 415, and the connection goes on."""
    assert receiver.post(b"x" * 1000, **headers).status_code == 415
    assert receiver.post(b"").status_code == 200


def _pieces(size: int) -> Iterator[bytes]:
    for _ in range(size >> 16):
        yield bytes(1 << 16)


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (bytes((1 << 20) + 1), {}),
        (gzip.compress(bytes(8 << 20)), {"content_encoding": "gzip"}),
        (_pieces(2 << 20), {}),
    ],
    ids=["named length", "bomb", "chunked"],
)
def test_bodies_over_the_limit_are_refused(receiver: Any, body: bytes, headers: dict[str, str]) -> None:
    """The sender gets to see the answer, although it was still sending."""
    answer = receiver.post(body, **headers)

    assert answer.status_code == 413
    assert receiver.post(b"").status_code == 200


def test_chunked_bodies_are_taken(receiver: Any) -> None:
    """Of any size of chunk."""
    body = make_body(3, spans=3)

    answer = receiver.post(body.content[start : start + 100] for start in range(0, len(body.content), 100))

    assert answer.status_code == 200
    assert set(body.spans) <= {(span.trace_id, span.span_id) for span in receiver.spans()}


def test_web_pages_cannot_send(receiver: Any) -> None:
    """Neither from their own origin nor by a name that points here; and no page may read an answer."""
    foreign = receiver.post(b"", origin="https://evil.example.org")
    rebound = receiver.post(b"", host="evil.example.org")

    assert (foreign.status_code, rebound.status_code) == (403, 403)
    assert not any(name.startswith("access-control") for name in foreign.headers)


def test_a_token_keeps_others_out(start: Any) -> None:
    """From everything but the health check."""
    receiver = start(token="open-sesame")
    stock = OTLPSpanExporter(
        endpoint=f"{receiver.url}/v1/traces", headers={"authorization": "Bearer open-sesame"}
    )

    assert receiver.post(b"").status_code == 401
    assert receiver.post(b"", authorization="Bearer wrong").headers["www-authenticate"] == "Bearer"
    assert receiver.session.get(f"{receiver.url}/stats", timeout=5).status_code == 401
    assert receiver.session.get(f"{receiver.url}/healthz", timeout=5).status_code == 200
    assert stock.export(()).name == "SUCCESS"
    assert receiver.stats(authorization="Bearer open-sesame")["refused"] == {"401": 3}


def test_secrets_are_counted_and_never_stored(receiver: Any) -> None:
    """The default rules are at work."""
    key = "AKIA" + "ABCDEFGHIJKLMNOP"
    _post_json(receiver, _javascript_body(f"uses {key}"))

    stored = b"".join(path.read_bytes() for path in receiver.store.foreign.iterdir())
    assert key.encode() not in stored
    assert receiver.stats()["redacted"]["aws-key-id"] >= 1
