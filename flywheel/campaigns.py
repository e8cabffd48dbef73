"""Campaigns in the ledger: opened once per epoch, charged before each experiment, settled by each verdict, closed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from benchmarks.gate.campaign import Campaign, Charge, Judgement
from benchmarks.gate.e_lond import LongRun
from benchmarks.task import Split
from flywheel.errors import FlywheelError
from flywheel.project import Project
from flywheel.records import mapping, verdict_of
from harness.ledger import Entry
from harness.policy import Policy

ErrorBudget = Campaign | LongRun


@dataclass(frozen=True, kw_only=True)
class OpenCampaign:
    """A campaign as the ledger opened it; ``start`` is the harness commit that it set out from.

    ``epoch`` counts the suite's campaigns from 1. ``rounds_before`` are the mining rounds of earlier ones. A closed one
    takes no further candidates.
    """

    id: str
    suite: str
    seed: int
    start: str
    epoch: int = 1
    rounds_before: int = 0
    is_closed: bool = False


def open_campaign(
    project: Project, *, suite: str, seed: int, policy: Policy, start: str | None = None
) -> OpenCampaign:
    """The campaign of this suite's present gate epoch; the first one is opened now if there is none.

    ``start`` is the harness that margins are counted against, the current one by default. All candidates that are
    judged on the same groups draw on one error budget, so another seed (other mutants of the same problems)
    is no new campaign: raises ``FlywheelError`` for one.
    """
    known = known_campaign(project, suite=suite, seed=seed)
    if known is not None:
        return known
    return write_campaign(project, suite=suite, seed=seed, policy=policy, start=start, epoch=1)


def write_campaign(
    project: Project,
    *,
    suite: str,
    seed: int,
    policy: Policy,
    epoch: int,
    start: str | None = None,
    moves: dict[str, str] | None = None,
) -> OpenCampaign:
    """Write a campaign into the ledger; ``moves`` are the groups that change their split with it."""
    body: dict[str, Any] = {
        "suite": suite,
        "seed": seed,
        "start": start or project.repository.current(),
        "candidates": policy.candidates,
        "error_budget": policy.error_budget,
        "claim": policy.claim,
    }
    if policy.error_rule != "campaign":
        body["error_rule"] = policy.error_rule
    if epoch > 1:
        body |= {"rounds_before": _last_round(project), "moves": moves or {}}
    return _opened(project, project.ledger.append("campaign", f"{suite}/epoch-{epoch}", body))


def known_campaign(project: Project, *, suite: str, seed: int) -> OpenCampaign | None:
    """The campaign that ``open_campaign`` would go on with, if there is one; opens and writes nothing.

    Raises ``FlywheelError`` for another seed, so that this can be asked before a suite is made for it.
    """
    found = latest_campaign(project, suite)
    if found is not None and found.seed != seed:
        raise FlywheelError(
            f"the campaign on {suite} was opened with --seed {found.seed}: go on with that seed, or begin the next "
            f"epoch with `flywheel campaigns open --suite {suite} --seed {seed}`"
        )
    return found


def latest_campaign(project: Project, suite: str) -> OpenCampaign | None:
    """The campaign of a suite's last epoch, whatever its seed."""
    known = campaigns_of(project, suite)
    return known[-1] if known else None


def campaigns_of(project: Project, suite: str | None = None) -> tuple[OpenCampaign, ...]:
    """The campaigns of a suite, or of all suites, in the order in which they were opened."""
    return tuple(
        _opened(project, entry)
        for entry in project.ledger.entries("campaign")
        if suite is None or entry.body["suite"] == suite
    )


def moves_of(project: Project, suite: str) -> dict[str, Split]:
    """Where the epochs of a suite have moved its groups; a later move holds."""
    return {
        str(group): Split(split)
        for entry in project.ledger.entries("campaign")
        if entry.body["suite"] == suite
        for group, split in mapping(entry.body.get("moves")).items()
    }


def close_campaign(project: Project, campaign: OpenCampaign, *, why: str) -> None:
    """Take no further candidates; what is left of the error budget is given up for good.

    Raises ``FlywheelError`` where it is closed already.
    """
    if campaign.is_closed:
        raise FlywheelError(f"campaign {campaign.id} is closed already; {_next(campaign)}")
    project.ledger.append("campaign_closed", campaign.id, {"campaign": campaign.id, "why": why})


def budget(project: Project, campaign: OpenCampaign) -> ErrorBudget:
    """The error budget as it stands: every charge and verdict of the campaign folded in their order."""
    opened = project.ledger.get("campaign", campaign.id)
    if opened is None:
        raise FlywheelError(f"no campaign {campaign.id} in the ledger; `flywheel optimize` opens one")
    past = (
        _past(entry)
        for entry in project.ledger.entries()
        if entry.kind in {"charge", "verdict"} and entry.body["campaign"] == campaign.id
    )
    return _rebuilt(
        rule=str(opened.body.get("error_rule", "campaign")),
        candidates=int(str(opened.body["candidates"])),
        error_budget=float(str(opened.body["error_budget"])),
        past=past,
    )


def budget_or_new(project: Project, campaign: OpenCampaign | None, policy: Policy) -> ErrorBudget:
    """The error budget of a campaign, or the one that a policy would open."""
    if campaign is not None:
        return budget(project, campaign)
    return _rebuilt(
        rule=policy.error_rule, candidates=policy.candidates, error_budget=policy.error_budget, past=()
    )


def charge(project: Project, campaign: OpenCampaign, candidate: str) -> Charge:
    """Take a candidate's share before its first run; raises ``CampaignError`` when all are spent.

    Raises ``FlywheelError`` for a new candidate of a closed campaign.
    """
    spent = budget(project, campaign)
    require_open(campaign, spent, candidate)
    held = spent.charge(candidate).of(candidate)
    key = f"{campaign.id}/{candidate}"
    if project.ledger.get("charge", key) is None:
        project.ledger.append(
            "charge", key, {"campaign": campaign.id, "candidate": candidate, "share": held.share}
        )
    return held


def require_open(campaign: OpenCampaign, spent: ErrorBudget, candidate: str) -> None:
    """Raise ``FlywheelError`` where a campaign is closed and holds no share for this candidate."""
    if campaign.is_closed and not spent.holds(candidate):
        raise FlywheelError(f"campaign {campaign.id} is closed and takes no new candidate; {_next(campaign)}")


def _opened(project: Project, entry: Entry) -> OpenCampaign:
    return OpenCampaign(
        id=entry.key,
        suite=str(entry.body["suite"]),
        seed=int(str(entry.body["seed"])),
        start=str(entry.body["start"]),
        epoch=int(entry.key.rpartition("/epoch-")[2]),
        rounds_before=int(str(entry.body.get("rounds_before", 0))),
        is_closed=project.ledger.get("campaign_closed", entry.key) is not None,
    )


def _next(campaign: OpenCampaign) -> str:
    return f"`flywheel campaigns open --suite {campaign.suite}` begins the next epoch"


def _last_round(project: Project) -> int:
    """The highest number of a mining round so far: rounds are named by it, so each epoch counts on."""
    return max((int(entry.key.partition("/")[0]) for entry in project.ledger.entries("proposed")), default=0)


def _rebuilt(
    *, rule: str, candidates: int, error_budget: float, past: Iterable[str | Judgement]
) -> ErrorBudget:
    if rule == "e-lond":
        return LongRun.rebuild(error_budget=error_budget, past=past)
    return Campaign.rebuild(candidates=candidates, error_budget=error_budget, past=past)


def _past(entry: Entry) -> str | Judgement:
    if entry.kind == "charge":
        return str(entry.body["candidate"])
    return Judgement.of(
        str(entry.body["budgeted_as"]),
        verdict_of(mapping(entry.body["verdict"])),
        fresh_pairs=not entry.body.get("shared_control", False),
    )
