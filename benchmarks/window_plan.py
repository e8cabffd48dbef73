"""One order of pairs that several candidates play against one control arm, fixed before the first run."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pydantic import TypeAdapter

from benchmarks.errors import PlanError
from benchmarks.experiment_plan import Design, ExperimentPlan, Place, plan_pairs
from benchmarks.gate.verdict import Claim
from benchmarks.pair_order import PlannedPair, ordered_pairs, renumbered
from benchmarks.task import Split, Task
from harness.runs import Checkout

CONTROL = "control"
AHEAD = 4  # positions for each run in flight that lie between a stop and the position at which another begins


@dataclass(frozen=True, kw_only=True)
class WindowPlan:
    """An order without end: ``slots`` is its first lap, and position ``p`` is slot ``p`` modulo their number.

    Every lap has run seeds of its own, so no run is asked for twice. A candidate that begins at position ``b``
    plays one lap from there on, so each group (or task) as often as every other candidate does.
    """

    id: str = ""
    name: str
    suite: str
    split: Split
    claim: Claim
    control: Checkout
    slots: tuple[PlannedPair, ...]
    in_flight: int

    def seed(self, position: int) -> int:
        """The run seed that all arms of a position share."""
        lap, slot = divmod(position, len(self.slots))
        if lap == 0:
            return self.slots[slot].control_seed
        return random.Random(f"{self.id}/seed/{position}").getrandbits(31)

    def run_key(self, position: int) -> str:
        """The stable key of the control's run at a position."""
        return f"{self.id}/{position}/{CONTROL}"

    def fresh(self, position: int) -> int:
        """The first position from here on with which a bet begins."""
        while not self._begins_bet(position):
            position += 1
        return position

    def after_stop(self, position: int) -> int:
        """Where a candidate may begin that takes the seat of one whose last pair was the one before ``position``.

        So far ahead that no run of it has started yet, mostly: the same place then, however fast runs end.
        """
        return self.fresh(position + AHEAD * self.in_flight)

    def dispatch_order(self, position: int, trees: Iterable[str]) -> tuple[str, ...]:
        """The arms of a position in their random order, which does not depend on who else takes part."""
        return tuple(sorted({CONTROL, *trees}, key=lambda arm: self._draw(position, arm)))

    def pairs_from(self, begins: int, candidate: Checkout) -> tuple[PlannedPair, ...]:
        """The pairs of a candidate that begins at a position; its own positions and bets count from 0."""
        played = (self._pair(position, candidate) for position in range(begins, begins + len(self.slots)))
        return renumbered(tuple(played))

    def to_record(self) -> dict[str, Any]:
        """JSON for the ledger, without the local path of the checkout."""
        return dict(TypeAdapter(WindowPlan).dump_python(self, mode="json", exclude={"control": {"path"}}))

    @classmethod
    def from_record(cls, record: Mapping[str, Any], *, control: Checkout) -> WindowPlan:
        """The plan that ``to_record`` wrote; raises ``PlanError`` if the checkout is of another tree."""
        fields = dict(record)
        if fields["control"]["tree"] != control.tree:
            raise PlanError(
                f"the window's control is tree {fields['control']['tree']}, not {control.tree}: plan again"
            )
        return TypeAdapter(WindowPlan).validate_python({**fields, "control": control})

    def _pair(self, position: int, candidate: Checkout) -> PlannedPair:
        seed = self.seed(position)
        first = self.dispatch_order(position, [candidate.tree])[0]
        return replace(
            self.slots[position % len(self.slots)],
            control_seed=seed,
            candidate_seed=seed,
            first="control" if first == CONTROL else "candidate",
        )

    def _begins_bet(self, position: int) -> bool:
        slot = position % len(self.slots)
        return slot == 0 or self.slots[slot].bet != self.slots[slot - 1].bet

    def _draw(self, position: int, arm: str) -> float:
        return random.Random(f"{self.id}/order/{position}/{arm}").random()


def plan_window(design: Design, *, name: str, control: Checkout, tasks: Sequence[Task]) -> WindowPlan:
    """Fix a window. ``name`` tells it from every other window of this control, which shares no run with it.

    Of ``design`` it takes suite, split, seed, claim, repeats and runs in flight. Raises ``PlanError`` without tasks.
    """
    drawn = ordered_pairs(
        tasks,
        source=f"{design.seed}/{control.tree}/window/{name}",
        claim=design.claim,
        repeats=design.repeats,
        same_seeds=True,
    )
    if not drawn:
        raise PlanError(
            f"suite {design.suite} has no tasks for the {design.split} split: add tasks or choose another suite"
        )
    window = WindowPlan(
        name=name,
        suite=design.suite,
        split=design.split,
        claim=design.claim,
        control=control,
        slots=drawn,
        in_flight=design.in_flight,
    )
    return replace(window, id=_window_id(window, design.seed))


def plan_member(
    window: WindowPlan, design: Design, *, candidate: Checkout, begins: int = 0
) -> ExperimentPlan:
    """The experiment of one candidate in a window, from a position on with which a bet begins.

    Raises ``PlanError`` where it cannot decide, and where it is no experiment of this window.
    """
    if (design.suite, design.split, design.claim) != (window.suite, window.split, window.claim):
        raise PlanError(f"window {window.name} is on {window.suite} with claim {window.claim}")
    if design.a_a or begins != window.fresh(begins):
        raise PlanError(f"no candidate can begin at position {begins} of window {window.name}")
    return plan_pairs(
        design,
        control=window.control,
        candidate=candidate,
        pairs=window.pairs_from(begins, candidate),
        place=Place(window=window.id, begins=begins),
    )


def _window_id(window: WindowPlan, seed: int) -> str:
    drawn = "/".join(f"{slot.task}:{slot.control_seed}" for slot in window.slots)
    text = "\n".join([window.name, window.suite, window.claim, window.control.tree, str(seed), drawn])
    return f"w-{hashlib.sha256(text.encode()).hexdigest()[:14]}"
