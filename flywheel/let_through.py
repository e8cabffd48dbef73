"""The last door before a promotion: what the ledger says that the gate said, of this candidate on this control."""

from __future__ import annotations

from benchmarks.gate.verdict import Decision, Verdict
from flywheel.errors import FlywheelError
from flywheel.history import EvaluatedCommit, Judged
from flywheel.project import Project
from flywheel.records import mapping, names, verdict_of


def require_let_through(
    project: Project, judged: Judged | EvaluatedCommit, *, even_if_only_safe: bool = False
) -> None:
    """Raise ``FlywheelError`` unless the ledger holds the verdict that lets this candidate through.

    What a caller holds in its hands can only refuse: the verdict is read from the ledger, whose chain is checked, it
    must speak of the same candidate and control, the candidate must have been made from that control, and the
    verdict's own numbers must bear it out. What was only shown safe needs a person to say so. Raises ``LedgerError`` where entries were changed.
    """
    project.ledger.verify()
    entry = project.ledger.get("verdict", judged.experiment)
    if entry is None:
        raise FlywheelError(
            f"{judged.name} was not let through by the gate: the ledger holds no verdict of experiment "
            f"{judged.experiment[:12]}; `flywheel optimize` and `flywheel evaluate` measure"
        )
    recorded = verdict_of(mapping(entry.body["verdict"]))
    for verdict in (recorded, judged.verdict):
        if verdict.decision is not Decision.PROMOTE:
            raise FlywheelError(
                f"{judged.name} was not let through by the gate ({verdict.decision.value}: "
                f"{verdict.reason}); see `{_shown_by(judged)}`"
            )
    if leaks := names(entry.body.get("leaks", ())):
        raise FlywheelError(
            f"{judged.name} holds what is of the suite's tasks ({', '.join(leaks)}): take that out and measure again"
        )
    if recorded.question != "better" and not even_if_only_safe:
        raise FlywheelError(
            f"{judged.name} was found {recorded.question}, and that promotes nothing: ask whether it is better "
            f"with `flywheel evaluate --better`, or take it as it is with `flywheel promote {judged.experiment} --safe`"
        )
    measured = str(entry.body["candidate"]), str(entry.body["control"])
    if measured != (judged.candidate, judged.control):
        raise FlywheelError(
            f"the verdict of experiment {judged.experiment[:12]} is on {measured[0][:12]} against {measured[1][:12]}, "
            f"not on {judged.candidate[:12]} against {judged.control[:12]}: measure again"
        )
    if not (_is_made_from_control(project, judged) and _adds_up(recorded)):
        raise FlywheelError(
            f"the verdict of experiment {judged.experiment[:12]} does not agree with itself or with the candidate's "
            "history: measure again"
        )


def _is_made_from_control(project: Project, judged: Judged | EvaluatedCommit) -> bool:
    """Whether a proposal's candidate is one commit on its control; a branch may be any number of commits away.

    What was measured of both is their trees, and a promotion brings exactly the candidate's.
    """
    if isinstance(judged, EvaluatedCommit):
        return True
    repository = project.repository
    parent = repository.git.find(f"{judged.candidate}^1")
    return parent is not None and repository.tree_hash(parent) == repository.tree_hash(judged.control)


def _shown_by(judged: Judged | EvaluatedCommit) -> str:
    if isinstance(judged, EvaluatedCommit):
        return f"flywheel evaluate {judged.candidate[:12]} --against {judged.control[:12]}"
    return f"flywheel proposals show {judged.name}"


def _adds_up(verdict: Verdict) -> bool:
    """A promotion's evidence has reached the threshold, its bound excludes what was refuted, and no guard objects."""
    is_shown = verdict.wealth >= verdict.threshold and verdict.interval[0] > -verdict.margin
    return is_shown and verdict.blocked_by is None and verdict.activation != "never_fired"
