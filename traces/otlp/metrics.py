"""How many data points a body of metrics holds: they are acknowledged, counted and dropped."""

from __future__ import annotations

from typing import Final

from opentelemetry.proto.metrics.v1.metrics_pb2 import Metric, MetricsData

from traces.otlp.json_body import Fields, field, object_of, objects, parse_json
from traces.otlp.json_groups import METRICS, items_of
from traces.otlp.protobuf_body import parse_body

_KINDS: Final = (
    "gauge",
    "sum",
    "histogram",
    "summary",
    "exponentialHistogram",
    "exponential_histogram",
)


def count_protobuf_points(body: bytes) -> int:
    """The data points of an ``ExportMetricsServiceRequest`` or ``MetricsData``; raises ``OtlpError``."""
    return sum(
        _points(metric)
        for group in parse_body(MetricsData, body).resource_metrics
        for scoped in group.scope_metrics
        for metric in scoped.metrics
    )


def count_json_points(body: bytes) -> int:
    """The data points of a JSON body; raises ``OtlpError``."""
    return sum(_json_points(object_of(item)) for item, _, _ in items_of(parse_json(body), METRICS))


def _points(metric: Metric) -> int:
    kind = metric.WhichOneof("data")
    return len(getattr(metric, kind).data_points) if kind else 0


def _json_points(metric: Fields) -> int:
    data = object_of(field(metric, *_KINDS))
    return sum(1 for _ in objects(field(data, "dataPoints", "data_points")))
