"""The wheel: mine, propose, measure, promote; then once more with the harness that came of it."""

from __future__ import annotations

from flywheel.campaigns import open_campaign
from flywheel.mine_index import count_runs
from flywheel.mining import mine
from flywheel.proposing import propose
from flywheel.sealing import open_sealed
from flywheel.trial import is_last, try_in_order
from flywheel.trying_merges import offer_merge, try_merges
from flywheel.trying_together import try_together
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
    first = campaign.rounds_before + 1
    for number in range(first, first + wheel.settings.rounds):
        mined = mine(wheel, harness, number)
        rounds.append(mined)
        left = wheel.settings.patience - sum(trial.is_miss for trial in trials)
        proposals = propose(wheel, mined)
        tried = try_merges(wheel, campaign, harness, mined, patience=left)
        if not any(is_last(wheel, trial) for trial in tried):
            left -= sum(trial.is_miss for trial in tried)
            try_all = try_in_order if wheel.settings.together == 1 else try_together
            tried += try_all(wheel, campaign, harness, proposals, mined, patience=left)
        offer_merge(wheel, tried)
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
