"""The report: one file, nothing to fetch, nothing from a trace obeyed."""

from __future__ import annotations

import dataclasses
import re
import xml.etree.ElementTree as ET

from benchmarks.gate.verdict import Verdict
from flywheel.report.page import evidence_plot, flip_cells, pass_rate_plot, render_report
from flywheel.report.plots import Line, count_axis, line_chart, log_axis, percent_axis
from flywheel.result import result_document
from flywheel.wheel import WheelResult


def page_of(result: WheelResult) -> str:
    """The page of a result."""
    document = result_document(result, seconds=12.34, peak_memory_mb=300.0, simulated=True)
    return render_report(result, document, "abc Promote: x", {"p-0123456789": "+added\n-removed"})


def test_a_report_fetches_nothing(wheel_result: WheelResult) -> None:
    """No script, no link, no image: it reads the same on a machine without a network."""
    page = page_of(wheel_result)

    assert not re.search(r"<(script|link|img|iframe)\b", page)
    assert not re.search(r"(src|href)=.https?:", page)


def test_a_report_escapes_what_traces_say(wheel_result: WheelResult) -> None:
    """A quote with markup in it is shown as text."""
    page = page_of(wheel_result)

    assert "<b>now</b>" not in page
    assert "&lt;b&gt;now&lt;/b&gt;" in page


def test_a_report_says_that_the_model_is_simulated(wheel_result: WheelResult) -> None:
    """Nobody should take the demo's numbers for a real model's."""
    assert "Simulated model" in page_of(wheel_result)


def test_a_report_without_trials_or_sealed_split_is_whole(wheel_result: WheelResult) -> None:
    """A wheel that promoted nothing still has a page that says so."""
    empty = dataclasses.replace(wheel_result, trials=(), sealed=None)

    page = page_of(empty)

    assert "No proposal was made." in page
    assert "not opened" in page


def test_plots_are_well_formed_svg(wheel_result: WheelResult) -> None:
    """Every plot parses as XML and has a title for those who cannot see it."""
    plots = [pass_rate_plot(wheel_result), evidence_plot(wheel_result.trials[0])]

    roots = [ET.fromstring(str(plot)) for plot in plots]

    assert all(root.find("{http://www.w3.org/2000/svg}title") is not None for root in roots)


def test_points_beyond_an_axis_stay_inside_the_plot() -> None:
    """A wealth of zero or beyond the top is drawn at the edge."""
    line = Line(name="a", points=((0.0, -50.0), (3.0, 900.0)), colour="#000")

    svg = line_chart([line], count_axis("n", 3), percent_axis("rate"), title="t")

    heights = [float(point.split(",")[1]) for point in re.search(r'points="([^"]+)"', svg)[1].split()]  # type: ignore[index]
    assert all(0 <= height <= 220 for height in heights)


def test_a_logarithmic_axis_has_few_whole_powers() -> None:
    """Ticks are powers of ten, whatever the range."""
    axis = log_axis("wealth", 0.001, 3e12)

    assert axis.low == -3
    assert axis.high == 13
    assert len(axis.ticks) <= 8


def test_flips_say_what_each_pair_showed(verdict: Verdict) -> None:
    """Fixed and broken come first, so that a reader sees them."""
    cells = flip_cells(verdict)

    assert [cell.kind for cell in cells] == ["fixed", "broken", "neither", "both"]
    assert cells[1].candidate == "timed_out"
