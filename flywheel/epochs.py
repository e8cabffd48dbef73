"""The next epoch of a suite: worn groups move on, sealed → gate → mine, and a campaign opens on fresh ones."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from benchmarks.task import Split, Suite
from flywheel.campaigns import OpenCampaign, budget, latest_campaign, write_campaign
from flywheel.errors import FlywheelError
from flywheel.project import Project
from flywheel.wear import SplitWear, wear_of

LEAST_GROUPS = 2  # fewer say nothing of a suite


@dataclass(frozen=True, kw_only=True)
class Epoch:
    """The campaign that was opened, and where its beginning has moved groups."""

    campaign: OpenCampaign
    moves: Mapping[str, Split]

    def moved_to(self, split: Split) -> int:
        """How many groups came into a split."""
        return sum(found is split for found in self.moves.values())


def open_epoch(
    project: Project, suite: Suite, *, seed: int, start: str | None = None, unseal: int | None = None
) -> Epoch:
    """Open the next campaign of a suite, whose groups are where the ledger has them.

    Gate groups that were looked at go to ``mine``, sealed ones that were opened to ``gate``; where none was opened,
    ``unseal`` of them do (by default as many as make the gate's fresh groups half of the sealed), chosen by a hash. Raises ``FlywheelError`` where the last
    campaign still takes candidates, and where no fresh group is left: the suite is worn out then.
    """
    policy = project.policy()
    last = latest_campaign(project, suite.name)
    if last is None:
        opened = write_campaign(project, suite=suite.name, seed=seed, policy=policy, start=start, epoch=1)
        return Epoch(campaign=opened, moves={})
    if not last.is_closed and not budget(project, last).is_spent:
        raise FlywheelError(
            f"campaign {last.id} still takes candidates ({budget(project, last).words}); to give that up for good, "
            f"`flywheel campaigns close --suite {suite.name}` first"
        )
    moves = next_moves(suite, {found.split: found for found in wear_of(project, suite)}, unseal=unseal)
    _require_fresh(suite, moves)
    opened = write_campaign(
        project,
        suite=suite.name,
        seed=seed,
        policy=policy,
        start=start,
        epoch=last.epoch + 1,
        moves={group: split.value for group, split in sorted(moves.items())},
    )
    return Epoch(campaign=opened, moves=moves)


def next_moves(
    suite: Suite, wear: Mapping[Split, SplitWear], *, unseal: int | None = None
) -> dict[str, Split]:
    """Which groups move on with the next epoch; raises ``FlywheelError`` for more than are sealed."""
    gate, sealed = wear.get(Split.GATE), wear.get(Split.SEALED)
    worn = gate.seen if gate else frozenset[str]()
    moves = dict.fromkeys(sorted(worn), Split.MINE)
    if sealed is None:
        return moves
    fresh = len(gate.unseen) if gate else 0
    opened = sealed.seen or _drawn(suite.name, sealed.groups, unseal, fresh)
    return moves | dict.fromkeys(sorted(opened), Split.GATE)


def _drawn(suite: str, groups: frozenset[str], wanted: int | None, fresh: int) -> frozenset[str]:
    """The groups that leave the seal unopened: the same on every machine, whatever order they come in."""
    usual = max(0, max(LEAST_GROUPS, len(groups) // 2) - fresh)
    count = min(usual, len(groups)) if wanted is None else wanted
    if count > len(groups):
        raise FlywheelError(f"--unseal {count}: only {len(groups)} groups of {suite} are still sealed")
    order = sorted(groups, key=lambda group: hashlib.sha256(f"{suite}/unseal/{group}".encode()).digest())
    return frozenset(order[:count])


def _require_fresh(suite: Suite, moves: Mapping[str, Split]) -> None:
    after = {**suite.splits, **moves}
    fresh = sum(split is Split.GATE for split in after.values())
    if fresh < LEAST_GROUPS:
        raise FlywheelError(
            f"suite {suite.name} is worn out: {fresh} of its {len(after)} groups would be left for the gate, all others "
            "were looked at and can only be mined; add tasks of new groups (`flywheel suites import FOLDER --name NAME`, "
            "the old tasks with the new: splits go by a hash of the group's name, so that no other group moves), or use another "
            "suite"
        )
