"""Only what the gate let through becomes the harness, and it can be undone exactly."""

from __future__ import annotations

import dataclasses

import pytest

from benchmarks.gate.verdict import Decision
from flywheel.cli import run
from flywheel.errors import FlywheelError, UnknownName
from flywheel.history import Judged, status_of
from flywheel.project import Project
from flywheel.promotion import promote, promote_proposal, roll_back
from flywheel.review import review_document, review_text
from harness.errors import RepositoryError, StaleError


def test_a_promotion_is_a_merge_commit_with_trailers(project: Project, judged: Judged) -> None:
    """The tree is the candidate's, and the commit names proposal, experiment and verdict."""
    commit = promote_proposal(project, judged.proposal.id)

    logged = project.repository.log()[0]
    assert project.repository.current() == commit == logged.commit
    assert project.repository.tree_hash(commit) == project.repository.tree_hash(judged.candidate)
    assert logged.trailers["Flywheel-Proposal"] == judged.proposal.id
    assert logged.trailers["Flywheel-Experiment"] == judged.experiment
    assert logged.trailers["Flywheel-Verdict"].startswith("promote")


def test_promoting_twice_is_promoting_once(project: Project, judged: Judged) -> None:
    """A repeated command gives the same commit."""
    first = promote_proposal(project, judged.proposal.id)

    assert promote_proposal(project, judged.proposal.id) == first


def test_a_promotion_killed_before_the_ledger_is_completed(project: Project, judged: Judged) -> None:
    """The merge commit is found by its trailer and only the missing entry is added."""
    commit = project.repository.promote(
        judged.candidate, subject="Promote", trailers={"Flywheel-Experiment": judged.experiment}
    )

    assert promote(project, judged) == commit
    entry = project.ledger.get("promotion", judged.experiment)
    assert entry is not None
    assert entry.body["commit"] == commit


@pytest.mark.parametrize("decision", [Decision.REJECT, Decision.INCONCLUSIVE])
def test_without_the_gate_nothing_is_promoted(project: Project, judged: Judged, decision: Decision) -> None:
    """A verdict that is not promote refuses, and the harness stays."""
    before = project.repository.current()
    refused = dataclasses.replace(judged, verdict=dataclasses.replace(judged.verdict, decision=decision))

    with pytest.raises(FlywheelError, match="not let through by the gate"):
        promote(project, refused)

    assert project.repository.current() == before


def test_a_proposal_without_a_verdict_is_not_promoted(project: Project, judged: Judged) -> None:
    """There is no way to the harness past an experiment."""
    project.ledger.append(
        "proposal", "p-other", {**review_document(project, judged.proposal.id)["proposal"], "id": "p-other"}
    )

    with pytest.raises(FlywheelError, match="no verdict"):
        promote_proposal(project, "p-other")


def test_an_unknown_proposal_names_those_there_are(project: Project, judged: Judged) -> None:
    """The way out is in the message."""
    with pytest.raises(UnknownName, match=judged.proposal.id):
        promote_proposal(project, "p-nope")


def test_a_stale_promotion_is_refused(project: Project, judged: Judged) -> None:
    """Gains do not add up: what was measured against another harness is to be measured again."""
    tree = project.repository.tree(project.repository.current())
    moved = project.repository.commit_candidate(
        {**tree, "README.md": b"moved on"}, "move", project.repository.current(), "moved"
    )
    project.repository.promote(moved, subject="Move", trailers={})

    with pytest.raises(StaleError, match="measure it again") as refused:
        promote(project, judged)
    merge, evaluation = str(refused.value).split("`")[1].split(" && ")
    where = ["-C", str(project.repository.path)]

    assert run([*merge.split()[1:], *where]) == 0
    again = evaluation.split()[2]
    assert evaluation.split()[:2] == ["flywheel", "evaluate"]
    assert project.repository.resolve(f"{again}^") == project.repository.current()
    assert project.manifest(again).limits.steps == 40
    assert status_of(project, judged.proposal) == "stale"


def test_a_rollback_restores_exactly_the_tree_from_before(project: Project, judged: Judged) -> None:
    """The commit is new, the tree is the old one, the ledger keeps both steps."""
    before = project.repository.tree_hash(project.repository.current())
    promote(project, judged)

    commit = roll_back(project, reason="slower\nin production")

    assert project.repository.tree_hash(commit) == before
    assert project.repository.current() == commit
    assert status_of(project, judged.proposal) == "rolled back"
    assert [entry.kind for entry in project.ledger.entries()][-2:] == ["promotion", "rollback"]


def test_what_was_rolled_back_is_not_said_to_be_promoted(project: Project, judged: Judged) -> None:
    """A second promote names the way back instead of claiming that it was done."""
    commit = promote(project, judged)
    undone = roll_back(project, reason="slower")

    with pytest.raises(FlywheelError, match=f"rollback --to {commit[:12]}"):
        promote_proposal(project, judged.proposal.id)

    assert project.repository.current() == undone
    assert roll_back(project, reason="after all", to=commit[:12])
    assert project.repository.tree_hash(project.repository.current()) == project.repository.tree_hash(commit)


def test_there_is_nothing_to_roll_back_before_a_promotion(project: Project) -> None:
    """The refusal is a wrong use, not a crash."""
    with pytest.raises(RepositoryError):
        roll_back(project, reason="none")


def test_a_reviewer_sees_everything_on_one_page(project: Project, judged: Judged) -> None:
    """Diff, hypothesis, quote with span id, numbers, flips and the rollback line."""
    text = review_text(project, judged.proposal.id[:6])

    for part in (
        "steps = 40",
        judged.proposal.hypothesis,
        "b" * 16,
        "+25.0 points",
        "fixed",
        "flywheel rollback",
    ):
        assert part in text


def test_a_hostile_quote_cannot_act_on_the_terminal(project: Project, judged: Judged) -> None:
    """Escape sequences in a quote are written out."""
    assert "\x1b" not in review_text(project, judged.proposal.id)
