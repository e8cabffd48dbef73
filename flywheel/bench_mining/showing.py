"""The tables and the plot of the benchmark."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from rich.table import Table

from flywheel.bench_mining.targets import TARGETS
from flywheel.report.plots import HEIGHT, WIDTH, Line, count_axis, line_chart, log_axis, percent_axis

_GREEN, _BLUE = "#1d8a4e", "#3565b5"
_STYLE = "<style>.grid{stroke:#d9dde3}text{font:11px system-ui,sans-serif;fill:#6b7380}.label{fill:#1c2127}</style>"


def targets(document: Mapping[str, Any]) -> Table:
    """A row per target: what was measured, its bound, and whether it is met."""
    shown = Table(title="Mining")
    for column, justify in (("", "left"), ("measured", "right"), ("target", "right"), ("", "left")):
        shown.add_column(column, justify=justify)  # type: ignore[arg-type]  # one of rich's words
    for target in TARGETS:
        found = document["targets"].get(target.figure)
        if found is None:
            shown.add_row(target.meaning, "–", "", "not measured")
            continue
        sign = {"at most": "≤", "at least": "≥", "above": ">"}[target.side]
        met = "met" if found["met"] else "[bold red]missed"
        shown.add_row(target.meaning, _number(found["measured"]), f"{sign} {_number(found['bound'])}", met)
    return shown


def weaknesses(document: Mapping[str, Any]) -> Table:
    """A row per planted weakness: how often it was found."""
    shown = Table(title="Planted weaknesses that account for 5 % of the failures or more")
    for column in ("", "instances", "with a pattern", "with the right remedy"):
        shown.add_column(column, justify="right" if column else "left")
    for name, found in document["planted"]["by_weakness"].items():
        shown.add_row(name, str(found["instances"]), str(found["matched"]), str(found["found"]))
    return shown


def labelled(document: Mapping[str, Any]) -> Table:
    """A row per labelled set: clusters beside the baseline's, with the interval of the difference."""
    shown = Table(title="Clusters against labels")
    for column in ("", "labels by", "runs", "AMI", "TF-IDF + k-means", "difference", "judged"):
        shown.add_column(column)
    for each in document["agreement"]:
        low, high = each["difference_interval"]
        shown.add_row(
            each["name"],
            each["labels_by"],
            str(each["runs"]),
            _number(each["ami"]),
            _number(each["baseline_ami"]),
            f"{low:+.3f} … {high:+.3f}",
            "yes" if each["judged"] else "too few",
        )
    return shown


def detectors(document: Mapping[str, Any]) -> Table:
    """A row per detector and label."""
    shown = Table(title="Detectors against labels")
    for column in ("set", "detectors", "label", "precision", "", "recall", ""):
        shown.add_column(column)
    for each in document["detectors"]["against_labels"]:
        shown.add_row(
            each["dataset"],
            ", ".join(each["detectors"]),
            each["label"],
            f"{each['precision']:.0%}",
            _range(each["precision_interval"]),
            f"{each['recall']:.0%}",
            _range(each["recall_interval"]),
        )
    return shown


def tables(document: Mapping[str, Any]) -> Iterator[Table]:
    """Those for which there are figures."""
    yield targets(document)
    for key, table in (("planted", weaknesses), ("agreement", labelled), ("detectors", detectors)):
        if key in document:
            yield table(document)


def plot(document: Mapping[str, Any]) -> str:
    """Seconds of clustering by the number of failing runs, and recall by strength, as far as they were measured."""
    charts = [chart for key, chart in (("growth", _growth), ("planted", _recall)) if key in document]
    placed = (
        chart(document).replace("<svg ", f'<svg y="{HEIGHT * place}" width="{WIDTH}" height="{HEIGHT}" ', 1)
        for place, chart in enumerate(charts)
    )
    height = HEIGHT * max(1, len(charts))
    return f'<svg viewBox="0 0 {WIDTH} {height}" xmlns="http://www.w3.org/2000/svg">{_STYLE}{"".join(placed)}</svg>'


def _growth(document: Mapping[str, Any]) -> str:
    rows = document["growth"]
    sizes = [row["failing"] for row in rows]
    times = [row["seconds"] for row in rows]
    memory = [row["memory_mb"] / 100 for row in rows]
    x = log_axis("failing runs", min(sizes), max(*sizes, 10 * min(sizes)))
    y = count_axis("seconds; memory in 100 MiB", math.ceil(1.1 * max(*times, *memory)))
    lines = [_line("seconds", sizes, times, _GREEN), _line("100 MiB", sizes, memory, _BLUE)]
    return str(line_chart(lines, x, y, title="Clustering by the number of failing runs"))


def _recall(document: Mapping[str, Any]) -> str:
    bands = [band for band in document["planted"]["by_share"] if band["recall"] is not None]
    points = tuple((100 * band["but_for_share_from"], float(band["recall"])) for band in bands)
    line = Line(name="found", points=points, colour=_GREEN, dots=True)
    x = count_axis("share of the failures that owe it to the weakness, from so many % on", 25)
    return str(line_chart([line], x, percent_axis(""), title="Planted weaknesses found"))


def _line(name: str, sizes: list[int], values: list[float], colour: str) -> Line:
    points = tuple((math.log10(size), value) for size, value in zip(sizes, values, strict=True))
    return Line(name=name, points=points, colour=colour, dots=True)


def _range(interval: Any) -> str:
    return f"{interval[0]:.0%}–{interval[1]:.0%}"


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.3f}"
