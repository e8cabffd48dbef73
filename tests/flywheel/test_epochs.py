"""The next epoch: worn groups move on, fresh ones come, and a suite wears out."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import pytest

from benchmarks.errors import CampaignError, SuiteError
from benchmarks.gate.verdict import Decision, Verdict
from benchmarks.splits import moved
from benchmarks.task import Split, Suite
from flywheel.campaigns import (
    OpenCampaign,
    budget,
    charge,
    close_campaign,
    known_campaign,
    latest_campaign,
    moves_of,
    open_campaign,
)
from flywheel.epochs import Epoch, open_epoch
from flywheel.errors import FlywheelError
from flywheel.looks import record_look
from flywheel.project import Project
from flywheel.records import verdict_record
from flywheel.wear import wear_document, wear_of
from harness.policy import Policy

SPLITS: Mapping[str, Split] = {
    **{f"m{number}": Split.MINE for number in range(3)},
    **{f"g{number}": Split.GATE for number in range(4)},
    **{f"s{number}": Split.SEALED for number in range(6)},
}
SUITE = Suite(name="suite", tasks=(), splits=SPLITS)


def look(project: Project, split: Split, *groups: str, candidate: str = "c", suite: str = "suite") -> None:
    """Somebody read results of these groups."""
    key = f"{suite}/{candidate}/{'-'.join(groups)}"
    record_look(
        project.ledger,
        key,
        split=split,
        groups=groups,
        run_keys=[key],
        candidate=candidate,
        why="test",
        suite=suite,
    )


def opened(project: Project) -> OpenCampaign:
    """The first campaign."""
    return open_campaign(project, suite="suite", seed=1, policy=Policy(candidates=1))


def spent(project: Project, verdict: Verdict) -> OpenCampaign:
    """One whose only candidate was rejected after a look at the whole gate."""
    campaign = opened(project)
    charge(project, campaign, "p-1")
    look(project, Split.GATE, "g0", "g1", "g2", "g3")
    rejected = verdict_record(dataclasses.replace(verdict, decision=Decision.REJECT))
    body = {"campaign": campaign.id, "budgeted_as": "p-1", "verdict": rejected}
    project.ledger.append("verdict", "experiment-1", body)
    return campaign


def now(project: Project) -> Suite:
    """The suite as this project has moved its groups."""
    return moved(SUITE, moves_of(project, "suite"))


def next_epoch(project: Project, *, unseal: int | None = None) -> Epoch:
    """Open it on the suite as it stands."""
    return open_epoch(project, now(project), seed=1, unseal=unseal)


def of(suite: Suite, split: Split) -> set[str]:
    """The groups of a split."""
    return {group for group, found in suite.splits.items() if found is split}


def test_a_spent_campaign_is_followed_by_one_on_fresh_groups(project: Project, verdict: Verdict) -> None:
    """What was looked at can be mined, half of the sealed groups come to the gate, the error budget is fresh."""
    first = spent(project, verdict)
    with pytest.raises(CampaignError, match="campaigns open"):
        charge(project, first, "p-2")

    epoch = next_epoch(project)

    suite = now(project)
    assert of(suite, Split.MINE) == {"m0", "m1", "m2", "g0", "g1", "g2", "g3"}
    assert (len(of(suite, Split.GATE)), len(of(suite, Split.SEALED))) == (3, 3)
    assert of(suite, Split.GATE) < of(SUITE, Split.SEALED)
    assert (epoch.moved_to(Split.MINE), epoch.moved_to(Split.GATE)) == (4, 3)
    assert (
        latest_campaign(project, "suite") == epoch.campaign == known_campaign(project, suite="suite", seed=1)
    )
    assert epoch.campaign.id == "suite/epoch-2"
    assert budget(project, epoch.campaign).charges == ()
    assert len(budget(project, first).charges) == 1


def test_a_campaign_with_candidates_left_is_closed_first(project: Project) -> None:
    """Nobody gets a fresh error budget by the way; closing gives the rest up for good."""
    campaign = opened(project)
    with pytest.raises(FlywheelError, match="campaigns close"):
        next_epoch(project)

    close_campaign(project, campaign, why="release")

    closed = latest_campaign(project, "suite")
    assert closed is not None
    assert closed.is_closed
    with pytest.raises(FlywheelError, match="takes no new candidate"):
        charge(project, closed, "p-1")
    with pytest.raises(FlywheelError, match="closed already"):
        close_campaign(project, closed, why="again")
    assert next_epoch(project).campaign.epoch == 2


def test_a_candidate_that_was_charged_may_end_after_closing(project: Project) -> None:
    """Its share is spent already."""
    campaign = opened(project)
    held = charge(project, campaign, "p-1")
    close_campaign(project, campaign, why="")
    closed = latest_campaign(project, "suite")

    assert closed is not None
    assert charge(project, closed, "p-1") == held


def test_opened_sealed_groups_come_to_the_gate_and_no_others(project: Project, verdict: Verdict) -> None:
    """What was opened once is no seal any more; what was not stays shut."""
    spent(project, verdict)
    look(project, Split.SEALED, "s0", "s1", "s2")

    next_epoch(project)

    assert of(now(project), Split.GATE) == {"s0", "s1", "s2"}
    assert of(now(project), Split.SEALED) == {"s3", "s4", "s5"}


def test_fresh_gate_groups_spare_the_seal(project: Project) -> None:
    """Groups that nobody looked at stay where they are, and less is unsealed."""
    campaign = opened(project)
    look(project, Split.GATE, "g0", "g1")
    close_campaign(project, campaign, why="")

    next_epoch(project)

    assert {"g2", "g3"} < of(now(project), Split.GATE)
    assert len(of(now(project), Split.SEALED)) == 5


@pytest.mark.parametrize(("unseal", "match"), [(0, "worn out.*suites import"), (7, "only 6 groups")])
def test_a_suite_wears_out(project: Project, verdict: Verdict, unseal: int, match: str) -> None:
    """The error says how to add tasks; nothing is written."""
    spent(project, verdict)
    entries = len(project.ledger.entries())

    with pytest.raises(FlywheelError, match=match):
        next_epoch(project, unseal=unseal)

    assert len(project.ledger.entries()) == entries


def test_groups_never_go_back() -> None:
    """Whatever a ledger says."""
    with pytest.raises(SuiteError, match="cannot go back from mine to gate"):
        moved(SUITE, {"m0": Split.GATE})
    with pytest.raises(SuiteError, match="cannot go back from gate to sealed"):
        moved(SUITE, {"g0": Split.SEALED})


def test_another_seed_begins_with_the_next_epoch(project: Project, verdict: Verdict) -> None:
    """The same groups with other mutants are no fresh ones."""
    spent(project, verdict)
    with pytest.raises(FlywheelError, match="campaigns open --suite suite --seed 2"):
        known_campaign(project, suite="suite", seed=2)

    open_epoch(project, now(project), seed=2)

    again = known_campaign(project, suite="suite", seed=2)
    assert again is not None
    assert again.epoch == 2


def test_mining_rounds_count_on(project: Project, verdict: Verdict) -> None:
    """A round of the next epoch is no round of the last: more tasks can be mined."""
    spent(project, verdict)
    for key in ("1/abc", "2/def"):
        project.ledger.append("proposed", key, {"proposals": []})

    assert next_epoch(project).campaign.rounds_before == 2


def test_wear_counts_looks_candidates_and_people(project: Project) -> None:
    """Of this suite only, and of the groups where they are now."""
    look(project, Split.GATE, "g0", "g1", candidate="a")
    look(project, Split.GATE, "g1", "g2", candidate="b")
    look(project, Split.GATE, "g3", candidate="b", suite="other")

    gate, sealed = wear_of(project, SUITE)

    assert (gate.looks, gate.candidates, gate.seen, gate.unseen) == (2, 2, {"g0", "g1", "g2"}, {"g3"})
    assert gate.words.startswith("3 of 4 groups were looked at: 2 looks at 2 candidates by ")
    assert sealed.words == "none of 6 groups was looked at"
    assert wear_document([gate])[0]["seen"] == 3
