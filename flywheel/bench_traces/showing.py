"""The table and the plot of a run."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from rich.table import Table

from flywheel.report.plots import HEIGHT, WIDTH, Axis, Line, count_axis, line_chart, log_axis

_COLOURS = ("#1d8a4e", "#3565b5", "#b5532a")
_STYLE = "<style>.grid{stroke:#d9dde3}text{font:11px system-ui,sans-serif;fill:#6b7380}.label{fill:#1c2127}</style>"
# Name in the document, what it is, unit, and what issue asks for.
_HEADLINES = (
    ("receive_over_limit", "received and searchable, over the bare limit", "×", "≥ 0.4"),
    ("receive_over_phoenix", "received and searchable, over Phoenix", "×", "≥ 50"),
    ("rate_1m_over_10k", "ingest rate at the most spans, over that at the fewest", "×", "≥ 0.7"),
    ("receive_spans_per_s", "received and searchable, 1 KB", "spans/s", "≥ 15,000"),
    ("receive_10kb_spans_per_s", "received and searchable, 10 KB", "spans/s", ""),
    ("limit_spans_per_s", "the bare limit", "spans/s", ""),
    ("phoenix_spans_per_s", "Phoenix", "spans/s", ""),
    ("reindex_spans_per_s", "index built anew", "spans/s", ""),
    ("search_p95_ms_1m", "search with text, a filter and two facets, p95", "ms", "≤ 50"),
    ("ingest_peak_memory_mb", "memory while indexing", "MiB", "≤ 500"),
)


def headlines(document: Mapping[str, Any]) -> Table:
    """A row per figure, ratios first, with its target."""
    shown = Table(title=f"Traces: {document['spans']:,} spans on {document['cores']} cores")
    for column, justify in (("", "left"), ("measured", "right"), ("", "left"), ("target", "right")):
        shown.add_column(column, justify=justify)  # type: ignore[arg-type]  # one of rich's words
    for name, meaning, unit, target in _HEADLINES:
        shown.add_row(meaning, _number(document[name]), unit, target)
    return shown


def growth(document: Mapping[str, Any]) -> Table:
    """A column per size of the store."""
    stores: Sequence[Mapping[str, Any]] = document["detail"]["growth"]
    shown = Table(title="How it grows")
    shown.add_column("spans")
    for store in stores:
        shown.add_column(f"{store['spans']:,}", justify="right")
    for name, key in (
        ("stored /s, one process", "store_spans_per_s"),
        ("indexed /s", "ingest_spans_per_s"),
        ("indexed /s, last tenth", "ingest_last_tenth_spans_per_s"),
        ("index built anew /s", "reindex_spans_per_s"),
        ("received on top /s", "receive_on_top_spans_per_s"),
        ("memory while indexing, MiB", "ingest_peak_memory_mb"),
        ("memory of the receiver, MiB", "receive_peak_memory_mb"),
        ("memory of a search, MiB", "search_memory_mb"),
        ("index bytes per span", "index_bytes_per_span"),
        ("search p50, ms", "search_p50_ms"),
        ("search p95, ms", "search_p95_ms"),
        ("facets alone, ms", "facets_only_ms"),
        ("first search of a process, ms", "first_search_ms"),
    ):
        shown.add_row(name, *(_number(_median(store[key])) for store in stores))
    for place, asked in enumerate(stores[0]["search_by_rate"]):
        found = [store["search_by_rate"][place] for store in stores]
        shown.add_row(f"p95 at {asked['rate']:.2%} matches, ms", *(_with_cap(one) for one in found))
    return shown


def plot(document: Mapping[str, Any]) -> str:
    """Rates by size, and latencies by match rate, one above the other."""
    charts = (_rates(document), _latencies(document))
    placed = (
        chart.replace("<svg ", f'<svg y="{HEIGHT * place}" width="{WIDTH}" height="{HEIGHT}" ', 1)
        for place, chart in enumerate(charts)
    )
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT * len(charts)}" xmlns="http://www.w3.org/2000/svg">'
        f"{_STYLE}{''.join(placed)}</svg>"
    )


def _rates(document: Mapping[str, Any]) -> str:
    stores: Sequence[Mapping[str, Any]] = document["detail"]["growth"]
    rows = {
        "indexed": [(one["spans"], one["spans_per_s"]) for one in stores[-1]["ingest_windows"]],
        "built anew": [(store["spans"], _median(store["reindex_spans_per_s"])) for store in stores],
        "received": [(store["spans"], store["receive_on_top_spans_per_s"]) for store in stores],
    }
    lines = _lines({name: [(spans, rate / 1000) for spans, rate in row] for name, row in rows.items()})
    sizes = [spans for row in rows.values() for spans, _ in row]
    highest = max(rate for row in rows.values() for _, rate in row) / 1000
    axis = log_axis("spans in the index", min(sizes), max(sizes))
    y = count_axis("thousand spans per second", math.ceil(highest * 1.1))
    return str(line_chart(lines, axis, y, title="Spans per second by the size of the index"))


def _latencies(document: Mapping[str, Any]) -> str:
    stores: Sequence[Mapping[str, Any]] = document["detail"]["growth"]
    rows = {
        f"{store['spans']:,} spans": [
            (100 * asked["rate"], asked["p95_ms"]) for asked in store["search_by_rate"]
        ]
        for store in stores
    }
    rates = [rate for row in rows.values() for rate, _ in row]
    highest = max(time_ms for row in rows.values() for _, time_ms in row)
    axis: Axis = log_axis("% of the spans match", min(rates), max(rates))
    y = count_axis("ms, 95th percentile", math.ceil(highest * 1.1))
    return str(line_chart(_lines(rows), axis, y, title="Search with a filter and two facets"))


def _lines(rows: Mapping[str, Sequence[tuple[float, float]]]) -> list[Line]:
    return [
        Line(name=name, points=tuple((math.log10(x), y) for x, y in row), colour=colour, dots=True)
        for (name, row), colour in zip(rows.items(), _COLOURS, strict=False)
    ]


def _median(value: Any) -> float:
    return float(value["median"] if isinstance(value, Mapping) else value)


def _with_cap(asked: Mapping[str, Any]) -> str:
    return f"{_number(asked['p95_ms'])}{' (capped)' if asked['capped'] else ''}"


def _number(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
