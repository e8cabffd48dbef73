"""Only what the gate let through becomes the harness, and it can be undone exactly."""

from __future__ import annotations

import dataclasses
import subprocess
from pathlib import Path

import pytest

from benchmarks.gate.verdict import Decision, Verdict
from flywheel.cli import run
from flywheel.errors import FlywheelError, UnknownName
from flywheel.history import EvaluatedCommit, Judged, find_promotable, status_of
from flywheel.project import Project, open_project
from flywheel.promotion import promote, promote_proposal, roll_back
from flywheel.records import verdict_record
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


def evaluated(project: Project, verdict: Verdict, *, commits: int = 1) -> EvaluatedCommit:
    """A branch of a person, so many commits long, that ``evaluate`` judged."""
    repository = project.repository
    control = commit = repository.current()
    for number in range(commits):
        tree = {**repository.tree(commit), "prompts/system.md": f"Step {number}.\n".encode()}
        commit = repository.commit_candidate(tree, f"Step {number}", commit, "branch")
    body = {
        "campaign": "suite/epoch-1",
        "budgeted_as": "name-against-name",
        "proposal": "name-against-name",
        "control": control,
        "candidate": commit,
        "verdict": verdict_record(verdict),
    }
    project.ledger.append("verdict", "0123456789abcdef", body)
    found = find_promotable(project, "01234567")
    assert isinstance(found, EvaluatedCommit)
    return found


@pytest.mark.parametrize("commits", [1, 3])
def test_an_evaluated_branch_is_promoted_as_it_was_measured(
    project: Project, verdict: Verdict, commits: int
) -> None:
    """One merge with exactly the measured tree, however many commits it took; its experiment is in the trailers."""
    found = evaluated(project, verdict, commits=commits)

    commit = promote_proposal(project, found.experiment)

    logged = project.repository.log()[0]
    assert project.repository.current() == commit == promote(project, found)
    assert project.repository.tree_hash(commit) == project.repository.tree_hash(found.candidate)
    assert logged.subject == f"Promote: Step {commits - 1}"
    assert logged.trailers["Flywheel-Experiment"] == found.experiment
    assert logged.trailers["Flywheel-Candidate"] == found.candidate
    assert roll_back(project, reason="no") == project.repository.current()


def test_what_is_only_safe_takes_a_persons_word(project: Project, verdict: Verdict) -> None:
    """Refused with both ways out; taken with ``--safe``, the trailer says that it was not shown better."""
    safe = dataclasses.replace(verdict, question="safe", margin=0.1, interval=(-0.05, 0.2))
    found = evaluated(project, safe)

    with pytest.raises(FlywheelError, match=r"evaluate --better.*--safe"):
        promote_proposal(project, found.experiment)
    promote_proposal(project, found.experiment, even_if_only_safe=True)

    assert project.repository.log()[0].trailers["Flywheel-Verdict"].startswith("safe, not shown better")


def test_a_persons_word_lifts_no_other_refusal(project: Project, verdict: Verdict) -> None:
    """Inconclusive stays inconclusive."""
    found = evaluated(project, dataclasses.replace(verdict, decision=Decision.INCONCLUSIVE))

    with pytest.raises(FlywheelError, match="not let through"):
        promote_proposal(project, found.experiment, even_if_only_safe=True)


def test_a_stale_branch_is_measured_again_by_the_commands_it_is_told(
    project: Project, verdict: Verdict
) -> None:
    """They put the branch's commits on the present harness; what others changed meanwhile stays."""
    found = evaluated(project, verdict, commits=2)
    tree = project.repository.tree(project.repository.current())
    moved = project.repository.commit_candidate(
        {**tree, "README.md": b"moved on"}, "move", project.repository.current(), "moved"
    )
    project.repository.promote(moved, subject="Move", trailers={})

    with pytest.raises(StaleError, match="measure it again") as refused:
        promote(project, found)
    commands, _, evaluation = str(refused.value).split("`")[1].rpartition(" && ")
    identity = "git config user.name test && git config user.email test@localhost && "
    subprocess.run(
        ["bash", "-ec", identity + commands], cwd=project.repository.path, check=True, capture_output=True
    )

    again = evaluation.split()[2]
    assert evaluation.startswith(f"flywheel evaluate {again} --against HEAD --better")
    assert project.repository.tree(again)["README.md"] == b"moved on"
    assert project.repository.tree(again)["prompts/system.md"] == b"Step 1.\n"


def test_names_that_fit_several_experiments_are_refused(project: Project, verdict: Verdict) -> None:
    """More of the name is asked for; what nothing is named is an unknown name with the choices."""
    evaluated(project, verdict)
    entry = project.ledger.get("verdict", "0123456789abcdef")
    assert entry is not None
    project.ledger.append("verdict", "0123456789abcdff", {**entry.body, "proposal": "other"})

    with pytest.raises(FlywheelError, match="give more of it"):
        find_promotable(project, "0123456789")
    with pytest.raises(UnknownName, match="0123456789abcdef"):
        find_promotable(project, "nothing")


def test_a_candidate_of_another_clone_is_said_to_be_there(
    project: Project, judged: Judged, tmp_path: Path
) -> None:
    """The ledger travels, the candidates of ``optimize`` do not: the error says where it is to be promoted."""
    source = f"file://{project.repository.path}"
    subprocess.run(
        ["git", "clone", "--quiet", source, str(tmp_path / "job")], check=True, capture_output=True
    )

    with pytest.raises(FlywheelError, match=r"candidate .* is not in this clone"):
        promote_proposal(open_project(tmp_path / "job"), judged.proposal.id)


def test_a_merge_that_was_evaluated_is_found_by_its_own_name(
    project: Project, judged: Judged, verdict: Verdict
) -> None:
    """Its candidate was judged as a commit; the proposal's id and the experiment's promote the same."""
    record = {**review_document(project, judged.proposal.id)["proposal"], "id": "m-merge"}
    project.ledger.append("proposal", "m-merge", record)
    project.repository.git.run(
        "update-ref", "refs/flywheel/candidates/m-merge", evaluated(project, verdict).candidate
    )

    found = find_promotable(project, "m-merge")

    assert found.experiment == "0123456789abcdef"
    assert find_promotable(project, found.experiment) == found
