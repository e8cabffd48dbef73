"""Patterns with what a person wants to see of them."""

from __future__ import annotations

import pytest

from analyzers.evidence import problem_of
from analyzers.mine_view import RunsView
from flywheel.analysis.analyzing import Analysis, Explained, analyze
from flywheel.analysis.choosing import Choice, chosen_runs, parse_choice
from flywheel.analysis.document import analysis_document
from flywheel.analysis.text import analysis_text, pattern_text
from flywheel.archive import Archive
from flywheel.errors import FlywheelError


@pytest.fixture(scope="module")
def analysis(brought: Archive) -> Analysis:
    """The analysis of all runs that were brought."""
    return analyze(brought)


def stuck_of(analysis: Analysis) -> Explained:
    """The pattern of the runs that make the same failing edit again and again."""
    return next(found for found in analysis.explained if len(found.pattern.run_ids) == 12)


def test_both_ways_of_failing_are_found(analysis: Analysis) -> None:
    """Each with its own runs."""
    sizes = sorted(len(found.pattern.run_ids) for found in analysis.explained)

    assert sizes == [10, 12]
    assert analysis.mined.passed == 18


def test_every_quote_is_in_the_span_that_it_cites(analysis: Analysis, brought: Archive) -> None:
    """And every pattern has one."""
    view = RunsView(chosen_runs(brought, Choice()).runs)

    assert all(found.claims for found in analysis.explained)
    assert [
        problem_of(claim, view)
        for found in analysis.explained
        for claim in found.claims
        if problem_of(claim, view)
    ] == []


def test_remedies_are_suggested(analysis: Analysis) -> None:
    """Up to three, the most promising first."""
    suggested = [found.suggestions for found in analysis.explained]

    assert all(1 <= len(each) <= 3 for each in suggested)
    assert any("repeats itself" in each.title for each in stuck_of(analysis).suggestions)


def test_the_course_over_time_adds_up(analysis: Analysis) -> None:
    """Each of its runs is in one period; the stuck ones came first."""
    found = stuck_of(analysis)

    assert len(analysis.periods) == 4
    assert sum(found.trend) == 12
    assert found.trend[0] == 10
    assert found.trend[-1] == 0


def test_the_text_names_what_to_do_next(analysis: Analysis) -> None:
    """With the commands to look at a run and at the pattern."""
    text = analysis_text(analysis)
    found = analysis.explained[0].pattern

    assert f"flywheel patterns show {found.id}" in text
    assert f"flywheel traces show {found.medoid[:12]}" in text
    assert "may help:" in text
    assert "40 runs, 18 passed" in text


def test_one_pattern_in_full(analysis: Analysis) -> None:
    """With its tasks and all of its quotes."""
    found = stuck_of(analysis)
    text = pattern_text(found)

    assert "12 runs of 5 tasks" in text
    assert text.count("    > ") == len(found.claims)


def test_the_document_carries_the_same(analysis: Analysis) -> None:
    """Places of quotes, remedies, the course and what was compared."""
    pattern = analysis_document(analysis)["patterns"][0]

    assert pattern["quotes"][0]["span"] == analysis.explained[0].claims[0].span_id
    assert pattern["remedies"][0]["title"]
    assert sum(pattern["trend"]) == len(pattern["runs"])
    assert pattern["contrast"]["adjusted"] in {True, False}


def test_a_pattern_is_found_by_the_beginning_of_its_id(analysis: Analysis) -> None:
    """Or by its name; anything else names what there is."""
    pattern = analysis.explained[0].pattern

    assert analysis.one(pattern.id[:6]).pattern is pattern
    assert analysis.one(pattern.name).pattern is pattern
    with pytest.raises(FlywheelError, match=pattern.id):
        analysis.one("p-nothing")
    with pytest.raises(FlywheelError, match="begins 2 patterns"):
        analysis.one("p-")


def test_only_runs_that_meet_the_conditions(brought: Archive) -> None:
    """A task's runs are a fifth of them."""
    analysis = analyze(brought, parse_choice(["task=task-1"], None))

    assert analysis.mined.runs == 8


def test_only_runs_since_a_time(brought: Archive) -> None:
    """The sound ones came last: nothing has failed since."""
    start = analyze(brought).periods[0].start_ns / 1e9
    analysis = analyze(brought, parse_choice([], "1110m", clock=lambda: start + 40 * 3600))

    assert (analysis.mined.runs, analysis.mined.passed) == (18, 18)
    assert "every run passed" in analysis_text(analysis)


def test_conditions_that_nothing_meets_are_told(brought: Archive) -> None:
    """Instead of an analysis of nothing."""
    with pytest.raises(FlywheelError, match="no run meets these conditions"):
        analyze(brought, parse_choice(["task=task-99"], None))
