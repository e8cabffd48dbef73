"""One error budget over all candidates, rebuilt from the ledger."""

from __future__ import annotations

import dataclasses

import pytest

from benchmarks.errors import CampaignError
from benchmarks.gate.e_lond import weight
from benchmarks.gate.verdict import Decision, Verdict
from flywheel.campaigns import OpenCampaign, budget, charge, open_campaign
from flywheel.errors import FlywheelError
from flywheel.project import Project
from flywheel.records import verdict_record
from flywheel.standing import standing_document, standing_text
from harness.policy import Policy


def opened(project: Project, **policy: int) -> OpenCampaign:
    """A campaign on some suite."""
    return open_campaign(project, suite="suite", seed=1, policy=Policy(**policy))


def judge(project: Project, campaign: OpenCampaign, name: str, verdict: Verdict) -> None:
    """Write a verdict as the loop does."""
    body = {"campaign": campaign.id, "budgeted_as": name, "verdict": verdict_record(verdict)}
    project.ledger.append("verdict", f"experiment-{name}", body)


def test_a_campaign_opens_once(project: Project) -> None:
    """A second call goes on with the first one's start and budget, whatever the policy says by then."""
    first = opened(project, candidates=4)

    assert opened(project, candidates=9) == first
    assert budget(project, first).candidates == 4


def test_another_seed_is_no_new_campaign(project: Project) -> None:
    """Other mutants of the same problems are the same groups: no fresh error budget for them."""
    opened(project)

    with pytest.raises(FlywheelError, match="--seed 1"):
        open_campaign(project, suite="suite", seed=2, policy=Policy())


def test_a_charge_is_kept_over_a_restart(project: Project) -> None:
    """A killed experiment goes on with the threshold it began with."""
    campaign = opened(project)

    first = charge(project, campaign, "p-1")

    assert charge(project, campaign, "p-1") == first
    assert first.threshold == pytest.approx(160)


def test_a_judged_candidate_is_not_judged_again(project: Project, verdict: Verdict) -> None:
    """Its evidence cannot begin anew."""
    campaign = opened(project)
    charge(project, campaign, "p-1")
    judge(project, campaign, "p-1", dataclasses.replace(verdict, decision=Decision.REJECT))

    with pytest.raises(CampaignError):
        charge(project, campaign, "p-1")


def test_no_more_candidates_than_were_declared(project: Project, verdict: Verdict) -> None:
    """The count was declared when it opened; the error says how to go on."""
    campaign = opened(project, candidates=1)
    charge(project, campaign, "p-1")
    judge(project, campaign, "p-1", verdict)

    with pytest.raises(CampaignError, match="spent"):
        charge(project, campaign, "p-2")


def test_status_shows_what_is_left(project: Project, verdict: Verdict) -> None:
    """A promotion returns its share, a rejection does not."""
    campaign = opened(project, candidates=2)
    charge(project, campaign, "p-1")
    judge(project, campaign, "p-1", dataclasses.replace(verdict, decision=Decision.REJECT))

    document = standing_document(project)

    assert document["campaigns"][0]["used"] == 1
    assert document["campaigns"][0]["error_left"] == pytest.approx(0.025)
    assert "1 of 2 candidates used" in standing_text(document)


def test_a_charge_after_the_last_candidate_is_void(project: Project) -> None:
    """Two jobs took the last share at once: the later one holds none, and the ledger can still be read."""
    campaign = opened(project, candidates=1)
    for name in ("p-1", "p-2"):
        body = {"campaign": campaign.id, "candidate": name, "share": 0.05}
        project.ledger.append("charge", f"{campaign.id}/{name}", body)

    spent = budget(project, campaign)

    assert (spent.holds("p-1"), spent.holds("p-2"), spent.is_spent) == (True, False, True)
    with pytest.raises(CampaignError, match="spent"):
        charge(project, campaign, "p-2")


def endless(project: Project) -> OpenCampaign:
    """A campaign under the rule for use without an end."""
    policy = Policy(error_rule="e-lond", error_budget=0.1)
    return open_campaign(project, suite="suite", seed=1, policy=policy)


def test_thresholds_of_e_lond_come_from_the_ledger(project: Project, verdict: Verdict) -> None:
    """Each candidate's is harder than the last one's, a promotion makes the later ones easier, a rejection gives nothing."""
    campaign = endless(project)
    shares = []
    for number, decision in enumerate((Decision.REJECT, Decision.PROMOTE, Decision.REJECT)):
        shares.append(charge(project, campaign, f"p-{number}").share)
        judge(project, campaign, f"p-{number}", dataclasses.replace(verdict, decision=decision))

    assert shares == pytest.approx([0.1 * weight(1), 0.1 * weight(2), 0.1 * weight(3) * 2])
    assert charge(project, campaign, "p-3").threshold == pytest.approx(1 / (0.1 * weight(4) * 2))
    assert not budget(project, campaign).is_spent


@pytest.mark.parametrize("futile", [False, True])
def test_error_does_not_come_back_under_e_lond(project: Project, verdict: Verdict, futile: bool) -> None:
    """Neither a futile stop nor a second try of the same candidate makes the next threshold lower."""
    campaign = endless(project)
    charge(project, campaign, "p-1")
    over = dataclasses.replace(verdict, decision=Decision.INCONCLUSIVE, futile=futile, wealth=0.5)
    judge(project, campaign, "p-1", over)

    with pytest.raises(CampaignError, match="cannot begin anew"):
        charge(project, campaign, "p-1")
    assert charge(project, campaign, "p-2").share == pytest.approx(0.1 * weight(2))


def test_the_rule_is_that_of_the_opening(project: Project) -> None:
    """A policy that changes in between changes no campaign, and what it promises is said."""
    campaign = endless(project)

    again = open_campaign(project, suite="suite", seed=1, policy=Policy())
    said = standing_text(standing_document(project))

    assert again == campaign
    assert "false discovery rate" in budget(project, again).promise
    assert "false discovery rate" in said
    assert "candidates judged or on trial" in said


@pytest.mark.parametrize("decision", list(Decision))
@pytest.mark.parametrize("futile", [False, True])
def test_error_comes_back_in_two_ways_only(
    project: Project, verdict: Verdict, decision: Decision, futile: bool
) -> None:
    """All of a promotion's share, and the wealth's part of a futile one's; from pairs of its own alone."""
    campaign = opened(project, candidates=2)
    charge(project, campaign, "p-1")
    judge(
        project, campaign, "p-1", dataclasses.replace(verdict, decision=decision, futile=futile, wealth=0.4)
    )

    back = {Decision.PROMOTE: 0.025, Decision.INCONCLUSIVE: 0.4 * 0.025 if futile else 0.0}.get(decision, 0.0)
    assert budget(project, campaign).available == pytest.approx(0.025 + back)
