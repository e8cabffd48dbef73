"""The page of an analysis: patterns with their contrast, course, quotes and remedies; one file, nothing to fetch."""

from __future__ import annotations

from analyzers.pattern import Contrast
from flywheel.analysis.analyzing import Analysis
from flywheel.analysis.wording import (
    SIGNALS_ONLY,
    apart_words,
    candidate_words,
    contrast_words,
    counted,
    nothing_found,
    weight_words,
)
from flywheel.report.pages import page_template
from traces.terminal import one_line, printable


def render_analysis(analysis: Analysis) -> str:
    """The whole page."""
    mined = analysis.mined
    return page_template("analysis.html.j2").render(
        mined=mined,
        looked_at="run" if mined.rests_on == "signals" else "failure",
        explained=analysis.explained,
        periods=analysis.periods,
        apart=[apart_words(reason, count) for reason, count in mined.set_apart.items() if count],
        nearly=[candidate_words(candidate) for candidate in mined.candidates],
        signals_only=SIGNALS_ONLY if mined.rests_on == "signals" else "",
        nothing=nothing_found(mined),
        contrast_words=contrast_words,
        weight_words=weight_words,
        interval_place=interval_place,
        heights=heights,
        counted=counted,
        one_line=one_line,
        printable=printable,
    )


def interval_place(contrast: Contrast) -> dict[str, float]:
    """Where the interval and its middle stand on an axis from -100 to +100 points, in percent of its width."""
    low, high = contrast.interval
    return {
        "left": round(50 + 50 * low, 2),
        "width": round(max(1.0, 50 * (high - low)), 2),
        "middle": round(50 + 50 * contrast.difference, 2),
    }


def heights(trend: tuple[int, ...]) -> list[int]:
    """Counts as bar heights in percent of the highest."""
    top = max(trend, default=0) or 1
    return [round(100 * count / top) for count in trend]
