"""Traces of Grafana Tempo."""

from __future__ import annotations

import json
from typing import Any

from traces.importers.tempo import Tempo


def test_batches_are_read(samples: Any, source_of: Any, spans_of: Any) -> None:
    """With the names of enums in place of their numbers."""
    (span,) = spans_of(Tempo(), source_of(samples["tempo"]))

    assert span.name == "chat gpt-5"
    assert span.kind == "client"
    assert span.resource["service.name"] == "coder"


def test_the_old_name_of_scopes_and_numeric_times_are_read(
    samples: Any, source_of: Any, spans_of: Any
) -> None:
    """As versions before OTLP 0.15 wrote them."""
    batch = samples["tempo"]["batches"][0]
    scope = batch.pop("scopeSpans")[0]
    scope["instrumentationLibrary"] = scope.pop("scope")
    scope["spans"][0]["startTimeUnixNano"] = 1_780_000_000_000_000_000
    batch["instrumentationLibrarySpans"] = [scope]

    (span,) = spans_of(Tempo(), source_of(samples["tempo"]))

    assert span.scope == "my.agent"
    assert span.start_ns == 1_780_000_000_000_000_000


def test_version_2_of_the_api_is_read(samples: Any, source_of: Any, spans_of: Any) -> None:
    """It puts the trace one level deeper."""
    source = source_of({"trace": {"resourceSpans": samples["tempo"]["batches"]}, "metrics": {}})

    assert Tempo().recognises(source)
    assert len(spans_of(Tempo(), source)) == 1


def test_ids_in_base64_are_read(samples: Any, source_of: Any, spans_of: Any) -> None:
    """Some versions print protobuf's JSON."""
    span = samples["tempo"]["batches"][0]["scopeSpans"][0]["spans"][0]
    span["traceId"], span["spanId"] = "CvdlGRbNQ92ESOshHIAxnA==", "t61rcWkgMzE="

    (found,) = spans_of(Tempo(), source_of(samples["tempo"]))

    assert found.trace_id == "0af7651916cd43dd8448eb211c80319c"
    assert found.span_id == "b7ad6b7169203331"


def test_a_document_that_is_cut_off_yields_its_batches(
    samples: Any, source_of: Any, spans_of: Any, skipped_of: Any
) -> None:
    """Those before the cut."""
    batch = json.dumps(samples["tempo"]["batches"][0])
    source = source_of(f'{{"batches": [{batch}, {batch[:20]}')

    assert len(spans_of(Tempo(), source)) == 1
    assert [item.reason for item in skipped_of(Tempo(), source)] == ["broken JSON: the rest of the document"]


def test_other_documents_with_batches_are_not_tempo(source_of: Any) -> None:
    """A key's name alone makes no format."""
    assert not Tempo().recognises(source_of({"batches": [1, 2]}))
    assert not Tempo().recognises(source_of({"batches": []}))
