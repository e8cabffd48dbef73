"""The page of an analysis."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from analyzers.pattern import Contrast
from flywheel.analysis.analyzing import Analysis, analyze
from flywheel.archive import Archive
from flywheel.cli import run
from flywheel.report.analysis_page import heights, interval_place, render_analysis


@pytest.fixture(scope="module")
def analysis(brought: Archive) -> Analysis:
    """The analysis of all runs that were brought."""
    return analyze(brought)


def test_the_page_holds_every_pattern_with_its_quotes(analysis: Analysis) -> None:
    """In one file that fetches nothing."""
    page = render_analysis(analysis)

    assert all(f'id="{found.pattern.id}"' in page for found in analysis.explained)
    assert page.count("<blockquote>") == sum(len(found.claims) for found in analysis.explained)
    assert re.search(r"(src|href)=\"(?!#)", page) is None


def test_what_traces_say_cannot_act_on_the_page(analysis: Analysis) -> None:
    """Markup and control characters of names and quotes are shown, not followed."""
    first, *others = analysis.explained
    hostile = replace(
        first,
        pattern=replace(first.pattern, name="<script>alert(1)</script>\x1b[2J", terms=("<b>x</b>",)),
        claims=tuple(
            replace(claim, quote="</blockquote><img src=x onerror=alert(1)>") for claim in first.claims
        ),
    )
    page = render_analysis(replace(analysis, explained=(hostile, *others)))

    assert "<script>" not in page
    assert "<img" not in page
    assert "\x1b" not in page


def test_nothing_found_is_said(analysis: Analysis) -> None:
    """A page without a pattern says what that means."""
    page = render_analysis(replace(analysis, explained=()))

    assert "nothing is shown to occur more often in failures than in passes" in page


def test_where_an_interval_stands() -> None:
    """On an axis from -100 to +100 points; never thinner than can be seen."""
    wide = Contrast(difference=0.5, interval=(0.0, 1.0), basis="task")
    thin = Contrast(difference=0.0, interval=(0.0, 0.0), basis="task")

    assert interval_place(wide) == {"left": 50, "width": 50, "middle": 75}
    assert interval_place(thin)["width"] == 1


def test_bars_are_relative_to_the_highest() -> None:
    """Nothing at all has no height."""
    assert heights((0, 5, 10)) == [0, 50, 100]
    assert heights((0, 0)) == [0, 0]


def test_the_command_writes_it(brought: Archive, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """And says where; what it prints is still the text."""
    folder = brought.store.root.parent

    assert run(["analyze", "-C", str(folder), "--html", str(tmp_path / "page.html")]) == 0
    said = capsys.readouterr()
    assert f"wrote {tmp_path / 'page.html'}" in said.err
    assert "40 runs" in said.out
    assert (tmp_path / "page.html").read_text().startswith("<!doctype html>")


def test_a_page_that_cannot_be_written_is_wrong_use(
    brought: Archive, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the way out."""
    code = run(
        ["analyze", "-C", str(brought.store.root.parent), "--html", str(tmp_path / "none" / "page.html")]
    )

    assert code == 2
    assert "name a file in a folder that is there" in capsys.readouterr().err
