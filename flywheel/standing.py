"""Where a harness repository stands: what is current, what was spent, what waits."""

from __future__ import annotations

from typing import Any

from flywheel.campaigns import OpenCampaign, budget
from flywheel.history import proposals, status_of
from flywheel.project import Project
from harness.ledger import Entry
from traces.terminal import printable


def standing_document(project: Project) -> dict[str, Any]:
    """The state as JSON; everything in it is read from git."""
    repository = project.repository
    current = repository.current()
    return {
        "repository": str(repository.path),
        "harness": {
            "commit": current,
            "tree": repository.tree_hash(current),
            "name": project.manifest().name,
            "model": project.manifest().model,
        },
        "campaigns": [_campaign(project, entry) for entry in project.ledger.entries("campaign")],
        "looks": len(project.ledger.entries("look")),
        "waiting": [
            proposal.id
            for proposal in proposals(project)
            if status_of(project, proposal).startswith("waiting")
        ],
        "promotions": [
            {"commit": logged.commit, "subject": logged.subject} for logged in repository.promotions()
        ],
        "ledger_entries": len(project.ledger.entries()),
    }


def standing_text(document: dict[str, Any]) -> str:
    """The same for a terminal."""
    harness = document["harness"]
    lines = [f"{harness['name']} at {harness['commit'][:10]}, model {harness['model']}"]
    lines += [_campaign_line(campaign) for campaign in document["campaigns"]]
    lines.append(f"{document['looks']} looks at held-out splits, {document['ledger_entries']} ledger entries")
    lines += [f"promoted: {row['commit'][:10]} {row['subject']}" for row in document["promotions"]]
    lines += [f"waits for you: flywheel promote {name}" for name in document["waiting"]]
    if not document["campaigns"]:
        lines.append("no campaign yet; `flywheel optimize` opens one")
    return printable("\n".join(lines))


def _campaign_line(campaign: dict[str, Any]) -> str:
    return (
        f"campaign {campaign['id']}: {campaign['used']} of {campaign['candidates']} candidates used, "
        f"{100 * campaign['error_left']:.2f} % of the {100 * campaign['error_budget']:.0f} % error budget left "
        "(promotions and futile candidates return their share)"
    )


def _campaign(project: Project, entry: Entry) -> dict[str, Any]:
    campaign = OpenCampaign(
        id=entry.key,
        suite=str(entry.body["suite"]),
        seed=int(str(entry.body["seed"])),
        start=str(entry.body["start"]),
    )
    spent = budget(project, campaign)
    return {
        "id": entry.key,
        "candidates": spent.candidates,
        "used": len(spent.charges),
        "error_budget": spent.error_budget,
        "error_left": spent.available,
    }
