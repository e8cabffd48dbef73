"""What an experiment can find out, what it takes and what it costs, before anything is run."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from benchmarks.gate.evidence import Evidence, Stop
from benchmarks.gate.noise import Noise, planned_discordance
from benchmarks.gate.power import POWER, bets_needed, prospects
from benchmarks.gate.replay import replay
from benchmarks.gate.verdict import Claim, Question

SIMULATED = 1500  # experiments, where averaged runs make the differences too many to count exactly
SEED = 20  # of these simulations: the same plan gives the same numbers
RESOLUTION = 0.005
MOST_REPEATS = 32
MOST_GROUPS = 400  # where they are simulated

_Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Request:
    """What is asked of a plan.

    ``units`` are groups (claim ``groups``) or tasks (claim ``suite``), ``repeats`` the pairs of each. ``effect`` is the
    gain that one wants to find ("better") or 0 ("safe", with ``margin``). ``share`` is the error budget that
    the candidate holds. ``pattern_share`` is the pattern's share of the failures in ``mine``: with the control's
    failure rate it bounds what a cure can gain. ``run_seconds`` and ``run_usd`` are a run's mean cost.
    """

    claim: Claim
    units: int
    share: float
    noise: Noise
    effect: float
    repeats: int = 1
    question: Question = "better"
    margin: float = 0.0
    power: float = POWER
    pattern_share: float = 1.0
    in_flight: int = 1
    run_seconds: float = 0.0
    run_usd: float = 0.0

    @property
    def bets(self) -> int:
        """The budget in bets."""
        return self.units if self.claim == "groups" else self.units * self.repeats

    @property
    def runs(self) -> int:
        """The budget in runs, both arms."""
        return 2 * self.units * self.repeats

    @property
    def largest(self) -> float:
        """The most that a cure of the pattern can gain: the failures that are its own."""
        return (1.0 - self.noise.pass_rate) * self.pattern_share


@dataclass(frozen=True, kw_only=True)
class Forecast:
    """What a plan comes to.

    ``detectable`` is the smallest true effect found with the wanted power (for "safe": the smallest margin),
    ``None`` if none is. ``power`` is the chance for the wanted effect, ``useless`` the mean number of bets for a
    candidate that does nothing. ``units_needed`` and ``repeats_needed`` would find the wanted effect, each with the
    other as it is. ``seconds`` and ``usd`` are for the whole budget; experiments mostly stop earlier, after
    ``expected_runs`` if the wanted effect is there. ``refusal`` says why it should not be started; empty to go ahead.
    """

    claim: Claim
    discordance: float
    threshold: float
    bets: int
    runs: int
    detectable: float | None
    power: float
    expected_runs: float
    useless_runs: float
    units_needed: int | None
    repeats_needed: int | None
    seconds: float
    usd: float
    largest: float
    refusal: str


def plan(request: Request) -> Forecast:
    """Answer a request, by the shipped rule: exactly for single pairs, by simulation for averaged ones.

    A few hundredths of a second for a hundred bets, a few seconds for a thousand.
    """
    hit = _chances(request, request.effect)
    detectable = _detectable(request)
    units, repeats = _needed(request)
    per_bet = request.runs / request.bets
    forecast = Forecast(
        claim=request.claim,
        discordance=_discordance(request, request.effect),
        threshold=1.0 / request.share,
        bets=request.bets,
        runs=request.runs,
        detectable=detectable,
        power=hit[0],
        expected_runs=per_bet * hit[1],
        useless_runs=per_bet * _chances(request, 0.0)[1],
        units_needed=units,
        repeats_needed=repeats,
        seconds=request.runs * request.run_seconds / request.in_flight,
        usd=request.runs * request.run_usd,
        largest=request.largest,
        refusal="",
    )
    return replace(forecast, refusal=_refusal(request, forecast))


def _refusal(request: Request, forecast: Forecast) -> str:
    """Why this cannot decide, with the way out; empty where it can."""
    unit = "groups" if request.claim == "groups" else "tasks"
    if request.question == "safe":
        if forecast.power >= request.power:
            return ""
        found = "none" if forecast.detectable is None else f"{100 * forecast.detectable:.1f} points"
        return (
            f"{forecast.runs} runs show that a harmless change costs less than {100 * request.margin:.1f} points only in "
            f"{100 * forecast.power:.0f} of 100 cases (the smallest margin: {found}); {_more(forecast, unit)}"
        )
    if forecast.detectable is None:
        return f"{forecast.runs} runs can find no effect at all at a threshold of {forecast.threshold:.4g}"
    if forecast.largest < forecast.detectable:
        return (
            f"this change can gain at most {100 * forecast.largest:.1f} points (failures × the pattern's share), but "
            f"{forecast.runs} runs detect {100 * forecast.detectable:.1f}; {_more(forecast, unit)}"
        )
    return ""


def _more(forecast: Forecast, unit: str) -> str:
    ways = []
    if forecast.units_needed is not None:
        ways.append(f"{forecast.units_needed} {unit}")
    if forecast.repeats_needed is not None:
        ways.append(f"{forecast.repeats_needed} pairs of each")
    return f"it would take {' or '.join(ways)}" if ways else "no budget that is usual would do"


def _detectable(request: Request) -> float | None:
    """The smallest effect (or margin) with the wanted power, by halving; the bets are those planned for each."""
    if request.question == "safe":
        return _smallest(lambda margin: _chances(replace(request, margin=margin), 0.0)[0], request.power)
    return _smallest(lambda effect: _chances(replace(request, effect=effect), effect)[0], request.power)


def _smallest(chance: Callable[[float], float], power: float) -> float | None:
    low, high = 0.0, 0.99
    if chance(high) < power:
        return None
    while high - low > RESOLUTION:
        middle = (low + high) / 2.0
        low, high = (low, middle) if chance(middle) >= power else (middle, high)
    return high


def _needed(request: Request) -> tuple[int | None, int | None]:
    """Units (with these repeats) and repeats (with these units) that find the wanted effect."""
    if request.claim == "groups" and request.repeats > 1:
        return _least_units(request), _least_repeats(request)
    bets = bets_needed(
        _start(request),
        effect=request.effect,
        discordance=_discordance(request, request.effect),
        power=request.power,
    )
    if request.claim == "groups":
        return bets, _least_repeats(request)
    if bets is None:
        return None, None
    return math.ceil(bets / request.repeats), math.ceil(bets / request.units)


def _least_units(request: Request) -> int | None:
    return _least(lambda number: replace(request, units=number), request, MOST_GROUPS)


def _least_repeats(request: Request) -> int | None:
    return _least(lambda number: replace(request, repeats=number), request, MOST_REPEATS)


def _least(other: Callable[[int], Request], request: Request, most: int) -> int | None:
    """The least number whose request has the power; the power grows with it."""

    def suffices(number: int) -> bool:
        return _chances(other(number), request.effect)[0] >= request.power

    high = 1
    while high < most and not suffices(high):
        high = min(most, 2 * high)
    if not suffices(high):
        return None
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if suffices(middle) else (middle, high)
    return high


def _chances(request: Request, truth: float) -> tuple[float, float]:
    """The chance of a promotion, and the mean number of bets, if the true effect is ``truth``."""
    start = _start(request)
    if request.claim == "suite" or request.repeats == 1:
        ahead = prospects(
            start, effect=truth, discordance=_discordance(request, max(0.0, truth)), bets=request.bets
        )
        return ahead.reached, ahead.bets
    endings = replay(start, group_means(request, truth, experiments=SIMULATED, seed=SEED))
    return endings.share(Stop.REACHED), float(endings.bets.mean())


def group_means(request: Request, truth: float, *, experiments: int, seed: int) -> _Floats:
    """Differences of groups (rows are experiments): a share ``truth`` is changed for good, the rest is noise."""
    generator = np.random.default_rng(seed)
    shape = (experiments, request.units)
    differing = generator.binomial(request.repeats, request.noise.upper, size=shape)
    won = generator.binomial(differing, 0.5)
    means: _Floats = (2.0 * won - differing) / request.repeats
    changed = generator.random(shape) < abs(truth)
    return np.where(changed, math.copysign(1.0, truth), means)


def _discordance(request: Request, effect: float) -> float:
    repeats = request.repeats if request.claim == "groups" else 1
    return planned_discordance(request.noise.upper, effect, repeats=repeats)


def _start(request: Request) -> Evidence:
    discordance = max(1e-3, _discordance(request, request.effect))
    return Evidence.start(
        effect=request.effect,
        discordance=discordance,
        threshold=1.0 / request.share,
        margin=request.margin if request.question == "safe" else None,
    )
