"""What a run of the benchmark found, and its JSON."""

from __future__ import annotations

import os
import platform
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median, quantiles
from typing import Any

from flywheel.bench_traces.ingesting import Ingested, Window, windows
from flywheel.bench_traces.phoenix import PhoenixReceived
from flywheel.bench_traces.receiving import Received
from flywheel.bench_traces.searching import Asked, Searched


@dataclass(frozen=True, kw_only=True)
class Grown:
    """What was measured on a store of ``spans``; memory is in MiB."""

    spans: int
    store_per_s: float
    ingested: tuple[Ingested, ...]
    ingest_memory_mb: float
    searched: Searched
    reindex_per_s: tuple[float, ...]
    reindex_memory_mb: float
    received: Received

    @property
    def last_window_per_s(self) -> float:
        """Spans per second over the last tenth of the spans."""
        return median(found.per_s for found in self.last_windows)

    @property
    def last_windows(self) -> list[Window]:
        """The last tenth of the spans, each time that they were indexed."""
        return [found.window(round(0.9 * self.spans), self.spans) for found in self.ingested]

    @property
    def p95_ms(self) -> list[float]:
        """Of each pass over all queries."""
        return [percentile(times, 95) for times in self.searched.latencies()]


@dataclass(frozen=True, kw_only=True)
class Load:
    """The load average of one minute before the run, and the highest one during it."""

    before: float
    highest: float


@dataclass(frozen=True, kw_only=True)
class Figures:
    """All of it; of ``limits`` and ``received``, those of the same place in the row were measured side by side."""

    limits: tuple[float, ...]
    received: tuple[Received, ...]
    received_large: tuple[Received, ...]
    span_bytes: float
    large_span_bytes: float
    phoenix: PhoenixReceived | None
    grown: tuple[Grown, ...]
    load: Load
    waited_seconds: float
    seconds: float
    quick: bool = False
    commit: str

    @property
    def largest(self) -> Grown:
        """The store with the most spans."""
        return self.grown[-1]

    @property
    def limit_per_s(self) -> float:
        """Spans per second of the bare limit."""
        return median(self.limits)

    @property
    def receive_per_s(self) -> float:
        """Spans of 1 KB per second until they are found."""
        return median(found.searchable_per_s for found in self.received)

    @property
    def rate_ratio(self) -> float:
        """The ingest rate of the largest store's last tenth over that of the smallest store."""
        return self.largest.last_window_per_s / median(found.per_s for found in self.grown[0].ingested)

    @property
    def cpu_ratio(self) -> float:
        """As ``rate_ratio``, but spans per second that the process had a core."""
        first = median(found.window(0, found.spans).cpu_us for found in self.grown[0].ingested)
        return first / median(found.cpu_us for found in self.largest.last_windows)


def percentile(values: Sequence[float], percent: int) -> float:
    """A percentile by linear interpolation; the largest value where there is only one."""
    return quantiles(values, n=100, method="inclusive")[percent - 1] if len(values) > 1 else max(values)


def spread(values: Sequence[float], digits: int = 0) -> dict[str, float]:
    """Median, smallest and largest, rounded."""
    found = {"median": median(values), "min": min(values), "max": max(values)}
    return {name: _rounded(value, digits) for name, value in found.items()}


def document(figures: Figures) -> dict[str, Any]:
    """What ``docs/benchmarks/traces.json`` holds: ratios first, then rates, then everything in detail."""
    phoenix = figures.phoenix
    largest = figures.largest
    large = median(found.searchable_per_s for found in figures.received_large)
    return {
        "receive_over_limit": round(figures.receive_per_s / figures.limit_per_s, 3),
        "receive_over_phoenix": _over(
            figures.receive_per_s, None if phoenix is None else phoenix.searchable_per_s
        ),
        "rate_1m_over_10k": round(figures.rate_ratio, 3),
        "cpu_rate_1m_over_10k": round(figures.cpu_ratio, 3),
        "receive_spans_per_s": round(figures.receive_per_s),
        "limit_spans_per_s": round(figures.limit_per_s),
        "phoenix_spans_per_s": None if phoenix is None else round(phoenix.searchable_per_s, 1),
        "receive_10kb_spans_per_s": round(large),
        "search_p95_ms_1m": round(median(largest.p95_ms), 2),
        "ingest_peak_memory_mb": round(largest.ingest_memory_mb, 1),
        "reindex_spans_per_s": round(median(largest.reindex_per_s)),
        "spans": largest.spans,
        "quick": figures.quick,
        "commit": figures.commit,
        "date": date.today().isoformat(),  # noqa: DTZ011  # the day where it was run
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "load_before": figures.load.before,
        "load_highest": figures.load.highest,
        "waited_seconds": round(figures.waited_seconds),
        "seconds": round(figures.seconds),
        "detail": _detail(figures),
    }


def _detail(figures: Figures) -> dict[str, Any]:
    phoenix = figures.phoenix
    return {
        "limit_spans_per_s": spread(figures.limits),
        "receive": _received(figures.received, figures.span_bytes),
        "receive_10kb": _received(figures.received_large, figures.large_span_bytes),
        "phoenix": phoenix
        and {
            "version": phoenix.version,
            "spans": phoenix.spans,
            "durable_spans_per_s": round(phoenix.durable_per_s, 1),
            "searchable_spans_per_s": round(phoenix.searchable_per_s, 1),
        },
        "growth": [_grown(found) for found in figures.grown],
    }


def _received(found: Sequence[Received], span_bytes: float) -> dict[str, Any]:
    return {
        "spans": found[0].spans,
        "span_bytes": round(span_bytes),
        "durable_spans_per_s": spread([one.durable_per_s for one in found]),
        "searchable_spans_per_s": spread([one.searchable_per_s for one in found]),
        "peak_memory_mb": round(max(one.peak_memory_mb for one in found), 1),
        "cpu_us_per_span": spread([1e6 * sum(one.cpu_seconds) / one.spans for one in found], 1),
        "cpu_us_per_span_of_busiest": spread([1e6 * one.cpu_seconds[0] / one.spans for one in found], 1),
    }


def _grown(found: Grown) -> dict[str, Any]:
    searched, last = found.searched, found.ingested[-1]
    return {
        "spans": found.spans,
        "runs": last.runs,
        "store_spans_per_s": round(found.store_per_s),
        "ingest_spans_per_s": spread([one.per_s for one in found.ingested]),
        "ingest_last_tenth_spans_per_s": round(found.last_window_per_s),
        "ingest_windows": [
            {"spans": size, "spans_per_s": round(window.per_s), "cpu_us_per_span": round(window.cpu_us, 1)}
            for size, window in _windows(found)
        ],
        "ingest_peak_memory_mb": round(found.ingest_memory_mb, 1),
        "index_bytes_per_span": round(last.index_bytes / last.spans),
        "reindex_spans_per_s": spread(found.reindex_per_s),
        "reindex_peak_memory_mb": round(found.reindex_memory_mb, 1),
        "receive_on_top_spans_per_s": round(found.received.searchable_per_s),
        "receive_peak_memory_mb": round(found.received.peak_memory_mb, 1),
        "search_p95_ms": spread(found.p95_ms, 2),
        "search_p50_ms": spread([percentile(times, 50) for times in searched.latencies()], 2),
        "search_by_rate": [_asked(asked, found.spans) for asked in (*searched.asked, *searched.beyond)],
        "first_search_ms": round(searched.first_ms, 1),
        "facets_only_ms": spread(searched.facets_ms, 2),
        "search_memory_mb": round(searched.memory_mb, 1),
    }


def _windows(found: Grown) -> list[tuple[int, Window]]:
    steps = sorted({found.spans * part // 100 for part in (1, 5, *range(10, 101, 10))} - {0})
    return sorted(windows(found.ingested[-1], steps).items())


def _asked(asked: Asked, spans: int) -> dict[str, Any]:
    return {
        "rate": asked.rate,
        "measured_rate": _rounded(asked.matches / spans, 6),
        "queries": len(asked.passes[0]),
        "capped": asked.capped,
        "p50_ms": round(median(percentile(times, 50) for times in asked.passes), 2),
        "p95_ms": round(median(percentile(times, 95) for times in asked.passes), 2),
        "worst_ms": round(max(max(times) for times in asked.passes), 2),
    }


def _over(ours: float, theirs: float | None) -> float | None:
    return None if theirs is None else round(ours / theirs, 1)


def _rounded(value: float, digits: int) -> float:
    return round(value, digits) if digits else round(value)


def commit() -> str:
    """The commit that is measured, ``unknown`` outside a repository."""
    found = subprocess.run(["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=False)
    return found.stdout.strip() or "unknown"
