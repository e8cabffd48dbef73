"""Campaigns in the ledger: opened once, charged before each experiment, settled by each verdict."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.gate.campaign import Campaign, Charge, Judgement
from flywheel.errors import FlywheelError
from flywheel.project import Project
from flywheel.records import mapping, verdict_of
from harness.ledger import Entry
from harness.policy import Policy


@dataclass(frozen=True, kw_only=True)
class OpenCampaign:
    """A campaign as the ledger opened it; ``start`` is the harness commit that it set out from."""

    id: str
    suite: str
    seed: int
    start: str


def open_campaign(project: Project, *, suite: str, seed: int, policy: Policy) -> OpenCampaign:
    """The campaign of this suite's gate epoch, opened now if there is none.

    All candidates that are judged on the same groups draw on one error budget, so another seed (other
    mutants of the same problems) is no new campaign: raises ``FlywheelError`` for one.
    """
    key = f"{suite}/epoch-1"
    entry = project.ledger.get("campaign", key) or project.ledger.append(
        "campaign",
        key,
        {
            "suite": suite,
            "seed": seed,
            "start": project.repository.current(),
            "candidates": policy.candidates,
            "error_budget": policy.error_budget,
            "claim": policy.claim,
        },
    )
    _refuse_another_seed(entry, seed)
    return OpenCampaign(id=key, suite=suite, seed=seed, start=str(entry.body["start"]))


def known_campaign(project: Project, *, suite: str, seed: int) -> OpenCampaign | None:
    """The campaign that ``open_campaign`` would go on with, if there is one; opens and writes nothing.

    Raises ``FlywheelError`` for another seed, so that this can be asked before a suite is made for it.
    """
    entry = project.ledger.get("campaign", f"{suite}/epoch-1")
    if entry is None:
        return None
    _refuse_another_seed(entry, seed)
    return OpenCampaign(id=entry.key, suite=suite, seed=seed, start=str(entry.body["start"]))


def budget(project: Project, campaign: OpenCampaign) -> Campaign:
    """The error budget as it stands: every charge and verdict of the campaign folded in their order."""
    opened = project.ledger.get("campaign", campaign.id)
    if opened is None:
        raise FlywheelError(f"no campaign {campaign.id} in the ledger; `flywheel optimize` opens one")
    candidates, error = opened.body["candidates"], opened.body["error_budget"]
    return Campaign.rebuild(
        candidates=int(str(candidates)),
        error_budget=float(str(error)),
        past=[
            _past(entry)
            for entry in project.ledger.entries()
            if entry.kind in {"charge", "verdict"} and entry.body["campaign"] == campaign.id
        ],
    )


def charge(project: Project, campaign: OpenCampaign, candidate: str) -> Charge:
    """Take a candidate's share before its first run; raises ``CampaignError`` when all are spent."""
    held = budget(project, campaign).charge(candidate).of(candidate)
    key = f"{campaign.id}/{candidate}"
    if project.ledger.get("charge", key) is None:
        project.ledger.append(
            "charge", key, {"campaign": campaign.id, "candidate": candidate, "share": held.share}
        )
    return held


def _refuse_another_seed(entry: Entry, seed: int) -> None:
    if entry.body["seed"] != seed:
        raise FlywheelError(
            f"the campaign on {entry.body['suite']} was opened with --seed {entry.body['seed']}: go on with that "
            "seed, or use another harness repository"
        )


def _past(entry: Entry) -> str | Judgement:
    if entry.kind == "charge":
        return str(entry.body["candidate"])
    return Judgement.of(
        str(entry.body["budgeted_as"]),
        verdict_of(mapping(entry.body["verdict"])),
        fresh_pairs=not entry.body.get("shared_control", False),
    )
