"""Promotion and rollback: only what the gate let through, as a commit, with its undoing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flywheel.errors import FlywheelError
from flywheel.history import EvaluatedCommit, Judged, find_promotable
from flywheel.let_through import require_let_through
from flywheel.merging import measuring_commands
from flywheel.project import Project
from harness.errors import StaleError
from traces.terminal import one_line


def promote_proposal(project: Project, wanted: str, *, even_if_only_safe: bool = False) -> str:
    """Promote the proposal or evaluated commit whose id, or experiment's id, begins with ``wanted``; returns the merge.

    Raises ``FlywheelError`` where there is no verdict or one that is not ``promote``, and ``StaleError``
    where the harness is no longer the one that the experiment measured against.
    """
    return promote(project, find_promotable(project, wanted), even_if_only_safe=even_if_only_safe)


def promote(project: Project, judged: Judged | EvaluatedCommit, *, even_if_only_safe: bool = False) -> str:
    """Make a judged candidate the current harness; doing it twice is doing it once.

    ``even_if_only_safe`` is a person's word for a change that was shown safe and not better; no loop gives it.
    """
    require_let_through(project, judged, even_if_only_safe=even_if_only_safe)
    done = project.ledger.get("promotion", judged.experiment)
    if done is not None:
        return _still_standing(project, judged, str(done.body["commit"]))
    commit = _committed(project, judged) or _merged(project, judged)
    project.ledger.append("promotion", judged.experiment, _promotion_body(judged, commit))
    return commit


def _merged(project: Project, judged: Judged | EvaluatedCommit) -> str:
    """The merge commit; raises ``StaleError`` that names the commands which measure the change again."""
    title = one_line(judged.title, 200)
    try:
        return project.repository.promote(
            _on_its_control(project, judged), subject=f"Promote: {title}", trailers=_trailers(judged)
        )
    except StaleError as error:
        raise StaleError(
            f"{error} on the harness as it is now: `{_measure_again(project, judged)}`"
        ) from None


def _on_its_control(project: Project, judged: Judged | EvaluatedCommit) -> str:
    """The candidate as one commit on its control: itself, or the same tree where it is several commits away."""
    repository = project.repository
    parent = repository.git.find(f"{judged.candidate}^1")
    if parent is not None and repository.tree_hash(parent) == repository.tree_hash(judged.control):
        return judged.candidate
    text = f"{judged.title}\n\nThe tree of {judged.candidate}, as it was measured.\n"
    return repository.squash(judged.candidate, text, judged.control, judged.experiment)


def _measure_again(project: Project, judged: Judged | EvaluatedCommit) -> str:
    """The commands that put the same change on the current harness and ask the gate about it."""
    if isinstance(judged, Judged):
        return measuring_commands(project, [judged.name])
    again = f"again-{judged.experiment}"
    entry = project.ledger.get("verdict", judged.experiment)
    campaign = project.ledger.get("campaign", str(entry.body["campaign"])) if entry else None
    where = f" --suite {campaign.body['suite']} --seed {campaign.body['seed']}" if campaign else ""
    return (
        f"git switch -c {again} {judged.candidate[:12]} && git rebase --onto {project.repository.current()[:12]} "
        f"{judged.control[:12]} && git switch - && flywheel evaluate {again} --against HEAD "
        f"--{judged.verdict.question}{where}"
    )


def roll_back(project: Project, *, reason: str, to: str | None = None) -> str:
    """Restore the tree from before the last promotion that still stands, or that of ``to``.

    Returns the new commit; what happened stays in the ledger.
    """
    commit = project.repository.rollback(to=to, trailers={"Flywheel-Reason": " ".join(reason.split())})
    project.ledger.append("rollback", commit, {"commit": commit, "reason": reason})
    return commit


def _still_standing(project: Project, judged: Judged | EvaluatedCommit, commit: str) -> str:
    if commit not in {logged.commit for logged in project.repository.promotions()}:
        raise FlywheelError(
            f"{judged.name} was promoted and rolled back; to get it back, go to the tree of its commit with "
            f"`flywheel rollback --to {commit[:12]}`"
        )
    return commit


def _committed(project: Project, judged: Judged | EvaluatedCommit) -> str | None:
    """The merge commit of a promotion that was killed before it reached the ledger."""
    for logged in project.repository.log():
        if logged.trailers.get("Flywheel-Experiment") == judged.experiment:
            return logged.commit
    return None


def _trailers(judged: Judged | EvaluatedCommit) -> Mapping[str, str]:
    low, high = judged.verdict.interval
    who = "Proposal" if isinstance(judged, Judged) else "Candidate"
    word = judged.verdict.decision.value if judged.verdict.question == "better" else "safe, not shown better"
    return {
        f"Flywheel-{who}": judged.name if isinstance(judged, Judged) else judged.candidate,
        "Flywheel-Experiment": judged.experiment,
        "Flywheel-Verdict": f"{word}, effect within {low:+.3f} … {high:+.3f}",
        "Flywheel-Evidence": f"{judged.verdict.groups_used} groups, claim {judged.verdict.claim}",
    }


def _promotion_body(judged: Judged | EvaluatedCommit, commit: str) -> dict[str, Any]:
    return {
        "proposal": judged.name,
        "experiment": judged.experiment,
        "candidate": judged.candidate,
        "control": judged.control,
        "commit": commit,
    }
