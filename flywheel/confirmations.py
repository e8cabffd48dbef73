"""Confirmations: an effect without bias from fresh pairs after a verdict, which it never changes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from benchmarks.experiment_confirm import Confirmation, confirm, confirmation_plan
from benchmarks.experiment_plan import ExperimentPlan
from benchmarks.task import Suite, Task
from flywheel.errors import FlywheelError
from flywheel.looks import record_look
from flywheel.observer import Observer
from flywheel.project import Project
from flywheel.records import mapping, pair_of, pair_record
from flywheel.shared_ledger import SharedLedger
from harness.ledger import Entry
from harness.runs import Executor


@dataclass(frozen=True, kw_only=True)
class Confirming:
    """Where and with what a confirmation is carried out; ``runs`` bounds both arms, ``None`` is one round."""

    project: Project
    suite: Suite
    executor: Executor
    in_flight: int
    observer: Observer
    shared: SharedLedger
    runs: int | None = None


def known_confirmation(project: Project, experiment: str) -> Entry | None:
    """The entry of an experiment's confirmation, once all of its pairs have ended."""
    return project.ledger.get("confirmation", experiment)


def confirmations(project: Project) -> dict[str, dict[str, Any]]:
    """Every confirmation in the ledger as JSON, by experiment."""
    return {
        entry.key: confirmation_document(confirmation_of(entry))
        for entry in project.ledger.entries("confirmation")
    }


def confirm_verdict(confirming: Confirming, plan: ExperimentPlan, tasks: frozenset[str]) -> Confirmation:
    """Run the fresh pairs of a judged experiment, whose ``plan`` is the last part's, or read back what they said.

    ``tasks`` are those of all its parts. The number of pairs is in the ledger before the first of them runs, so that nobody stops where it looks best; an
    experiment is confirmed once. Raises ``FlywheelError`` for a budget below one round.
    """
    ledger = confirming.project.ledger
    if (known := known_confirmation(confirming.project, plan.id)) is not None:
        return confirmation_of(known)
    chosen = tuple(task for task in confirming.suite.tasks if task.id in tasks)
    fresh = _opened(confirming, plan, chosen)
    observer = confirming.observer
    observer.stage(f"confirm {plan.id}: {2 * len(fresh.pairs)} fresh runs")
    found = confirm(
        fresh,
        tasks={task.id: task for task in chosen},
        executor=confirming.executor,
        on_pairs=lambda count: observer.progress(count, len(fresh.pairs)),
    )
    confirming.shared.publish()
    if ledger.get("confirmation", plan.id) is None:
        ledger.append("confirmation", plan.id, _record(found, fresh))
        confirming.shared.publish()
    return found


def confirmation_of(entry: Entry) -> Confirmation:
    """What the ledger holds of a confirmation."""
    body = mapping(entry.body)
    low, high = body["interval"]
    return Confirmation(
        effect=body["effect"],
        interval=(low, high),
        units=body["units"],
        pairs=tuple(pair_of(pair) for pair in body["pairs"]),
    )


def confirmation_document(found: Confirmation) -> dict[str, Any]:
    """As JSON; effects within -1..1."""
    return {
        "effect": round(found.effect, 4),
        "interval": [round(end, 4) for end in found.interval],
        "units": found.units,
        "runs": 2 * len(found.pairs),
        "words": confirmation_words(found),
    }


def confirmation_words(found: Confirmation) -> str:
    """For a reader, in points."""
    low, high = found.interval
    return (
        f"{100 * found.effect:+.1f} points ({100 * low:+.1f} … {100 * high:+.1f} with 95 % confidence) from "
        f"{2 * len(found.pairs)} fresh runs after the verdict, without the bias of stopping; it changes no verdict"
    )


def _opened(confirming: Confirming, plan: ExperimentPlan, tasks: tuple[Task, ...]) -> ExperimentPlan:
    """The plan of the fresh pairs, written down with its look; one that was begun before holds."""
    ledger = confirming.project.ledger
    if ledger.get("confirmation_opened", plan.id) is None:
        ledger.append("confirmation_opened", plan.id, {"repeats": _repeats(confirming, plan, tasks)})
        confirming.shared.publish()
    opened = ledger.get("confirmation_opened", plan.id)
    repeats = int(str(opened.body["repeats"])) if opened is not None else 1
    fresh = replace(
        confirmation_plan(plan, tasks=tasks, repeats=repeats), in_flight=confirming.in_flight, forced=False
    )
    record_look(
        ledger,
        fresh.id,
        split=fresh.split,
        groups=fresh.groups,
        run_keys=list(fresh.run_keys()),
        candidate=fresh.candidate.commit,
        why=f"confirmation of {plan.id}",
        suite=fresh.suite,
    )
    confirming.shared.publish()
    return fresh


def _repeats(confirming: Confirming, plan: ExperimentPlan, tasks: tuple[Task, ...]) -> int:
    """Rounds over the experiment's groups or tasks that the budget pays for; one where none is given."""
    if confirming.runs is None:
        return 1
    units = {task.group if plan.claim == "groups" else task.id for task in tasks}
    repeats = confirming.runs // (2 * len(units))
    if repeats < 1:
        raise FlywheelError(
            f"a confirmation takes every group or task of its experiment once in each arm: {2 * len(units)} runs at least, "
            f"not {confirming.runs}"
        )
    return repeats


def _record(found: Confirmation, plan: ExperimentPlan) -> dict[str, Any]:
    return {
        "plan": plan.id,
        "claim": plan.claim,
        "effect": found.effect,
        "interval": list(found.interval),
        "units": found.units,
        "pairs": [pair_record(pair) for pair in found.pairs],
    }
