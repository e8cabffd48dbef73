"""One error budget over all candidates, rebuilt from the ledger."""

from __future__ import annotations

import dataclasses

import pytest

from benchmarks.errors import CampaignError
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
