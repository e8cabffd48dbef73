"""Builds the report: one HTML file with its style and plots inside, nothing to fetch."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from benchmarks.gate.verdict import Verdict
from flywheel.report.pages import page_template
from flywheel.report.plots import Axis, Line, count_axis, line_chart, log_axis, percent_axis
from flywheel.wheel import Trial, WheelResult

INK, BLUE, GREEN, RED, GREY = "#1c2430", "#2a6fdb", "#1d8a4e", "#c0392b", "#9aa4b2"
HIGHEST = 1e300  # of a wealth in a plot: the axis needs room above it


@dataclass(frozen=True, kw_only=True)
class FlipCell:
    """What one pair of runs showed, for one small square of the table of flips."""

    task: str
    kind: str
    control: str
    candidate: str


def render_report(
    result: WheelResult, document: Mapping[str, Any], log: str, diffs: Mapping[str, str]
) -> str:
    """The whole page. ``document`` is the result document, ``diffs`` maps a proposal id to its patch."""
    return page_template("report.html.j2").render(
        result=result,
        document=document,
        log=log,
        diffs=diffs,
        pass_rates=pass_rate_plot(result),
        evidence={trial.experiment: evidence_plot(trial) for trial in result.trials if trial.verdict},
        flips={trial.experiment: flip_cells(trial.verdict) for trial in result.trials if trial.verdict},
    )


def pass_rate_plot(result: WheelResult) -> Markup:
    """Pass rate over promotions: the ``mine`` split by round, the sealed split before and after."""
    mined = tuple((float(index), mined.pass_rate) for index, mined in enumerate(result.rounds))
    lines = [Line(name="mine split, by round", points=mined, colour=BLUE, dots=True)]
    last = max(len(result.rounds) - 1, 1)
    if result.sealed is not None:
        before = result.sealed.before_passed / max(result.sealed.before_total, 1)
        after = result.sealed.after_passed / max(result.sealed.after_total, 1)
        points = ((0.0, before), (float(last), after))
        lines.append(Line(name="sealed split, before and after", points=points, colour=GREEN, dots=True))
    return line_chart(
        lines, count_axis("promotions", last), percent_axis("pass rate"), title="Pass rate over promotions"
    )


def evidence_plot(trial: Trial) -> Markup:
    """The wealth of the e-process over the groups it saw, with the threshold of a promotion."""
    verdict = trial.verdict
    if verdict is None or not verdict.evidence:
        return Markup("<p>No evidence was gathered.</p>")
    wealth = [
        (0.0, 0.0),
        *(
            (float(point.bet + 1), math.log10(min(max(point.wealth, 1e-6), HIGHEST)))
            for point in verdict.evidence
        ),
    ]
    count = len(verdict.evidence)
    low = min(0.1, *(10**height for _, height in wealth))
    high = max(verdict.threshold, *(10**height for _, height in wealth)) * 1.5
    goal = math.log10(verdict.threshold)
    lines = (
        Line(name="evidence (wealth)", points=tuple(wealth), colour=BLUE),
        Line(name="needed to promote", points=((0.0, goal), (float(count), goal)), colour=RED, dashed=True),
    )
    y: Axis = log_axis("evidence against “does not help”", low, high)
    return line_chart(lines, count_axis("groups", count), y, title="Evidence over groups")


def flip_cells(verdict: Verdict | None) -> tuple[FlipCell, ...]:
    """Each pair as a square: fixed, broken, passed by both or by neither; sorted so that kinds stand together."""
    if verdict is None:
        return ()
    order = {"fixed": 0, "broken": 1, "partly": 2, "neither": 3, "both": 4}
    cells = [
        FlipCell(
            task=pair.task,
            kind=_flip(pair.control_score, pair.candidate_score, pair.difference),
            control=pair.control_outcome.value,
            candidate=pair.candidate_outcome.value,
        )
        for pair in verdict.pairs
    ]
    return tuple(sorted(cells, key=lambda cell: (order[cell.kind], cell.task)))


def _flip(control: float | None, candidate: float | None, difference: float) -> str:
    if difference >= 1:
        return "fixed"
    if difference <= -1:
        return "broken"
    if difference != 0:
        return "partly"
    return "both" if (control or 0) >= 1 and (candidate or 0) >= 1 else "neither"
