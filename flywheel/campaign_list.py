"""All campaigns of a harness repository, as they stand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from flywheel.campaigns import OpenCampaign, budget, campaigns_of
from flywheel.project import Project
from flywheel.records import mapping, names
from harness.ledger import Entry


def campaigns_document(project: Project) -> list[dict[str, Any]]:
    """Each with its error budget, its verdicts, and what was looked at in it; read from the ledger alone."""
    return [campaign_document(project, campaign) for campaign in campaigns_of(project)]


def campaign_document(project: Project, campaign: OpenCampaign) -> dict[str, Any]:
    """One of them as JSON."""
    spent = budget(project, campaign)
    decisions = [
        str(mapping(entry.body["verdict"])["decision"])
        for entry in project.ledger.entries("verdict")
        if entry.body["campaign"] == campaign.id
    ]
    return {
        "id": campaign.id,
        "suite": campaign.suite,
        "seed": campaign.seed,
        "state": "closed" if campaign.is_closed else "spent" if spent.is_spent else "open",
        "error_rule": spent.rule,
        "promise": spent.promise,
        "candidates": spent.candidates,
        "used": len(spent.charges),
        "promoted": decisions.count("promote"),
        "error_budget": spent.error_budget,
        "error_left": spent.available,
        "words": spent.words,
        "looks": _looks(_during(project, campaign)),
    }


def campaigns_text(campaigns: Sequence[dict[str, Any]]) -> str:
    """The same for a terminal."""
    if not campaigns:
        return (
            "no campaign yet; `flywheel evaluate` and `flywheel optimize` open one with their first candidate"
        )
    return "\n".join(line for campaign in campaigns for line in _lines(campaign))


def _lines(campaign: dict[str, Any]) -> Iterator[str]:
    yield f"{campaign['id']} ({campaign['state']}, seed {campaign['seed']}): {campaign['words']}"
    yield f"  promise: {campaign['promise']}"
    for look in campaign["looks"]:
        yield (
            f"  {look['split']}: {look['groups']} groups seen in {look['looks']} looks at {look['candidates']} candidates, by "
            f"{', '.join(look['who'])}"
        )


def _during(project: Project, campaign: OpenCampaign) -> list[Entry]:
    """The looks at a suite while this was its campaign."""
    later = [found.id for found in campaigns_of(project, campaign.suite) if found.epoch > campaign.epoch]
    begin, end = (project.ledger.get("campaign", name) for name in (campaign.id, later[0] if later else ""))
    return [
        entry
        for entry in project.ledger.entries("look")
        if entry.body.get("suite") == campaign.suite
        and (begin is None or entry.sequence > begin.sequence)
        and (end is None or entry.sequence < end.sequence)
    ]


def _looks(entries: Sequence[Entry]) -> list[dict[str, Any]]:
    """What was looked at, by split."""
    found = []
    for split in ("gate", "sealed"):
        looks = [entry.body for entry in entries if entry.body["split"] == split]
        if looks:
            found.append(
                {
                    "split": split,
                    "looks": len(looks),
                    "groups": len({group for body in looks for group in names(body["groups"])}),
                    "candidates": len({str(body["candidate"]) for body in looks}),
                    "who": sorted({str(body["who"]) for body in looks}),
                }
            )
    return found
