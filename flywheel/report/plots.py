"""Plots as inline SVG, in the report's own few shapes; every number comes from the caller."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

WIDTH, HEIGHT = 520, 220
LEFT, RIGHT, TOP, BOTTOM = 52, 16, 30, 34


@dataclass(frozen=True, kw_only=True)
class Line:
    """A series of points with its colour and name; ``dashed`` for thresholds."""

    name: str
    points: tuple[tuple[float, float], ...]
    colour: str
    dashed: bool = False
    dots: bool = False


@dataclass(frozen=True, kw_only=True)
class Axis:
    """What an axis shows, from where to where, with the values that get a tick."""

    label: str
    low: float
    high: float
    ticks: tuple[tuple[float, str], ...]


def line_chart(lines: Sequence[Line], x: Axis, y: Axis, *, title: str) -> Markup:
    """A chart of lines over two linear axes (take logarithms before), with a legend."""
    parts = [_open(title), _grid(x, y)]
    parts += [_line(line, x, y) for line in lines]
    parts.append(_legend(lines))
    parts.append("</svg>")
    return Markup("".join(parts))  # noqa: S704 - every text in it is escaped, the rest are numbers


def log_axis(label: str, low: float, high: float) -> Axis:
    """An axis of powers of ten; positions are base-10 logarithms."""
    bottom = math.floor(math.log10(low))
    top = max(math.ceil(math.log10(high)), bottom + 1)
    step = max(1, (top - bottom) // 5)
    ticks = tuple((float(power), _power(power)) for power in range(bottom, top + 1, step))
    return Axis(label=label, low=float(bottom), high=float(top), ticks=ticks)


def percent_axis(label: str) -> Axis:
    """An axis from 0 to 100 %."""
    ticks = tuple((tick / 4, f"{25 * tick} %") for tick in range(5))
    return Axis(label=label, low=0.0, high=1.0, ticks=ticks)


def count_axis(label: str, high: int) -> Axis:
    """An axis of whole numbers from 0."""
    step = max(1, math.ceil(high / 6))
    ticks = tuple((float(value), str(value)) for value in range(0, high + 1, step))
    return Axis(label=label, low=0.0, high=float(max(high, 1)), ticks=ticks)


def _power(power: int) -> str:
    return f"{10**power:g}" if abs(power) < 4 else f"1e{power}"


def _open(title: str) -> str:
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(title)}" '
        f'xmlns="http://www.w3.org/2000/svg"><title>{escape(title)}</title>'
    )


def _x(value: float, axis: Axis) -> float:
    return LEFT + (value - axis.low) / (axis.high - axis.low) * (WIDTH - LEFT - RIGHT)


def _y(value: float, axis: Axis) -> float:
    inside = max(axis.low, min(axis.high, value))
    return HEIGHT - BOTTOM - (inside - axis.low) / (axis.high - axis.low) * (HEIGHT - TOP - BOTTOM)


def _grid(x: Axis, y: Axis) -> str:
    rows = [
        f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{_y(value, y):.1f}" y2="{_y(value, y):.1f}"/>'
        f'<text class="tick" x="{LEFT - 6}" y="{_y(value, y) + 4:.1f}" text-anchor="end">{escape(text)}</text>'
        for value, text in y.ticks
    ]
    columns = [
        f'<text class="tick" x="{_x(value, x):.1f}" y="{HEIGHT - BOTTOM + 14}" text-anchor="middle">{escape(text)}</text>'
        for value, text in x.ticks
    ]
    labels = (
        f'<text class="label" x="{WIDTH - RIGHT}" y="{HEIGHT - 4}" text-anchor="end">{escape(x.label)}</text>'
        f'<text class="label" x="{LEFT}" y="{TOP - 18}">{escape(y.label)}</text>'
    )
    return "".join(rows + columns) + labels


def _line(line: Line, x: Axis, y: Axis) -> str:
    points = " ".join(f"{_x(px, x):.1f},{_y(py, y):.1f}" for px, py in line.points)
    dash = ' stroke-dasharray="5 4"' if line.dashed else ""
    drawn = f'<polyline fill="none" stroke="{line.colour}" stroke-width="2"{dash} points="{points}"/>'
    if not line.dots:
        return drawn
    return drawn + "".join(
        f'<circle cx="{_x(px, x):.1f}" cy="{_y(py, y):.1f}" r="3.5" fill="{line.colour}"/>'
        for px, py in line.points
    )


def _legend(lines: Sequence[Line]) -> str:
    return "".join(
        f'<g transform="translate({LEFT + 8 + 150 * position},{TOP - 6})">'
        f'<rect width="12" height="3" y="-3" fill="{line.colour}"/>'
        f'<text class="tick" x="16" y="2">{escape(line.name)}</text></g>'
        for position, line in enumerate(lines)
    )
