"""What a reviewer reads of a proposal in each of its states, and what the ledger says of proposals."""

from __future__ import annotations

import dataclasses
import json

import pytest

from analyzers.proposal import Proposal
from benchmarks.gate.verdict import Decision
from flywheel.cli import run
from flywheel.errors import FlywheelError, UnknownName
from flywheel.history import (
    Judged,
    find_judged,
    find_proposal,
    judged_proposals,
    proposals,
    refusal,
    status_of,
)
from flywheel.project import Project
from flywheel.promotion import promote, roll_back
from flywheel.records import proposal_record, verdict_record
from flywheel.review import review_document, review_text

HOSTILE = "\x1b]0;owned\x07[/nothing] \u202etitle"


def propose(project: Project, proposal: Proposal, **changes: str) -> Proposal:
    """Write a proposal into the ledger."""
    made = dataclasses.replace(proposal, **changes)  # type: ignore[arg-type]
    project.ledger.append("proposal", made.id, proposal_record(made))
    return made


def judge(project: Project, judged: Judged, decision: Decision, *, more: str = "") -> Judged:
    """Write a later verdict on the same candidate into the ledger."""
    verdict = dataclasses.replace(judged.verdict, decision=decision, reason="measured again", more=more)
    later = dataclasses.replace(judged, experiment="experiment-2", verdict=verdict)
    body = {
        "campaign": "suite/epoch-1",
        "budgeted_as": "again",
        "proposal": later.proposal.id,
        "control": later.control,
        "candidate": later.candidate,
        "verdict": verdict_record(verdict),
    }
    project.ledger.append("verdict", later.experiment, body)
    return later


def test_a_proposal_before_its_measurement_has_no_verdict(project: Project, proposal: Proposal) -> None:
    """It is proposed: no diff, no numbers, no next step, and everything that was claimed."""
    propose(project, proposal)

    document = review_document(project, proposal.id)
    shown = review_text(project, proposal.id)

    assert document["status"] == "proposed"
    assert (document["verdict"], document["experiment"], document["refused"]) == (None, None, None)
    assert document["diff"] == ""
    assert document["proposal"] == proposal_record(proposal)
    assert proposal.hypothesis in shown
    assert proposal.evidence[0].span_id in shown
    assert not {"Verdict", "Diff", "Flips", "Undo"} & set(shown.split())


def test_a_refused_proposal_says_why(project: Project, proposal: Proposal) -> None:
    """All problems that lint found are there, before any run and without numbers."""
    propose(project, proposal)
    body = {"proposal": proposal.id, "problems": ["does not load", "names a task"]}
    project.ledger.append("refusal", proposal.id, body)

    document = review_document(project, proposal.id)

    assert document["status"] == "refused"
    assert document["refused"] == "does not load; names a task"
    assert "Refused before any run\n  does not load; names a task" in review_text(project, proposal.id)


def test_a_refusal_belongs_to_one_proposal(project: Project, proposal: Proposal) -> None:
    """Another proposal of the same round is not touched by it."""
    other = propose(project, proposal, id="p-other")
    propose(project, proposal)
    project.ledger.append("refusal", proposal.id, {"proposal": proposal.id, "problems": ["no"]})

    assert refusal(project, proposal) == "no"
    assert refusal(project, other) is None
    assert status_of(project, other) == "proposed"


@pytest.mark.parametrize("decision", [Decision.REJECT, Decision.INCONCLUSIVE])
def test_what_the_gate_did_not_let_through_has_nothing_to_undo(
    project: Project, judged: Judged, decision: Decision
) -> None:
    """Its state is the verdict's word; no command to promote it is offered, and what would help is said."""
    judge(project, judged, decision, more="20 more groups could decide it")

    document = review_document(project, judged.proposal.id)
    shown = review_text(project, judged.proposal.id)

    assert document["status"] == decision.value
    assert document["experiment"] == "experiment-2"
    assert f"Verdict    {decision.value}" in shown
    assert "More       20 more groups could decide it" in shown
    assert "nothing to undo" in shown
    assert "flywheel promote" not in shown


def test_a_proposal_that_passed_waits_then_stands_then_is_undone(project: Project, judged: Judged) -> None:
    """Each state is shown with the command that fits it."""
    name = judged.proposal.id
    shown = [review_text(project, name)]
    promote(project, judged)
    shown.append(review_text(project, name))
    roll_back(project, reason="test")
    shown.append(review_text(project, name))

    states = [page.splitlines()[1].partition(" – ")[2] for page in shown]
    assert states == ["waiting for promote", "promoted", "rolled back"]
    assert f"Apply it   flywheel promote {name}" in shown[0]
    assert "Undo it    flywheel rollback" in shown[1]
    assert "promoted and rolled back" in shown[2]


def test_flips_name_both_runs_of_a_pair(project: Project, judged: Judged) -> None:
    """Only pairs that differ are listed, with the outcome and the run of each arm."""
    shown = review_text(project, judged.proposal.id)
    flips = [line for line in shown.splitlines() if line.startswith(("  fixed", "  broken"))]

    assert len(flips) == 2
    assert "failed (00000000) → passed (00000000)" in flips[0]
    assert flips[1].endswith("timed_out (00000000)")
    assert "Diverged   2 of 4 pairs" in shown


def test_a_verdict_without_flips_says_so(project: Project, judged: Judged) -> None:
    """Pairs that agree are no flips, and neither are no pairs at all."""
    quiet = dataclasses.replace(judged, verdict=dataclasses.replace(judged.verdict, pairs=()))
    judge(project, quiet, Decision.INCONCLUSIVE)

    shown = review_text(project, judged.proposal.id)

    assert "Flips\n  none" in shown
    assert "0 pairs" in shown


def test_a_review_is_json(project: Project, judged: Judged) -> None:
    """Nothing in the document needs a special encoder, nor has a number that JSON lacks."""
    document = review_document(project, judged.proposal.id)

    assert json.loads(json.dumps(document, allow_nan=False)) == document
    assert "limits" in document["diff"]
    assert document["rollback"] == f"flywheel rollback -C {project.repository.path}"


@pytest.mark.parametrize("words", [("show", "p-0123456789"), ("list",)], ids=["show", "list"])
def test_a_hostile_title_cannot_act_on_the_terminal(
    words: tuple[str, ...], project: Project, proposal: Proposal, capsys: pytest.CaptureFixture[str]
) -> None:
    """What an analyst wrote, be it title, hypothesis or claim, is shown with its controls written out."""
    claims = (dataclasses.replace(proposal.evidence[0], text=HOSTILE),)
    made = dataclasses.replace(proposal, title=HOSTILE, hypothesis=HOSTILE, evidence=claims)
    project.ledger.append("proposal", made.id, proposal_record(made))

    code = run(["proposals", *words, "-C", str(project.repository.path)])

    shown = capsys.readouterr().out
    assert code == 0
    assert "\\x1b]0;owned\\x07[/nothing] \\u202etitle" in shown
    assert not {"\x1b", "\x07", "\u202e"} & set(shown)


def test_a_beginning_finds_a_proposal_and_a_whole_id_wins(project: Project, proposal: Proposal) -> None:
    """An id that begins another one is still found by itself; a beginning of both is refused."""
    first = propose(project, proposal, id="p-abc")
    second = propose(project, proposal, id="p-abcd")

    assert find_proposal(project, "p-abc") == first
    assert find_proposal(project, "p-abcd") == second
    with pytest.raises(FlywheelError, match="begins 2 proposal ids"):
        find_proposal(project, "p-ab")
    with pytest.raises(UnknownName, match=r"p-abc, p-abcd"):
        find_proposal(project, "q")


def test_proposals_keep_their_order(project: Project, proposal: Proposal) -> None:
    """They are listed as they were made, not by name."""
    for name in ("p-c", "p-a", "p-b"):
        propose(project, proposal, id=name)

    assert [made.id for made in proposals(project)] == ["p-c", "p-a", "p-b"]


def test_the_latest_verdict_counts(project: Project, judged: Judged) -> None:
    """Both are in the history; a decision is made on the last."""
    later = judge(project, judged, Decision.REJECT)

    assert [one.experiment for one in judged_proposals(project)] == ["experiment-1", "experiment-2"]
    assert find_judged(project, judged.proposal.id) == later
    assert status_of(project, judged.proposal) == "reject"


def test_an_answered_question_is_no_proposal(project: Project, judged: Judged) -> None:
    """A verdict of ``flywheel evaluate`` has no proposal, and does not show up among them."""
    body = {
        **project.ledger.entries("verdict")[0].body,
        "proposal": "a-against-b",
        "budgeted_as": "a-against-b",
    }
    project.ledger.append("verdict", "experiment-3", body)

    assert judged_proposals(project) == (judged,)
    assert proposals(project) == (judged.proposal,)


def test_a_proposal_without_a_verdict_cannot_be_decided_on(project: Project, proposal: Proposal) -> None:
    """The message says what is missing."""
    propose(project, proposal)

    with pytest.raises(FlywheelError, match="has no verdict"):
        find_judged(project, proposal.id)


def test_no_proposals_yet_says_what_makes_some(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    """An empty list is text for a person and an empty JSON list for a program."""
    words = ["proposals", "list", "-C", str(project.repository.path)]

    codes = run(words), run([*words, "--json"])

    text, _, document = capsys.readouterr().out.partition("\n")
    assert codes == (0, 0)
    assert "flywheel optimize" in text
    assert json.loads(document) == []
