"""Data points of metrics are counted, whatever their kind."""

from __future__ import annotations

import orjson
import pytest
from opentelemetry.proto.metrics.v1.metrics_pb2 import (
    ExponentialHistogram,
    ExponentialHistogramDataPoint,
    Gauge,
    Histogram,
    HistogramDataPoint,
    Metric,
    MetricsData,
    NumberDataPoint,
    ResourceMetrics,
    ScopeMetrics,
    Sum,
    Summary,
    SummaryDataPoint,
)

from traces.otlp.decode import count_metrics
from traces.otlp.errors import OtlpError


def test_protobuf_points_of_every_kind() -> None:
    """Points, not metrics; a metric without data has none."""
    metrics = [
        Metric(gauge=Gauge(data_points=[NumberDataPoint()])),
        Metric(sum=Sum(data_points=[NumberDataPoint(), NumberDataPoint()])),
        Metric(histogram=Histogram(data_points=[HistogramDataPoint()])),
        Metric(exponential_histogram=ExponentialHistogram(data_points=[ExponentialHistogramDataPoint()])),
        Metric(summary=Summary(data_points=[SummaryDataPoint()])),
        Metric(name="nothing"),
    ]
    body = MetricsData(resource_metrics=[ResourceMetrics(scope_metrics=[ScopeMetrics(metrics=metrics)])])

    assert count_metrics(body.SerializeToString(), json=False) == 6


def test_json_points_of_every_kind() -> None:
    """By either spelling of the names; what is no metric has none."""
    metrics = [
        {"gauge": {"dataPoints": [{}]}},
        {"sum": {"data_points": [{}, {}]}},
        {"histogram": {"dataPoints": [{}]}},
        {"exponentialHistogram": {"dataPoints": [{}]}},
        {"exponential_histogram": {"dataPoints": [{}]}},
        {"summary": {"dataPoints": [{}]}},
        {"sum": {"dataPoints": 7}},
        {"name": "nothing"},
        "no metric",
    ]
    body = {"resourceMetrics": [{"scopeMetrics": [{"metrics": metrics}]}]}

    assert count_metrics(orjson.dumps(body), json=True) == 7


@pytest.mark.parametrize(("body", "json"), [(b'{"resourceSpans":[]}', True), (b"{}", False)])
def test_a_body_of_something_else_is_an_error(body: bytes, json: bool) -> None:
    """The sender learns that it sent the wrong thing."""
    with pytest.raises(OtlpError):
        count_metrics(body, json=json)
