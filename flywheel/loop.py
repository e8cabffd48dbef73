"""The wheel: mine, propose, measure, promote; then once more with the harness that came of it."""

from __future__ import annotations

from flywheel.campaigns import open_campaign
from flywheel.mine_index import count_runs
from flywheel.mining import mine
from flywheel.proposing import propose
from flywheel.sealing import open_sealed
from flywheel.trial import try_in_order
from flywheel.wheel import Mined, Trial, Wheel, WheelResult


def turn(wheel: Wheel) -> WheelResult:
    """Turn until a round promotes nothing, the rounds are used, or the campaign's candidates are spent.

    Every step is recalled from the ledger and the segments where it was done before, so a killed turn
    goes on where it stood, and a finished one gives the same result again.
    """
    campaign = open_campaign(
        wheel.project, suite=wheel.settings.suite, seed=wheel.settings.seed, policy=wheel.policy
    )
    harness = campaign.start
    rounds: list[Mined] = []
    trials: list[Trial] = []
    for number in range(1, wheel.settings.rounds + 1):
        mined = mine(wheel, harness, number)
        rounds.append(mined)
        left = wheel.settings.patience - sum(trial.is_miss for trial in trials)
        tried = try_in_order(wheel, campaign, harness, propose(wheel, mined), mined, patience=left)
        trials += tried
        promoted = [trial for trial in tried if trial.status == "promoted"]
        if not promoted:
            break
        harness = promoted[-1].promotion
    return WheelResult(
        settings=wheel.settings,
        campaign=campaign.id,
        start=campaign.start,
        end=harness,
        rounds=tuple(rounds),
        trials=tuple(trials),
        sealed=open_sealed(wheel, campaign, harness) if wheel.settings.open_sealed else None,
        runs=count_runs(wheel.project),
    )
