"""What a model is shown: layered, bounded, and fenced as data."""

from __future__ import annotations

import pytest

from analyzers.analysts.digest import Digest, digest_of, recorded_text
from analyzers.mine_view import RunsView
from analyzers.pattern import Pattern
from analyzers.testing import looping_run
from harness.edits import Tree
from harness.manifest_file import parse_manifest


@pytest.fixture
def digest(unverified: Pattern, view: RunsView, harness: Tree) -> Digest:
    return digest_of(unverified, view, parse_manifest(harness), characters=6000)


def test_it_shows_overview_runs_and_the_spans_that_signals_cite(digest: Digest, unverified: Pattern) -> None:
    """Of the medoid and the typical runs."""
    shown = {span.span_id for span in digest.spans}

    assert "12 runs, 67% of all failures" in digest.overview
    assert [run.run_id for run in digest.runs] == [unverified.medoid, *unverified.typical]
    assert shown == {s for signal in unverified.signals for s in signal.span_ids}
    assert "edit_file(program.py a < b a <= b)" in digest.runs[0].steps


def test_raw_spans_keep_within_the_budget(unverified: Pattern, view: RunsView, harness: Tree) -> None:
    """All of them together."""
    digest = digest_of(unverified, view, parse_manifest(harness), characters=300)

    assert sum(len(span.text) for span in digest.spans) <= 300


def test_long_runs_lose_their_middle(patterns: dict[str, Pattern], harness: Tree) -> None:
    """Beginning and end tell most."""
    loop = patterns["edit_loop"]
    runs = [looping_run(int(run_id, 16), times=40) for run_id in loop.run_ids]
    digest = digest_of(loop, RunsView(runs), parse_manifest(harness), characters=1000)

    assert digest.runs[0].steps.count("\n") == 40
    assert "… 120 steps left out …" in digest.runs[0].steps


def test_recorded_text_holds_what_the_model_may_not_copy(unverified: Pattern, view: RunsView) -> None:
    """All texts of the runs that it has seen."""
    other = next(run.run_id for run in view.runs() if run.run_id not in unverified.run_ids)
    more = recorded_text(unverified, view, shown=(other, unverified.medoid))

    assert "I have fixed the comparison." in recorded_text(unverified, view)
    assert len(more) > len(recorded_text(unverified, view))
