"""How many runs the experiment on a proposal would take: what its test costs."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from benchmarks.errors import CampaignError
from benchmarks.gate.evidence import Evidence
from benchmarks.gate.power import prospects
from flywheel.campaigns import budget_or_new, latest_campaign
from flywheel.known_noise import planned_noise
from flywheel.trial import gate_tasks, repeats_of
from flywheel.wheel import Wheel

STEP = 0.005  # gains are rounded to half points: the forecast is not finer


def runs_to_decide(wheel: Wheel, commit: str) -> Callable[[float], float]:
    """For an expected gain (0..1) the mean number of runs, both arms, until the experiment stops if that gain is real.

    Planned as the next candidate's would be, with the share of the error budget that it would hold. Where no candidate is left
    it is the same for all.
    """
    campaign = latest_campaign(wheel.project, wheel.settings.suite)
    try:
        held = budget_or_new(wheel.project, campaign, wheel.policy).charge("").of("")
    except CampaignError:
        return lambda _: 1.0
    tasks, repeats = gate_tasks(wheel), repeats_of(wheel)
    units = len({task.group for task in tasks}) if wheel.policy.claim == "groups" else len(tasks) * repeats
    runs_per_bet = 2 * (repeats if wheel.policy.claim == "groups" else 1)
    effect = wheel.policy.planned_effect
    noise = planned_noise(
        wheel.project,
        suite=wheel.settings.suite,
        control_tree=wheel.project.repository.tree_hash(commit),
        claim=wheel.policy.claim,
        looks=False,
    )
    square = noise.discordance(effect)
    start = Evidence.start(effect=effect, discordance=square, threshold=held.threshold)

    @cache
    def runs(steps: int) -> float:
        gain = steps * STEP
        return runs_per_bet * prospects(start, effect=gain, discordance=max(gain, square), bets=units).bets

    return lambda gain: max(1.0, runs(round(min(0.99, max(0.0, gain)) / STEP)))
