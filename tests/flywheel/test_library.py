"""The library is what the ledger says of proposals, and nothing else."""

from __future__ import annotations

import dataclasses

import pytest

from analyzers.proposal import Proposal
from benchmarks.gate.verdict import Decision, Verdict
from flywheel.history import Judged
from flywheel.library import Chosen, lessons, memory
from flywheel.project import Project
from flywheel.promotion import promote, roll_back
from flywheel.records import proposal_record, verdict_record


def add(project: Project, proposal: Proposal) -> None:
    """Enter a proposal."""
    project.ledger.append("proposal", proposal.id, proposal_record(proposal))


def judge(project: Project, proposal: Proposal, verdict: Verdict, *, experiment: str) -> None:
    """Enter a verdict on it."""
    commit = project.repository.current()
    body = {
        "campaign": "c",
        "budgeted_as": proposal.id,
        "proposal": proposal.id,
        "control": commit,
        "candidate": commit,
    }
    project.ledger.append("verdict", experiment, {**body, "verdict": verdict_record(verdict)})


def refuse(project: Project, proposal: Proposal, **more: bool) -> None:
    """Enter that lint refused it."""
    body = {"proposal": proposal.id, "problems": ["leaks a task (task_id)"], **more}
    project.ledger.append("refusal", f"{proposal.id}/1", body)


def test_a_verdict_is_a_lesson_with_its_interval(judged: Judged, project: Project) -> None:
    """And names the mechanism that it answered by the pattern's entry, where the proposal is an old one."""
    project.ledger.append("pattern", "1/x/pattern-1", {"id": "pattern-1", "mechanism": "no_verification"})
    (lesson,) = lessons(project)

    assert (lesson.id, lesson.came, lesson.kind) == (judged.proposal.id, "promote", "setting")
    assert lesson.interval == judged.verdict.interval
    assert lesson.answers == "no_verification"


def test_a_promotion_that_was_rolled_back_is_undone(judged: Judged, project: Project) -> None:
    """It is reusable while it stands, and a failure afterwards."""
    promote(project, judged)
    (standing,) = lessons(project)
    roll_back(project, reason="worse")
    (undone,) = lessons(project)

    assert standing.is_reusable
    assert undone.undone
    assert undone.failed


def test_the_latest_verdict_counts_once(judged: Judged, project: Project, verdict: Verdict) -> None:
    """An experiment that went on is one lesson, and stands where its last verdict does."""
    worse = dataclasses.replace(verdict, decision=Decision.REJECT)
    judge(project, judged.proposal, worse, experiment="experiment-2")

    assert [lesson.came for lesson in lessons(project)] == ["reject"]


def test_refusals_are_lessons_unless_more_groups_would_have_done(
    project: Project, proposal: Proposal
) -> None:
    """What only could not gain enough may be proposed again; a leak may not."""
    leak, small = proposal, dataclasses.replace(proposal, id="q-small")
    add(project, leak)
    add(project, small)
    refuse(project, leak)
    refuse(project, small, cannot_decide=True)

    assert [(lesson.id, lesson.came) for lesson in lessons(project)] == [(leak.id, "refused")]
    assert memory(project).passed_over == {leak.id}


def test_what_was_shown_safe_is_no_reason_for_others(
    project: Project, proposal: Proposal, verdict: Verdict
) -> None:
    """Another harness takes over what helped."""
    add(project, proposal)
    judge(project, proposal, dataclasses.replace(verdict, question="safe", margin=0.05), experiment="e")
    (lesson,) = lessons(project)

    assert not lesson.is_reusable


def test_a_merge_answers_no_pattern(project: Project, proposal: Proposal, verdict: Verdict) -> None:
    """It touches several surfaces: no one of them is spent by it."""
    merge = dataclasses.replace(proposal, parents=("a", "b"))
    add(project, merge)
    judge(project, merge, dataclasses.replace(verdict, decision=Decision.REJECT), experiment="e")

    assert [lesson.pattern for lesson in lessons(project)] == [""]


@pytest.mark.parametrize(
    ("chosen", "count"),
    [
        (Chosen(), 1),
        (Chosen(kind="setting", came="promote", reusable=True), 1),
        (Chosen(kind="prompt"), 0),
        (Chosen(came="reject"), 0),
        (Chosen(answers="edit_loop"), 0),
    ],
)
def test_lessons_are_chosen(judged: Judged, project: Project, chosen: Chosen, count: int) -> None:
    """By kind of surface, verdict, mechanism, and whether others may reuse them."""
    assert judged.experiment
    assert sum(chosen.holds(lesson) for lesson in lessons(project)) == count
