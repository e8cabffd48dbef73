"""A plan for a terminal and for a program."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flywheel.planning import PlannedExperiment, SuitePlan, minutes

_SPEAKS = {"groups": "speaks for new groups of such tasks", "suite": "speaks for these tasks only"}


def plan_document(found: SuitePlan) -> dict[str, Any]:
    """As JSON; effects, margins and chances within 0..1; minutes are real, ``null`` where none are known."""
    return {
        "suite": found.order.suite,
        "harness": found.commit,
        "tree": found.tree,
        "groups": found.groups,
        "error_budget": found.campaign.error_budget,
        "error_left": found.campaign.available,
        "candidates_left": found.campaign.remaining,
        "threshold": found.threshold,
        "in_flight": found.in_flight,
        "plans": [_document(found, experiment) for experiment in found.experiments],
    }


def plan_text(found: SuitePlan) -> str:
    """For a terminal."""
    return "\n".join(_lines(found))


def _lines(found: SuitePlan) -> Iterator[str]:
    campaign = found.campaign
    yield f"{found.order.suite}, gate split: {found.groups} groups; harness {found.commit[:10]}; nothing was run or recorded"
    yield (f"error budget: {campaign.words}; the next one needs a wealth of {found.threshold:.4g}")
    noises = dict.fromkeys(
        found_.noise.words(found.order.suite, found.effect, seed=found.order.seed)
        for found_ in found.experiments
    )
    for words in noises:
        yield f"noise: {words}"
    yield _cost_basis(found)
    for experiment in found.experiments:
        yield ""
        yield from _experiment_lines(found, experiment)


def _experiment_lines(found: SuitePlan, experiment: PlannedExperiment) -> Iterator[str]:
    request, forecast = experiment.request, experiment.forecast
    unit = "group" if request.claim == "groups" else "task"
    asked = (
        "is it better?"
        if request.question == "better"
        else f"is it safe, worse by less than {_points(request.margin)}?"
    )
    yield (
        f"{asked} claim {request.claim} ({_SPEAKS[request.claim]}): {request.repeats} pair{'s' * (request.repeats > 1)} of each "
        f"of {request.units} {unit}s, {forecast.runs} runs at most"
    )
    yield f"  {_detects(experiment)}"
    wanted = (
        f"a gain of {_points(request.effect)} is found"
        if request.question == "better"
        else "a change without loss is shown safe"
    )
    yield f"  {wanted} in {100 * forecast.power:.0f} of 100 cases, after {forecast.expected_runs:.0f} runs on average"
    if experiment.cautious_power is not None:
        yield f"  only in {100 * experiment.cautious_power:.0f} of 100 if the runs are noisier than assumed, as they often are: calibrate first"
    if request.question == "better":
        yield f"  a change that does nothing is given up after {forecast.useless_runs:.0f} runs on average"
    yield f"  {_needs(experiment)}"
    yield f"  {_costs(found, forecast.runs)}"
    if forecast.refusal:
        yield f"  cannot decide: {forecast.refusal}"


def _detects(experiment: PlannedExperiment) -> str:
    """The smallest effect or margin."""
    detectable = experiment.forecast.detectable
    what = (
        "gain that is found" if experiment.request.question == "better" else "margin that is shown to be kept"
    )
    if detectable is None:
        return f"no {what.partition(' ')[0]} at all is found in 4 of 5 cases"
    return f"smallest {what} in 4 of 5 cases: {_points(detectable)}"


def _needs(experiment: PlannedExperiment) -> str:
    request, forecast = experiment.request, experiment.forecast
    unit = "groups" if request.claim == "groups" else "tasks"
    goal = (
        _points(request.effect) if request.question == "better" else f"a margin of {_points(request.margin)}"
    )
    ways = [
        *([f"{forecast.units_needed} {unit}"] if forecast.units_needed is not None else []),
        *([f"{forecast.repeats_needed} pairs of each"] if forecast.repeats_needed is not None else []),
    ]
    return (
        f"{goal} in 4 of 5 cases takes {' or '.join(ways)}"
        if ways
        else f"{goal}: no usual budget finds it in 4 of 5 cases"
    )


def _cost_basis(found: SuitePlan) -> str:
    cost = found.cost
    if cost is None:
        return "cost: not known, no run of this harness outside the gate is stored here; `flywheel run` or `calibrate` make some"
    money = f", {cost.usd:.4f} $" if cost.usd else ""
    if cost.seconds is None:
        clock = (
            "a virtual clock, which says nothing of real time" if found.simulated else "the runs' own clock"
        )
        return f"a run: {cost.tokens:,.0f} tokens{money}; real time not known ({cost.own_seconds:.0f} s by {clock})"
    virtual = f" ({cost.own_seconds:.0f} s by the simulated model's virtual clock)" if found.simulated else ""
    return f"a run: {cost.tokens:,.0f} tokens{money}, {cost.seconds:.2f} s of real time{virtual}; means of {cost.runs} runs"


def _costs(found: SuitePlan, runs: int) -> str:
    if found.cost is None:
        return f"at most {runs} runs; what they cost is not known"
    taken = minutes(found, runs)
    time = "time not known" if taken is None else f"{taken:.1f} minutes with {found.in_flight} at a time"
    money = f", {runs * found.cost.usd:.2f} $" if found.cost.usd else ""
    return f"at most {runs * found.cost.tokens:,.0f} tokens{money}, {time}"


def _document(found: SuitePlan, experiment: PlannedExperiment) -> dict[str, Any]:
    request, forecast = experiment.request, experiment.forecast
    cost = found.cost
    return {
        "question": request.question,
        "claim": request.claim,
        "units": request.units,
        "repeats": request.repeats,
        "runs": forecast.runs,
        "noise": {
            "source": experiment.noise.source,
            "seed": experiment.noise.calibration.seed if experiment.noise.calibration else None,
            "mean": round(request.noise.mean, 4),
            "upper80": round(request.noise.upper, 4),
            "pass_rate": round(request.noise.pass_rate, 4) if experiment.noise.noise is not None else None,
            "discordance": round(forecast.discordance, 4),
        },
        "effect": request.effect if request.question == "better" else None,
        "margin": request.margin if request.question == "safe" else None,
        "detectable": None if forecast.detectable is None else round(forecast.detectable, 4),
        "power": round(forecast.power, 4),
        "cautious_power": None if experiment.cautious_power is None else round(experiment.cautious_power, 4),
        "expected_runs": round(forecast.expected_runs, 1),
        "useless_runs": round(forecast.useless_runs, 1),
        "units_needed": forecast.units_needed,
        "repeats_needed": forecast.repeats_needed,
        "tokens": None if cost is None else round(cost.tokens * forecast.runs),
        "minutes": minutes(found, forecast.runs),
        "usd": None if cost is None else round(cost.usd * forecast.runs, 4),
        "refusal": forecast.refusal or None,
    }


def _points(share: float) -> str:
    return f"{100 * share:.1f} points"
