"""The last door before a promotion: what the ledger says that the gate said, of this candidate on this control."""

from __future__ import annotations

from benchmarks.gate.verdict import Decision, Verdict
from flywheel.errors import FlywheelError
from flywheel.history import Judged
from flywheel.project import Project
from flywheel.records import mapping, verdict_of


def require_let_through(project: Project, judged: Judged) -> None:
    """Raise ``FlywheelError`` unless the ledger holds the verdict that lets this candidate through.

    What a caller holds in its hands can only refuse: the verdict is read from the ledger, whose chain is checked, it
    must speak of the same candidate and control, the candidate must have been made from that control, and the
    verdict's own numbers must bear it out. Raises ``LedgerError`` where entries were changed.
    """
    project.ledger.verify()
    entry = project.ledger.get("verdict", judged.experiment)
    if entry is None:
        raise FlywheelError(
            f"{judged.proposal.id} was not let through by the gate: the ledger holds no verdict of experiment "
            f"{judged.experiment[:12]}; `flywheel optimize` and `flywheel evaluate` measure"
        )
    recorded = verdict_of(mapping(entry.body["verdict"]))
    for verdict in (recorded, judged.verdict):
        if verdict.decision is not Decision.PROMOTE:
            raise FlywheelError(
                f"{judged.proposal.id} was not let through by the gate ({verdict.decision.value}: "
                f"{verdict.reason}); see `flywheel proposals show {judged.proposal.id}`"
            )
    if recorded.question != "better":
        raise FlywheelError(
            f"{judged.proposal.id} was found {recorded.question}, and that promotes nothing: ask whether it is better "
            "with `flywheel evaluate --better`"
        )
    measured = str(entry.body["candidate"]), str(entry.body["control"])
    if measured != (judged.candidate, judged.control):
        raise FlywheelError(
            f"the verdict of experiment {judged.experiment[:12]} is on {measured[0][:12]} against {measured[1][:12]}, "
            f"not on {judged.candidate[:12]} against {judged.control[:12]}: measure again"
        )
    if not (
        _is_made_from(project, candidate=judged.candidate, control=judged.control) and _adds_up(recorded)
    ):
        raise FlywheelError(
            f"the verdict of experiment {judged.experiment[:12]} does not agree with itself or with the candidate's "
            "history: measure again"
        )


def _is_made_from(project: Project, *, candidate: str, control: str) -> bool:
    repository = project.repository
    parent = repository.git.find(f"{candidate}^1")
    return parent is not None and repository.tree_hash(parent) == repository.tree_hash(control)


def _adds_up(verdict: Verdict) -> bool:
    """A promotion's evidence has reached the threshold, its bound excludes what was refuted, and no guard objects."""
    is_shown = verdict.wealth >= verdict.threshold and verdict.interval[0] > -verdict.margin
    return is_shown and verdict.blocked_by is None and verdict.activation != "never_fired"
