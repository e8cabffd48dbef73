"""What ``--budget`` may say: runs, minutes or dollars, turned into runs before an experiment is fixed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from flywheel.calibration import RunCost
from flywheel.errors import FlywheelError

Unit = Literal["runs", "minutes", "usd"]
LEAST_RUNS, MOST_RUNS = 2, 1_000_000
_FORM = re.compile(r"(?P<amount>\d+(\.\d+)?) ?(?P<unit>[a-z]*)", re.ASCII)
_UNITS: dict[str, tuple[Unit, float]] = {
    "": ("runs", 1.0),
    "runs": ("runs", 1.0),
    "m": ("minutes", 1.0),
    "h": ("minutes", 60.0),
    "usd": ("usd", 1.0),
}
FORMS = "give runs (`200`), minutes or hours (`30m`, `2h`) or dollars (`5usd`)"


@dataclass(frozen=True, kw_only=True)
class Budget:
    """The most that an experiment may take, in one unit; a bound on its plan, never a reason to stop it."""

    amount: float
    unit: Unit = "runs"

    @property
    def words(self) -> str:
        """For a reader."""
        return {"runs": f"{self.amount:g} runs", "minutes": f"{self.amount:g} minutes"}.get(
            self.unit, f"{self.amount:g} $"
        )


def parse_budget(text: str) -> Budget:
    """The budget that a text says; raises ``FlywheelError`` that names the valid forms."""
    found = _FORM.fullmatch(text.strip().lower())
    if found is None or found["unit"] not in _UNITS:
        raise FlywheelError(f"--budget {text!r} is no budget: {FORMS}")
    unit, factor = _UNITS[found["unit"]]
    amount = float(found["amount"]) * factor
    if unit == "runs" and not (amount.is_integer() and LEAST_RUNS <= amount <= MOST_RUNS):
        raise FlywheelError(
            f"--budget {text!r}: whole runs from {LEAST_RUNS} to {MOST_RUNS:,}, both arms together"
        )
    return Budget(amount=amount, unit=unit)


def runs_within(budget: Budget, cost: RunCost | None, *, in_flight: int, suite: str) -> int:
    """How many runs a budget pays for, at the measured mean cost of one; with ``in_flight`` of them at a time.

    Raises ``FlywheelError`` where nothing tells what a run takes, and where it pays for less than one pair.
    """
    if budget.unit == "runs":
        return int(budget.amount)
    each = _cost_of_one(budget, cost, in_flight=in_flight, suite=suite)
    runs = int(min(budget.amount / each, MOST_RUNS))
    if runs < LEAST_RUNS:
        raise FlywheelError(
            f"--budget: {budget.words} pay for {runs} runs and a pair takes {LEAST_RUNS}; one run of the control takes "
            f"{Budget(amount=round(each, 4), unit=budget.unit).words} on average"
        )
    return runs


def _cost_of_one(budget: Budget, cost: RunCost | None, *, in_flight: int, suite: str) -> float:
    """Minutes or dollars of one run; minutes are real ones, shared by the runs in flight."""
    known = None if cost is None else cost.seconds if budget.unit == "minutes" else cost.usd
    if not known:
        what = "how long" if budget.unit == "minutes" else "how much money"
        raise FlywheelError(
            f"--budget: it is not known {what} a run of the control takes, {_why(budget, cost)}; "
            f"`flywheel run --suite {suite}` measures that on the mine split, or give the budget in runs"
        )
    return known / 60.0 / in_flight if budget.unit == "minutes" else known


def _why(budget: Budget, cost: RunCost | None) -> str:
    if cost is None:
        return "no run of it is stored here"
    if budget.unit == "usd":
        return f"none of its {cost.runs} stored runs has a price (a simulated model costs nothing)"
    return f"too few of its runs are stored here ({cost.runs}) to tell their real time"
