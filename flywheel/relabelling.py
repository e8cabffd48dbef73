"""How often the gate promotes a harness over itself, by dealing a pool of real runs out into two arms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from scipy.stats import beta

from benchmarks.gate.evidence import Evidence, Stop
from benchmarks.gate.noise import measured_noise, planned_discordance
from benchmarks.gate.relabel import relabelled_differences
from benchmarks.gate.replay import replay
from benchmarks.gate.verdict import Claim
from flywheel.calibration import Relabelled

NOMINAL = 0.05  # the error that is shown beside that of the campaign
EXPERIMENTS = 200
LEAST_TASKS = 2


@dataclass(frozen=True, kw_only=True)
class Dealing:
    """How experiments are dealt: for which claim, with which planned effect, needing which wealth."""

    claim: Claim
    effect: float
    threshold: float
    experiments: int = EXPERIMENTS
    seed: int = 1


def false_promotions(
    scores: Mapping[str, Sequence[float]], groups: Mapping[str, str], dealing: Dealing
) -> Relabelled | None:
    """How many A/A experiments the shipped rule promotes; ``None`` where the pool is too small to deal from.

    Claim ``groups`` takes one pair of each group, ``suite`` as many of each task as the pool pays for. Tasks that lost a
    run to broken infrastructure are left out rather than the whole pool.
    """
    noise = measured_noise(scores)
    repeats = 1 if dealing.claim == "groups" else max(1, _most(scores) // 2)
    usable = {task: seen for task, seen in scores.items() if len(seen) >= 2 * repeats}
    if noise is None or len(usable) < LEAST_TASKS:
        return None
    differences = relabelled_differences(
        usable,
        groups=groups,
        claim=dealing.claim,
        repeats=repeats,
        experiments=dealing.experiments,
        seed=dealing.seed,
    )
    start = Evidence.start(
        effect=dealing.effect,
        discordance=max(1e-3, planned_discordance(noise.upper, dealing.effect)),
        threshold=dealing.threshold,
    )
    endings = replay(start, differences)
    promoted = round(endings.share(Stop.REACHED) * dealing.experiments)
    return Relabelled(
        claim=dealing.claim,
        repeats=repeats,
        threshold=dealing.threshold,
        experiments=dealing.experiments,
        promoted=promoted,
        upper95=upper_bound(promoted, dealing.experiments),
        mean_bets=float(endings.bets.mean()),
    )


def all_false_promotions(
    scores: Mapping[str, Sequence[float]], groups: Mapping[str, str], dealings: Iterable[Dealing]
) -> tuple[Relabelled, ...]:
    """Each dealing that the pool pays for."""
    found = (false_promotions(scores, groups, dealing) for dealing in dealings)
    return tuple(row for row in found if row is not None)


def upper_bound(count: int, total: int, confidence: float = 0.95) -> float:
    """The one-sided upper bound of a rate (Clopper and Pearson, Biometrika 1934)."""
    return 1.0 if count >= total else float(beta.ppf(confidence, count + 1, total - count))


def _most(scores: Mapping[str, Sequence[float]]) -> int:
    """How many runs at least nine tenths of the tasks have: a lost run costs its task, not a repeat of all."""
    counts = sorted(len(seen) for seen in scores.values())
    return counts[len(counts) // 10] if counts else 0
