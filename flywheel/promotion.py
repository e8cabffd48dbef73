"""Promotion and rollback: only what the gate let through, as a commit, with its undoing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flywheel.errors import FlywheelError
from flywheel.history import Judged, find_judged
from flywheel.let_through import require_let_through
from flywheel.merging import measuring_commands
from flywheel.project import Project
from harness.errors import StaleError


def promote_proposal(project: Project, wanted: str) -> str:
    """Promote the proposal whose id begins with ``wanted``; returns the merge commit.

    Raises ``FlywheelError`` where there is no verdict or one that is not ``promote``, and ``StaleError``
    where the harness is no longer the one that the experiment measured against.
    """
    return promote(project, find_judged(project, wanted))


def promote(project: Project, judged: Judged) -> str:
    """Make a judged candidate the current harness; doing it twice is doing it once."""
    require_let_through(project, judged)
    done = project.ledger.get("promotion", judged.experiment)
    if done is not None:
        return _still_standing(project, judged, str(done.body["commit"]))
    commit = _committed(project, judged) or _merged(project, judged)
    project.ledger.append("promotion", judged.experiment, _promotion_body(judged, commit))
    return commit


def _merged(project: Project, judged: Judged) -> str:
    """The merge commit; raises ``StaleError`` that names the commands which measure the change again."""
    try:
        return project.repository.promote(
            judged.candidate, subject=f"Promote: {judged.proposal.title}", trailers=_trailers(judged)
        )
    except StaleError as error:
        raise StaleError(
            f"{error} on the harness as it is now: `{_measure_again(project, judged)}`"
        ) from None


def _measure_again(project: Project, judged: Judged) -> str:
    """The commands that put the same change on the current harness and ask the gate about it."""
    return measuring_commands(project, [judged.proposal.id])


def roll_back(project: Project, *, reason: str, to: str | None = None) -> str:
    """Restore the tree from before the last promotion that still stands, or that of ``to``.

    Returns the new commit; what happened stays in the ledger.
    """
    commit = project.repository.rollback(to=to, trailers={"Flywheel-Reason": " ".join(reason.split())})
    project.ledger.append("rollback", commit, {"commit": commit, "reason": reason})
    return commit


def _still_standing(project: Project, judged: Judged, commit: str) -> str:
    if commit not in {logged.commit for logged in project.repository.promotions()}:
        raise FlywheelError(
            f"{judged.proposal.id} was promoted and rolled back; to get it back, go to the tree of its commit with "
            f"`flywheel rollback --to {commit[:12]}`"
        )
    return commit


def _committed(project: Project, judged: Judged) -> str | None:
    """The merge commit of a promotion that was killed before it reached the ledger."""
    for logged in project.repository.log():
        if logged.trailers.get("Flywheel-Experiment") == judged.experiment:
            return logged.commit
    return None


def _trailers(judged: Judged) -> Mapping[str, str]:
    low, high = judged.verdict.interval
    return {
        "Flywheel-Proposal": judged.proposal.id,
        "Flywheel-Experiment": judged.experiment,
        "Flywheel-Verdict": f"{judged.verdict.decision.value}, effect within {low:+.3f} … {high:+.3f}",
        "Flywheel-Evidence": f"{judged.verdict.groups_used} groups, claim {judged.verdict.claim}",
    }


def _promotion_body(judged: Judged, commit: str) -> dict[str, Any]:
    return {
        "proposal": judged.proposal.id,
        "experiment": judged.experiment,
        "candidate": judged.candidate,
        "control": judged.control,
        "commit": commit,
    }
