"""How readily the rest of a budget is given up: never so that the planned effect loses its power."""

from __future__ import annotations

import pytest

from benchmarks.gate.curtailment import CHANCES, curtailment
from benchmarks.gate.evidence import Evidence
from benchmarks.gate.power import POWER, prospects


def chosen(bets: int) -> tuple[float, list[float]]:
    """The chance for a budget, and which chances were tried."""
    start = Evidence.start(effect=0.2, discordance=0.24, threshold=20.0)
    tried: list[float] = []

    def at(chance: float) -> Evidence:
        tried.append(chance)
        return start.within(bets, effect=0.2, discordance=0.24, chance=chance)

    return curtailment(at, effect=0.2, discordance=0.24, ahead=bets), tried


def power(bets: int, chance: float) -> float:
    start = Evidence.start(effect=0.2, discordance=0.24, threshold=20.0)
    start = start.within(bets, effect=0.2, discordance=0.24, chance=chance)
    return prospects(start, effect=0.2, discordance=0.24, bets=bets).reached


@pytest.mark.parametrize("bets", range(44, 64, 2))
def test_it_is_the_largest_chance_that_keeps_the_power(bets: int) -> None:
    """The same as trying all of them in turn."""
    found, _ = chosen(bets)
    sufficient = [chance for chance in CHANCES if power(bets, chance) >= POWER]

    assert found == (max(sufficient) if sufficient else 0.0)


def test_a_budget_without_power_gives_nothing_up() -> None:
    """What can hardly decide anyway runs to its end."""
    assert chosen(12)[0] == 0.0


@pytest.mark.parametrize("bets", [12, 48, 52, 80])
def test_at_most_five_forecasts_are_made(bets: int) -> None:
    """A forecast of a thousand bets takes about a second."""
    assert len(chosen(bets)[1]) <= 5


def test_a_large_budget_is_given_up_readily() -> None:
    """One forecast is enough there."""
    assert chosen(200) == (0.3, [0.3])
