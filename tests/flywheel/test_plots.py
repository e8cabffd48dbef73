"""Axes and lines as properties, and pages for results of every kind."""

from __future__ import annotations

import dataclasses
import math
import re
import sys
import xml.etree.ElementTree as ET
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.gate.verdict import Decision, EvidencePoint
from flywheel.report.page import evidence_plot, flip_cells, pass_rate_plot, render_report
from flywheel.report.plots import HEIGHT, WIDTH, Axis, Line, count_axis, line_chart, log_axis, percent_axis
from flywheel.result import result_document
from flywheel.wheel import Trial, WheelResult

SVG = "{http://www.w3.org/2000/svg}"
WEALTH = st.floats(min_value=0.0, max_value=sys.float_info.max, allow_nan=False)


def page_of(result: WheelResult, diffs: dict[str, str] | None = None) -> str:
    """The page of a result."""
    document = result_document(result, seconds=1.0, peak_memory_mb=2.0, simulated=False)
    return render_report(result, document, "abc Start", diffs or {})


def with_verdict(result: WheelResult, **changes: Any) -> Trial:
    """The first trial with another verdict."""
    trial = result.trials[0]
    assert trial.verdict is not None
    return dataclasses.replace(trial, status="judged", verdict=dataclasses.replace(trial.verdict, **changes))


def assert_ticks_fit(axis: Axis, *, at_most: int) -> None:
    """Ticks stand in order within the axis, which has a length, each with its own text."""
    places = [place for place, _ in axis.ticks]
    assert axis.low < axis.high
    assert places == sorted(set(places))
    assert axis.low <= places[0] <= places[-1] <= axis.high
    assert len({text for _, text in axis.ticks}) == len(places) <= at_most


@given(high=st.integers(min_value=0, max_value=100_000))
def test_an_axis_of_counts_is_readable_at_any_size(high: int) -> None:
    """At most seven whole numbers from zero, and the highest count fits on it."""
    axis = count_axis("n", high)

    assert_ticks_fit(axis, at_most=7)
    assert axis.high >= high
    assert all(text == str(int(place)) for place, text in axis.ticks)


@given(low=st.floats(min_value=1e-300, max_value=1e300), factor=st.floats(min_value=1.0, max_value=1e8))
def test_a_logarithmic_axis_holds_its_range(low: float, factor: float) -> None:
    """Both ends lie on it, also where they are the same power of ten, and ticks are few."""
    high = low * factor
    axis = log_axis("w", low, high)

    assert_ticks_fit(axis, at_most=11)
    assert axis.low <= math.log10(low) <= math.log10(high) <= axis.high


def test_a_percent_axis_ends_at_everything() -> None:
    """Quarters from 0 % to 100 %."""
    axis = percent_axis("rate")

    assert_ticks_fit(axis, at_most=5)
    assert axis.ticks[-1] == (1.0, "100 %")


@given(points=st.lists(st.tuples(st.floats(0, 6), st.floats(-1e9, 1e9)), min_size=1, max_size=20))
def test_no_point_leaves_the_picture(points: list[tuple[float, float]]) -> None:
    """Lines and dots stay inside, whatever the height of a value, and the picture is well-formed."""
    line = Line(name="<a> & b", points=tuple(points), colour="#000", dots=True)
    root = ET.fromstring(str(line_chart([line], count_axis("n", 6), percent_axis("r"), title="<t>")))

    circles = [(float(dot.attrib["cx"]), float(dot.attrib["cy"])) for dot in root.iter(f"{SVG}circle")]
    assert len(circles) == len(points)
    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in circles)
    assert root.find(f"{SVG}title").text == "<t>"  # type: ignore[union-attr]
    assert any(text.text == "<a> & b" for text in root.iter(f"{SVG}text"))


def test_only_a_threshold_is_dashed() -> None:
    """The two kinds of line can be told apart without colours."""
    axes = count_axis("n", 1), percent_axis("r")
    solid = Line(name="a", points=((0.0, 0.0), (1.0, 1.0)), colour="#000")

    assert "stroke-dasharray" not in line_chart([solid], *axes, title="t")
    assert "stroke-dasharray" in line_chart([dataclasses.replace(solid, dashed=True)], *axes, title="t")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(wealth=st.lists(WEALTH, min_size=1, max_size=8), threshold=st.floats(min_value=1.01, max_value=1e6))
def test_evidence_is_drawn_for_any_wealth(
    wheel_result: WheelResult, wealth: list[float], threshold: float
) -> None:
    """From ruin to the largest number there is: a point per bet, all inside the picture."""
    points = tuple(
        EvidencePoint(bet=bet, group="g", difference=1.0, wealth=value, lower_bound=-1.0)
        for bet, value in enumerate(wealth)
    )
    root = ET.fromstring(str(evidence_plot(with_verdict(wheel_result, evidence=points, threshold=threshold))))

    first = next(root.iter(f"{SVG}polyline")).attrib["points"].split()
    assert len(first) == len(wealth) + 1
    assert all(0 <= float(point.split(",")[1]) <= HEIGHT for point in first)


@pytest.mark.parametrize("decision", [Decision.REJECT, Decision.INCONCLUSIVE])
def test_a_page_shows_a_verdict_that_let_nothing_through(
    wheel_result: WheelResult, decision: Decision
) -> None:
    """Its word and reason, none of them called promoted, and nobody counted as holding up."""
    reason = "breaks <more> than it fixes"
    trial = with_verdict(wheel_result, decision=decision, reason=reason, effect_at_stop=-0.1)

    page = page_of(dataclasses.replace(wheel_result, trials=(trial,)))

    assert f'<span class="word {decision.value}">{decision.value}</span>' in page
    assert "breaks &lt;more&gt; than it fixes" in page
    assert '<span class="word">promoted</span>' not in page
    assert "<b>0 of 1</b>" in page
    assert "-10.0 points" in page


def test_a_page_of_a_verdict_without_pairs_is_whole(wheel_result: WheelResult) -> None:
    """What was blocked before its first pair has no evidence, no flips and zero runs."""
    trial = with_verdict(
        wheel_result, decision=Decision.REJECT, pairs=(), evidence=(), groups_used=0, diverged=0
    )

    page = page_of(dataclasses.replace(wheel_result, trials=(trial,)))

    assert "No evidence was gathered." in page
    assert "0 of 0" in page
    assert '<div class="flips"></div>' in page
    assert flip_cells(trial.verdict) == flip_cells(None) == ()


def test_a_patch_is_escaped_and_its_lines_are_marked(wheel_result: WheelResult) -> None:
    """Added and removed lines carry their class; a tag in the patch is text."""
    page = page_of(wheel_result, {"p-0123456789": "+<script>x</script>\n-old\n same"})

    assert '<span class="add">+&lt;script&gt;x&lt;/script&gt;</span>' in page
    assert '<span class="remove">-old</span>' in page
    assert '<span class=""> same</span>' in page


def test_a_real_model_carries_no_warning(wheel_result: WheelResult) -> None:
    """The card about simulated models is for those alone."""
    assert "Simulated model" not in page_of(wheel_result)


def test_no_pattern_is_said(wheel_result: WheelResult) -> None:
    """An empty table would look like an error of the page."""
    mined = dataclasses.replace(wheel_result.rounds[0], patterns=())

    assert "No pattern:" in page_of(dataclasses.replace(wheel_result, rounds=(mined,)))


@pytest.mark.parametrize(
    ("control", "candidate", "kind"),
    [
        (0.0, 1.0, "fixed"),
        (1.0, 0.0, "broken"),
        (0.25, 0.75, "partly"),
        (0.5, 0.5, "neither"),
        (1.0, 1.0, "both"),
        (None, 1.0, "neither"),
        (0.0, None, "neither"),
        (1.0, None, "broken"),
    ],
)
def test_a_pair_is_of_one_kind(
    wheel_result: WheelResult, control: float | None, candidate: float | None, kind: str
) -> None:
    """A run without a score counts at its worst for the candidate, and never as a fix or as passed by both."""
    verdict = wheel_result.trials[0].verdict
    assert verdict is not None
    pair = dataclasses.replace(verdict.pairs[0], control_score=control, candidate_score=candidate)

    cells = flip_cells(dataclasses.replace(verdict, pairs=(pair,)))

    assert [cell.kind for cell in cells] == [kind]


@pytest.mark.parametrize("rounds", [0, 1, 2, 12])
def test_the_pass_rate_has_a_dot_for_each_round(wheel_result: WheelResult, rounds: int) -> None:
    """And one for each end of the sealed split, however few rounds there were."""
    result = dataclasses.replace(wheel_result, rounds=wheel_result.rounds * rounds)

    closed = dataclasses.replace(result, sealed=None)

    dots = [str(pass_rate_plot(shown)).count("<circle") for shown in (result, closed)]

    assert dots == [rounds + 2, rounds]


def test_every_trial_has_its_card(wheel_result: WheelResult) -> None:
    """Refused ones too, with their reason and without numbers."""
    page = page_of(wheel_result)

    assert len(re.findall(r'<div class="card" id="p-', page)) == len(wheel_result.trials)
    assert '<span class="word refused">refused</span>' in page
    assert page.count("does not load") == 1
