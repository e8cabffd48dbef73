"""Middleware that acted in none of a round's runs: its removal is offered to a person, since no gain can show it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from analyzers.drafting import proposal_id, surface_for
from analyzers.proposal import Proposal
from analyzers.remedies.removal import idle_middleware
from flywheel.records import proposal_record
from flywheel.wheel import Wheel
from harness.apply_edits import apply_edits
from harness.edits import RemoveMiddleware
from harness.manifest import Manifest
from traces.run import Run

LEAST_RUNS = 20  # in fewer, that something did not act says little
ROUND = "idle"  # stands where a proposal names its pattern
_TOUCHED = "harness.toml:middleware"


def offer_removals(wheel: Wheel, commit: str, runs: Sequence[Run]) -> None:
    """Write each removal down as a proposal and a candidate commit, and name the command that asks whether it is safe.

    At equal score the simpler harness wins, but a loop that looks for gains finds none here.
    """
    project = wheel.project
    manifest = project.manifest(commit)
    for proposal in _removals(manifest, runs):
        if project.ledger.get("proposal", proposal.id) is None:
            body: dict[str, Any] = proposal_record(proposal)
            project.ledger.append("proposal", proposal.id, body)
            tree = apply_edits(project.repository.tree(commit), proposal.edits)
            message = f"{proposal.title}\n\n{proposal.hypothesis}\n"
            project.repository.commit_candidate(tree, message, commit, proposal.id)
        wheel.observer.note(
            f"{proposal.title}: `flywheel evaluate flywheel/candidates/{proposal.id} --against HEAD --safe` asks the gate"
        )


def _removals(manifest: Manifest, runs: Sequence[Run]) -> Iterator[Proposal]:
    surface = surface_for(_TOUCHED, manifest.surfaces)
    if surface is None or len(runs) < LEAST_RUNS:
        return
    for use in idle_middleware(manifest, runs):
        if [entry.use for entry in manifest.middleware].count(use) == 1:
            edits = (RemoveMiddleware(use=use),)
            yield Proposal(
                id=proposal_id(surface, edits),
                pattern=ROUND,
                title=f"Take out {use.rpartition(':')[2]}, which never acts",
                hypothesis=f"It acted in none of {len(runs)} runs: without it the harness is simpler and does as well.",
                surface=surface,
                mechanism=f"removal:{use}",
                edits=edits,
                expected_fixes=(),
                plausible_breakages=(),
                evidence=(),
                remedy="removal",
            )
