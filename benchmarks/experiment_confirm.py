"""An effect without bias: the whole of a fixed number of fresh pairs, after the verdict."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from scipy.stats import t as student

from benchmarks.experiment_plan import ExperimentPlan
from benchmarks.gate.carried import Carried
from benchmarks.gate.paired_runs import results_of
from benchmarks.gate.verdict import PairResult
from benchmarks.pair_order import ordered_pairs
from benchmarks.schedule import in_planned_order, planned_requests, running
from benchmarks.task import Task
from harness.runs import Executor

CONFIDENCE = 0.95


@dataclass(frozen=True, kw_only=True)
class Confirmation:
    """What fresh pairs say. ``effect`` is their mean difference, unbiased because their number was fixed beforehand;
    ``interval`` holds the true one in 95 % of confirmations. It confirms a verdict and never changes it.
    """  # noqa: D205 — one thought

    effect: float
    interval: tuple[float, float]
    units: int
    pairs: tuple[PairResult, ...]


def confirmation_plan(plan: ExperimentPlan, *, tasks: Sequence[Task], repeats: int = 1) -> ExperimentPlan:
    """Fresh pairs for the arms of an experiment: every group (or task) ``repeats`` times, with seeds of their own.

    Nothing is carried and nothing can stop it early; its id is that of the experiment with ``-confirm-`` and the
    number of repeats, so that the same confirmation asked for again is answered from the runs that were made.
    """
    name = f"{plan.id}-confirm-{repeats}"
    pairs = ordered_pairs(tasks, source=name, claim=plan.claim, repeats=repeats, same_seeds=not plan.a_a)
    return replace(plan, id=name, pairs=pairs, carried=Carried(), curtailment=0.0, place=None)


def confirm(
    plan: ExperimentPlan,
    *,
    tasks: Mapping[str, Task],
    executor: Executor,
    on_pairs: Callable[[int], None] | None = None,
) -> Confirmation:
    """Carry out all of a confirmation and read it once; ``on_pairs`` hears how many pairs have ended.

    Raises ``BrokenSystemError`` and ``SuiteError``.
    """
    pairs: list[PairResult] = []
    with running(executor, planned_requests(plan, tasks)) as results:
        for bet in in_planned_order(plan, results):
            pairs += results_of(bet)
            if on_pairs is not None:
                on_pairs(len(pairs))
    return confirmation(plan, pairs)


def confirmation(plan: ExperimentPlan, pairs: Sequence[PairResult]) -> Confirmation:
    """Read the pairs: the mean over units with Student's t, a unit being a group, or a task for claim ``suite``."""
    by_unit: dict[str, list[float]] = defaultdict(list)
    for pair in pairs:
        by_unit[pair.group if plan.claim == "groups" else pair.task].append(pair.difference)
    means = [sum(seen) / len(seen) for _, seen in sorted(by_unit.items())]
    effect = sum(means) / len(means)
    reach = _reach(means)
    return Confirmation(
        effect=effect,
        interval=(max(-1.0, effect - reach), min(1.0, effect + reach)),
        units=len(means),
        pairs=tuple(pairs),
    )


def _reach(means: Sequence[float]) -> float:
    """Half the width of the interval; everything is possible with one unit.

    Units that all agree have no variance, and are no proof that every other does: with 95 % confidence less than
    1 - 0.025 ** (1 / n) of them differ (Clopper and Pearson for none of n), each by as much as the scale allows.
    """
    count = len(means)
    if count < 2:
        return 2.0
    middle = sum(means) / count
    variance = sum((mean - middle) ** 2 for mean in means) / (count - 1)
    if variance == 0.0:
        return float((1.0 - ((1.0 - CONFIDENCE) / 2.0) ** (1.0 / count)) * (1.0 + abs(middle)))
    return float(student.ppf((1.0 + CONFIDENCE) / 2.0, count - 1)) * math.sqrt(variance / count)
