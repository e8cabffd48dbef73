"""Merges in a turn: those that were made for a harness are measured before anything new."""

from __future__ import annotations

from collections.abc import Sequence

from flywheel.campaigns import OpenCampaign
from flywheel.errors import FlywheelError
from flywheel.merging import merges_on, propose_merge
from flywheel.trial import try_in_order
from flywheel.wheel import Mined, Trial, Wheel


def try_merges(
    wheel: Wheel, campaign: OpenCampaign, harness: str, mined: Mined, *, patience: int
) -> tuple[Trial, ...]:
    """Measure the merges on a harness commit one after another; what passes is applied as any other proposal is."""
    merges = merges_on(wheel.project, harness)
    return try_in_order(wheel, campaign, harness, merges, mined, patience=patience) if merges else ()


def offer_merge(wheel: Wheel, trials: Sequence[Trial]) -> None:
    """After a round in which several passed on the same control: make their merge, or tell how a person makes it.

    Where one was promoted, the merge stands on the harness that came of it, and the next round measures it.
    """
    passed = [
        trial for trial in trials if trial.is_accepted and trial.status in {"promoted", "stale", "waiting"}
    ]
    names = [trial.proposal.id for trial in passed]
    if len(passed) < 2:
        return
    promoted = [trial for trial in passed if trial.status == "promoted"]
    if not promoted:
        wheel.observer.note(f"{len(passed)} passed side by side: flywheel proposals merge {' '.join(names)}")
        return
    if wheel.project.repository.current() != promoted[-1].promotion:
        return  # the harness has moved on: this was offered before
    try:
        merge = propose_merge(wheel.project, names, strict=False)
    except FlywheelError as error:
        wheel.observer.note(f"no merge of {', '.join(names)}: {error}")
        return
    for reason in merge.left_out:
        wheel.observer.note(f"not merged: {reason}")
    wheel.observer.note(f"{merge.proposal.id}  {merge.proposal.title}")
