"""Where a harness repository stands: what is current, what was spent, what waits."""

from __future__ import annotations

from typing import Any

from flywheel.campaign_list import campaigns_document, campaigns_text
from flywheel.history import proposals, status_of
from flywheel.project import Project
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
        "campaigns": campaigns_document(project),
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
    if document["campaigns"]:
        lines.append(campaigns_text(document["campaigns"]))
    lines.append(f"{document['looks']} looks at held-out splits, {document['ledger_entries']} ledger entries")
    lines += [f"promoted: {row['commit'][:10]} {row['subject']}" for row in document["promotions"]]
    lines += [f"waits for you: flywheel promote {name}" for name in document["waiting"]]
    if not document["campaigns"]:
        lines.append("no campaign yet; `flywheel evaluate` and `flywheel optimize` open one")
    return printable("\n".join(lines))
