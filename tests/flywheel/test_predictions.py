"""Predictions are scored by their rule, on runs that no analyst saw, and against chance."""

from __future__ import annotations

import dataclasses

import pytest

from analyzers.proposal import Proposal
from analyzers.testing import unverified_run, verified_run
from benchmarks.gate.verdict import PairResult, Verdict
from flywheel.library_text import predictions_document, predictions_text
from flywheel.predictions import Hits, by_analyst_and_surface, hits_words, record_score, scores, summed
from flywheel.project import Project
from flywheel.records import proposal_record
from traces.outcome import Outcome
from traces.run import Run
from traces.segments import SegmentWriter

PASSED, FAILED = Outcome.PASSED, Outcome.FAILED


def pair_of(position: int, run: Run, candidate: Outcome) -> PairResult:
    """A pair whose control run is this one."""
    return PairResult(
        position=position,
        task=f"t{position}",
        group=f"G{position}",
        control_run=run.run_id,
        candidate_run=f"{position + 5000:032x}",
        control_score=float(run.outcome is PASSED),
        candidate_score=float(candidate is PASSED),
        control_outcome=run.outcome,
        candidate_outcome=candidate,
    )


@pytest.fixture
def experiment(project: Project, verdict: Verdict) -> Verdict:
    """Of three failures two are untested, one of which is fixed; of two passes the untested one breaks."""
    stories = [
        (unverified_run(1, "failed"), PASSED),
        (unverified_run(2, "failed"), FAILED),
        (verified_run(3, "failed"), PASSED),
        (unverified_run(4, "passed"), FAILED),
        (verified_run(5, "passed"), PASSED),
    ]
    with SegmentWriter(project.segments) as writer:
        for run, _ in stories:
            for span in run.spans:
                writer.append(span)
    lost = pair_of(9, unverified_run(9, "failed"), PASSED)
    pairs = tuple(pair_of(n, run, outcome) for n, (run, outcome) in enumerate(stories))
    return dataclasses.replace(verdict, pairs=(*pairs, lost))


@pytest.fixture
def answering(project: Project, proposal: Proposal) -> Proposal:
    """The proposal as an answer to ending untested, in the ledger."""
    made = dataclasses.replace(proposal, answers="no_verification")
    project.ledger.append("proposal", made.id, proposal_record(made))
    return made


def test_fixes_and_breakages_are_held_against_what_happened(
    project: Project, answering: Proposal, experiment: Verdict
) -> None:
    """Pairs whose control run is not stored are counted and left out; scoring twice is scoring once."""
    record_score(project, answering, "e-1", experiment)
    record_score(project, answering, "e-1", experiment)
    (score,) = scores(project)

    assert score.fixes == Hits(among=3, expected=2, happened=2, hits=1)
    assert score.breakages == Hits(among=2, expected=1, happened=1, hits=1)
    assert score.unread == 1
    assert (score.analyst, score.kind) == ("playbook", "middleware")


def test_what_answers_no_detector_predicts_nothing(
    project: Project, proposal: Proposal, answering: Proposal, experiment: Verdict
) -> None:
    """Nor does a merge of several."""
    record_score(project, proposal, "e-1", experiment)
    record_score(project, dataclasses.replace(answering, parents=("a", "b")), "e-2", experiment)
    record_score(project, dataclasses.replace(answering, answers="unheard_of"), "e-3", experiment)

    assert scores(project) == ()


def test_chance_is_the_rate_at_which_it_happens_anyway() -> None:
    """A rule that names everything is no better than chance."""
    hits = Hits(among=10, expected=10, happened=4, hits=4)

    assert hits.precision == hits.chance_precision == 0.4
    assert hits.recall == hits.chance_recall == 1.0
    assert Hits().precision is Hits().recall is Hits().chance_precision is None


def test_the_table_is_by_analyst_and_surface(
    project: Project, answering: Proposal, experiment: Verdict
) -> None:
    """Sums of counts, as text and as JSON, and it says that it decides nothing."""
    record_score(project, answering, "e-1", experiment)
    record_score(project, answering, "e-2", experiment)
    found = scores(project)
    ((key, rows),) = by_analyst_and_surface(found).items()
    (row,) = predictions_document(found)

    assert key == ("playbook", "middleware")
    assert summed(score.fixes for score in rows) == Hits(among=6, expected=4, happened=4, hits=2)
    assert (row["experiments"], row["fixes"]["precision"]) == (2, 0.5)
    assert "2 of 4 expected fixed: precision 50 % (chance 67 %)" in predictions_text(found)
    assert "decide nothing" in predictions_text(found)


def test_words_say_where_there_is_nothing_to_say() -> None:
    """Instead of a share of nothing."""
    assert hits_words(Hits(), "fixed") == "no such pair"
    assert hits_words(Hits(among=3, happened=1), "fixed") == "none expected; 1 of 3 fixed"
    assert "no prediction was scored yet" in predictions_text(())
