"""The tables and the plot of a run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.table import Table

from benchmarks.gate_bench.targets import TARGETS
from flywheel.report.plots import HEIGHT, WIDTH, Axis, Line, count_axis, line_chart, percent_axis

_OURS, _RED, _BLUE = "#1d8a4e", "#b5532a", "#3565b5"
_STYLE = "<style>.grid{stroke:#d9dde3}text{font:11px system-ui,sans-serif;fill:#6b7380}.label{fill:#1c2127}</style>"
_NOMINAL = 0.05
_DRAWN = {"greedy": _RED, "standard_errors": _BLUE}


def targets(document: Mapping[str, Any]) -> Table:
    """A row per target: what was measured, its bound, and whether it is met."""
    shown = Table(title=f"The gate: {document['campaigns']:,} campaigns per scenario")
    for column, justify in (("", "left"), ("measured", "right"), ("target", "right"), ("", "left")):
        shown.add_column(column, justify=justify)  # type: ignore[arg-type]  # one of rich's words
    for target in TARGETS:
        judged = document["targets"][target.figure]
        sign = "≤" if target.side == "at most" else "≥"
        shown.add_row(
            target.meaning,
            _number(judged["measured"]),
            f"{sign} {_number(target.bound)}",
            "met" if judged["met"] else "[bold red]missed",
        )
    return shown


def rivals(document: Mapping[str, Any]) -> Table:
    """A row per broken gate: how often it promotes what does not help, beside ours on the same experiments."""
    shown = Table(title="Promoted although useless, at a nominal 5 %")
    for column, justify in (("", "left"), ("rival", "right"), ("the gate", "right"), ("", "left")):
        shown.add_column(column, justify=justify)  # type: ignore[arg-type]  # one of rich's words
    for found in document["detail"]["rivals"].values():
        shown.add_row(
            found["idea"],
            f"{found['rate']:.1%}",
            f"{found['gate_rate']:.1%}",
            "seen" if found["is_seen"] else "[bold red]not seen",
        )
    return shown


def plot(document: Mapping[str, Any]) -> str:
    """Errors of a campaign by candidate, and pairs and power by the true effect, one above the other."""
    charts = (_errors(document), _pairs(document))
    placed = (
        chart.replace("<svg ", f'<svg y="{HEIGHT * place}" width="{WIDTH}" height="{HEIGHT}" ', 1)
        for place, chart in enumerate(charts)
    )
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT * len(charts)}" xmlns="http://www.w3.org/2000/svg">'
        f"{_STYLE}{''.join(placed)}</svg>"
    )


def _errors(document: Mapping[str, Any]) -> str:
    scenarios: Sequence[Mapping[str, Any]] = list(document["detail"]["false_promotions"].values())
    worst = max(scenarios, key=lambda found: float(found["rate"]))
    candidates = len(worst["by_candidate"])
    counts = range(1, candidates + 1)
    lines = [
        _line("this gate", list(zip(counts, worst["by_candidate"], strict=True)), _OURS),
        *(
            _line(name.replace("_", " "), [(count, 1.0 - (1.0 - rate) ** count) for count in counts], colour)
            for name, colour in _DRAWN.items()
            for rate in [document["rivals"][name]]
        ),
    ]
    ticks = tuple((share, f"{100 * share:.0f} %") for share in (_NOMINAL, 0.25, 0.5, 0.75, 1.0))
    y = Axis(label="campaigns with a false promotion", low=0.0, high=1.0, ticks=ticks)
    x = count_axis("useless candidates judged", candidates)
    return str(line_chart(lines, x, y, title="False promotions"))


def _pairs(document: Mapping[str, Any]) -> str:
    curve = document["detail"]["curve"]
    multiples: Sequence[float] = curve["true_over_planned"]
    lines = [
        _line("pairs over McNemar's", list(zip(multiples, curve["pairs_ratio"], strict=True)), _BLUE),
        _line("promoted", list(zip(multiples, curve["power"], strict=True)), _OURS),
    ]
    ticks = tuple((float(value), f"{value}") for value in range(-1, 3))
    axis = Axis(label="true effect over the planned one", low=-1.0, high=2.0, ticks=ticks)
    return str(line_chart(lines, axis, percent_axis(""), title="Pairs and power by the true effect"))


def _line(name: str, points: Sequence[tuple[float, float]], colour: str) -> Line:
    return Line(name=name, points=tuple((float(x), float(y)) for x, y in points), colour=colour, dots=True)


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.3f}"
