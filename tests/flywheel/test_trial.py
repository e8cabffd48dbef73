"""A proposal through lint, experiment and gate: what is refused, recalled, and who may apply it."""

from __future__ import annotations

import dataclasses
import hashlib

import pytest

from analyzers.pattern import Pattern
from analyzers.proposal import Proposal
from benchmarks.gate.verdict import Decision
from flywheel.campaigns import OpenCampaign, charge
from flywheel.history import judged_proposals, refusal, status_of
from flywheel.mine_index import count_runs
from flywheel.promotion import roll_back
from flywheel.records import proposal_record
from flywheel.trial import gate_tasks, may_promote_alone, try_in_order, try_proposal
from flywheel.wheel import Mined, Trial, Wheel
from harness.edits import AddMiddleware, AppendText, SetValue, WriteFile

MINED = Mined(round=1, commit="e" * 40, runs=60, passed=20, set_apart={}, patterns=(), unexplained=3)


def proposed(wheel: Wheel, proposal: Proposal, *edits: object) -> Proposal:
    """The proposal with other edits, in the ledger as an analyst's is."""
    changed = dataclasses.replace(proposal, edits=edits)
    wheel.project.ledger.append("proposal", changed.id, proposal_record(changed))
    return changed


def entries(wheel: Wheel) -> int:
    """How many entries the ledger has."""
    return len(wheel.project.ledger.entries())


@pytest.mark.parametrize(
    ("edit", "reason"),
    [
        (WriteFile(path="policy.toml", content="[campaign]\nerror_budget = 0.9\n"), "policy.toml"),
        (AddMiddleware(use="stock:Nothing"), "Nothing"),
        (SetValue(key="limits.steps", value=-1), "limits"),
    ],
    ids=["policy", "unknown middleware", "impossible limit"],
)
def test_lint_refuses_before_any_run(
    wheel: Wheel, campaign: OpenCampaign, proposal: Proposal, edit: object, reason: str
) -> None:
    """The reason names the offender, it is in the ledger, and nothing is charged or run."""
    bad = proposed(wheel, proposal, edit)
    runs = count_runs(wheel.project)

    trial = try_proposal(wheel, campaign, campaign.start, bad, MINED)

    assert trial.status == trial.decision == "refused"
    assert reason in trial.reason
    assert refusal(wheel.project, bad) == trial.reason
    assert status_of(wheel.project, bad) == "refused"
    assert count_runs(wheel.project) == runs
    assert len(wheel.project.ledger.entries("charge")) == 1


def test_a_refusal_is_recalled(wheel: Wheel, campaign: OpenCampaign, proposal: Proposal) -> None:
    """Trying the same proposal on the same harness again adds nothing and says the same."""
    bad = proposed(wheel, proposal, AddMiddleware(use="stock:Nothing"))
    first = try_proposal(wheel, campaign, campaign.start, bad, MINED)
    before = entries(wheel)

    assert try_proposal(wheel, campaign, campaign.start, bad, MINED) == first
    assert entries(wheel) == before


def little_to_gain(wheel: Wheel, proposal: Proposal, pattern: Pattern) -> tuple[Proposal, Mined]:
    """A proposal for a pattern that is one of a thousand runs."""
    pattern = dataclasses.replace(pattern, run_ids=pattern.run_ids[:1])
    answer = dataclasses.replace(proposal, pattern=pattern.id)
    return proposed(wheel, answer, SetValue(key="limits.steps", value=40)), dataclasses.replace(
        MINED, runs=1000, passed=20, patterns=(pattern,)
    )


def test_what_cannot_gain_enough_is_refused_before_it_costs_anything(
    wheel: Wheel, campaign: OpenCampaign, proposal: Proposal, pattern: Pattern
) -> None:
    """Recorded with both numbers, not charged, not run, recalled, and no miss."""
    small, mined = little_to_gain(wheel, proposal, pattern)
    runs, charges = count_runs(wheel.project), len(wheel.project.ledger.entries("charge"))

    trial = try_proposal(wheel, campaign, campaign.start, small, mined)
    before = entries(wheel)

    assert trial.cannot_decide
    assert trial.decision == "refused"
    assert "can gain at most 0.5" in trial.reason
    assert not trial.is_miss
    assert refusal(wheel.project, small) == trial.reason
    assert (count_runs(wheel.project), len(wheel.project.ledger.entries("charge"))) == (runs, charges)
    assert try_proposal(wheel, campaign, campaign.start, small, mined) == trial
    assert entries(wheel) == before


@pytest.mark.slow
def test_what_cannot_gain_enough_can_be_forced_and_promotes_nothing(
    wheel: Wheel, campaign: OpenCampaign, proposal: Proposal, pattern: Pattern
) -> None:
    """The refusal that stands in the ledger does not hold it up; its verdict is no promotion."""
    small, mined = little_to_gain(wheel, proposal, pattern)
    refused = try_proposal(wheel, campaign, campaign.start, small, mined)
    forced = dataclasses.replace(wheel, settings=dataclasses.replace(wheel.settings, force=True))

    trial = try_proposal(forced, campaign, campaign.start, small, mined)

    assert refused.cannot_decide
    assert trial.verdict is not None
    assert trial.decision != "promote"


def test_a_proposal_that_names_a_task_is_refused_without_naming_it(
    wheel: Wheel, campaign: OpenCampaign, proposal: Proposal
) -> None:
    """The rule is named; what it found is not repeated in the ledger, which analysts' notes come from."""
    task = gate_tasks(wheel)[0].id
    leaky = proposed(wheel, proposal, AppendText(path="prompts/system.md", text=f"In {task} look twice."))

    trial = try_proposal(wheel, campaign, campaign.start, leaky, MINED)

    assert "leaks a task (task_id)" in trial.refusals
    assert task not in trial.reason


@pytest.mark.parametrize("key", ["text", "parameter"])
def test_leaks_are_found_wherever_text_stands(
    wheel: Wheel, campaign: OpenCampaign, proposal: Proposal, key: str
) -> None:
    """In a prompt's addition and in a middleware's parameters alike."""
    task = gate_tasks(wheel)[0].id
    edit = (
        AppendText(path="prompts/system.md", text=task)
        if key == "text"
        else AddMiddleware(use="stock:PreCompletionChecklist", parameters={"checks": (task,)})
    )

    trial = try_proposal(wheel, campaign, campaign.start, proposed(wheel, proposal, edit), MINED)

    assert any("task_id" in problem for problem in trial.refusals)


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        ("KNOWN = '{digest}'", "task_digest"),
        ("import gc\nSEEN = gc.get_objects()", "runtime"),
        ("ROWS = open('.flywheel/segments/first').read()", "task_source"),
        ("NAME = 'Human' + 'Eval_{number}'", "hidden_text"),
    ],
)
def test_code_that_would_know_tasks_is_refused(
    wheel: Wheel, campaign: OpenCampaign, proposal: Proposal, body: str, rule: str
) -> None:
    """Before anything runs, by the rule's name, whatever the code reads or recognises them by."""
    task = wheel.suite.tasks[0]
    known = hashlib.sha256(task.assignment.instruction.encode()).hexdigest()
    code = body.format(digest=known, number=task.group.rpartition("_")[2])
    edit = WriteFile(path="middleware/own.py", content=f"{code}\n")

    trial = try_proposal(wheel, campaign, campaign.start, proposed(wheel, proposal, edit), MINED)

    assert trial.status == "refused"
    assert f"leaks a task ({rule})" in trial.reason
    assert known not in trial.reason


@pytest.mark.parametrize(
    ("autonomy", "edit", "alone"),
    [
        ("autonomous", SetValue(key="limits.steps", value=40), True),
        ("autonomous", AddMiddleware(use="stock:PreCompletionChecklist"), True),
        ("autonomous", AddMiddleware(use="./mine.py:Mine"), False),
        ("autonomous", WriteFile(path="tools/mine.py", content=""), False),
        ("interactive", SetValue(key="limits.steps", value=40), False),
        ("backlog", SetValue(key="limits.steps", value=40), False),
    ],
)
def test_new_code_is_never_promoted_without_a_person(
    wheel: Wheel, proposal: Proposal, autonomy: str, edit: object, *, alone: bool
) -> None:
    """Values and stock middleware may be, where that was chosen."""
    chosen = dataclasses.replace(wheel, settings=dataclasses.replace(wheel.settings, autonomy=autonomy))

    assert may_promote_alone(chosen, dataclasses.replace(proposal, edits=(edit,))) is alone


def test_a_judged_proposal_is_recalled(wheel: Wheel, campaign: OpenCampaign) -> None:
    """Its verdict, its promotion, and no further run or entry."""
    judged = judged_proposals(wheel.project)[0]
    before = entries(wheel), count_runs(wheel.project)

    trial = try_proposal(wheel, campaign, campaign.start, judged.proposal, MINED)

    assert trial.status == "promoted"
    assert trial.verdict == judged.verdict
    assert trial.promotion == wheel.project.repository.current()
    assert (entries(wheel), count_runs(wheel.project)) == before


def test_what_was_rolled_back_is_not_taken_up_again(wheel: Wheel, campaign: OpenCampaign) -> None:
    """Its verdict still says promote, and it says that it was undone instead of being the next harness."""
    judged = judged_proposals(wheel.project)[0]
    commit = roll_back(wheel.project, reason="test")

    trial = try_proposal(wheel, campaign, campaign.start, judged.proposal, MINED)

    assert trial.status == "rolled_back"
    assert trial.decision == "promote"
    assert wheel.project.repository.current() == commit


def test_no_patience_tries_nothing(wheel: Wheel, campaign: OpenCampaign) -> None:
    """Where all misses are used up already, not even a recalled verdict is read."""
    judged = judged_proposals(wheel.project)[0]

    assert try_in_order(wheel, campaign, campaign.start, [judged.proposal], MINED, patience=0) == ()


def test_spent_candidates_end_the_trials(wheel: Wheel, campaign: OpenCampaign, proposal: Proposal) -> None:
    """The campaign declared two: one was judged, another holds a share, and a third is not begun."""
    charge(wheel.project, campaign, "p-second")
    third = proposed(wheel, proposal, SetValue(key="limits.steps", value=40))

    assert try_in_order(wheel, campaign, campaign.start, [third], MINED, patience=8) == ()


def test_trials_stop_at_a_promotion(wheel: Wheel, campaign: OpenCampaign, proposal: Proposal) -> None:
    """What follows was proposed for another harness; a refusal before it does not stop anything."""
    judged = judged_proposals(wheel.project)[0]
    bad = proposed(wheel, proposal, AddMiddleware(use="stock:Nothing"))

    tried = try_in_order(wheel, campaign, campaign.start, [bad, judged.proposal, bad], MINED, patience=1)

    assert [trial.status for trial in tried] == ["refused", "promoted"]


@pytest.mark.parametrize(
    ("decision", "miss"), [(Decision.PROMOTE, False), (Decision.REJECT, True), (Decision.INCONCLUSIVE, True)]
)
def test_a_miss_was_measured_and_did_not_pass(
    wheel_result: object, decision: Decision, *, miss: bool
) -> None:
    """Refusals use up no patience, verdicts other than promote do."""
    judged: Trial = wheel_result.trials[0]  # type: ignore[attr-defined]
    refused: Trial = wheel_result.trials[1]  # type: ignore[attr-defined]
    assert judged.verdict is not None
    trial = dataclasses.replace(judged, verdict=dataclasses.replace(judged.verdict, decision=decision))

    assert trial.is_miss is miss
    assert refused.is_miss is False
