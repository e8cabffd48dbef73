"""A calibration for a terminal, for a program and as a Markdown page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flywheel.calibrating import Calibrated
from flywheel.calibration import Calibration, Relabelled
from flywheel.ci.wording import Wording
from flywheel.in_flight_effect import InFlightEffect, in_flight_effect
from flywheel.known_noise import relabelled_document
from flywheel.live_noise import LiveCheck

SHOWN = 12  # groups and tasks in a terminal; the other forms hold all

_SIMULATED = "the model in these runs is simulated; programs, tests and statistics are real"


def calibrated_document(found: Calibrated) -> dict[str, Any]:
    """As JSON; shares are within 0..1, seconds are real where they are not called ``own``."""
    return {
        "calibrations": [_document(calibration) for calibration in found.calibrations],
        "in_flight": [
            {**vars(effect), "is_sure": effect.is_sure, "broken": list(effect.broken)}
            for effect in _effects(found)
        ],
        "live": [check.to_record() for check in found.live],
        "looks": found.looks,
    }


def calibrated_text(found: Calibrated) -> str:
    """For a terminal."""
    return "\n".join(_lines(found))


def calibrated_markdown(found: Calibrated) -> str:
    """As a page, with every group that is not quiet."""
    first = found.calibrations[0]
    wording = Wording()  # names of imported suites and groups are other people's
    said = [f"- {wording.prose(line)}" for line in _lines(found, most=0)]
    parts = [f"## Noise of {wording.code(first.suite)}", "", *said, ""]
    for calibration in found.calibrations:
        parts += [f"### {calibration.in_flight} in flight, by group", "", *_table(calibration, wording), ""]
    return "\n".join(parts)


def _lines(found: Calibrated, *, most: int = SHOWN) -> Iterator[str]:
    for calibration in found.calibrations:
        yield from _calibration_lines(calibration, most)
    for effect in _effects(found):
        yield effect.words
    if found.live:
        yield _live_words(found.live)
    if found.looks:
        yield f"looks: {found.looks} at these groups so far, this one among them; `--split mine` costs none"
    if found.calibrations[0].simulated:
        yield _SIMULATED


def _calibration_lines(calibration: Calibration, most: int) -> Iterator[str]:
    outcomes = ", ".join(f"{count} {name}" for name, count in sorted(calibration.outcomes.items()))
    yield (
        f"{calibration.suite}, {calibration.split} split, harness {calibration.commit[:10]}, {calibration.in_flight} in "
        f"flight, sandbox {calibration.isolation}: {calibration.runs_per_task} runs of {len(calibration.scores)} tasks "
        f"({outcomes})"
    )
    noise = calibration.noise
    if noise is None:
        yield "noise: not known; that takes 3 scored runs of at least 2 tasks (--runs 3 or more)"
    else:
        yield (
            f"noise: two runs differ in {100 * noise.mean:.1f} % of the pairs, in at most {100 * noise.upper:.1f} % "
            f"(80 % bound); pass rate {100 * calibration.pass_rate:.1f} %"
        )
    yield f"flaky: {len(calibration.flaky)} of {len(calibration.scores)} tasks do not always end alike{_named(calibration.flaky, most)}"
    if most:
        yield from _noisiest(calibration, most)
    for row in calibration.relabelled:
        yield _relabelled_words(row)
    if not calibration.relabelled:
        yield "false promotions: not known; that takes 3 scored runs of at least 2 tasks"
    yield _cost_words(calibration)


def _named(tasks: tuple[str, ...], most: int) -> str:
    if not tasks or not most:
        return ""
    return f": {', '.join(tasks[:most])}" + (f" and {len(tasks) - most} more" if len(tasks) > most else "")


def _noisiest(calibration: Calibration, most: int) -> Iterator[str]:
    groups = sorted(calibration.by_group().items(), key=lambda item: (-item[1][0], item[0]))
    noisy = [(group, noise, rate) for group, (noise, rate, _) in groups if noise > 0]
    if noisy:
        shown = ", ".join(
            f"{group} {100 * noise:.0f} % ({100 * rate:.0f} % pass)" for group, noise, rate in noisy[:most]
        )
        yield f"noisiest groups: {shown}"


def _relabelled_words(row: Relabelled) -> str:
    return (
        f"false promotions by relabelling, claim {row.claim}, nominal {100 * row.nominal:.3g} %: {row.promoted} of "
        f"{row.experiments} (rate at most {100 * row.upper95:.1f} % with 95 % confidence), {row.mean_bets:.0f} bets on average"
    )


def _cost_words(calibration: Calibration) -> str:
    cost = calibration.cost
    money = f", {cost.usd:.4f} $" if cost.usd else ""
    real = (
        "real time not known (all runs were there before)"
        if cost.seconds is None
        else f"{cost.seconds:.2f} s of real time"
    )
    virtual = f", {cost.own_seconds:.1f} s by its virtual clock" if calibration.simulated else ""
    return f"cost of a run: {cost.tokens:,.0f} tokens{money}, {real}{virtual}"


def _live_words(live: tuple[LiveCheck, ...]) -> str:
    false = sum(check.is_false_promotion for check in live)
    pairs = sum(check.pairs for check in live)
    return (
        f"live: {false} of {len(live)} experiments promoted the harness over itself (nominal {100 / live[0].threshold:.3g} %), "
        f"{pairs / len(live):.0f} pairs each; they charge no campaign and promote nothing"
    )


def _effects(found: Calibrated) -> list[InFlightEffect]:
    first, *others = found.calibrations
    return [in_flight_effect(first, other) for other in others]


def _table(calibration: Calibration, wording: Wording) -> Iterator[str]:
    yield "| group | two runs differ | pass rate | runs |"
    yield "|---|---|---|---|"
    quiet = 0
    for group, (noise, rate, runs) in sorted(calibration.by_group().items(), key=lambda item: -item[1][0]):
        quiet += noise == 0
        if noise > 0:
            yield f"| {wording.code(group)} | {100 * noise:.0f} % | {100 * rate:.0f} % | {runs} |"
    yield f"| {quiet} quiet groups | 0 % | | |"


def _document(calibration: Calibration) -> dict[str, Any]:
    noise = calibration.noise
    return {
        "suite": calibration.suite,
        "epoch": calibration.epoch,
        "split": calibration.split,
        "date": calibration.date,
        "harness": calibration.commit,
        "tree": calibration.tree,
        "isolation": calibration.isolation,
        "in_flight": calibration.in_flight,
        "runs_per_task": calibration.runs_per_task,
        "tasks": len(calibration.scores),
        "outcomes": dict(calibration.outcomes),
        "pass_rate": round(calibration.pass_rate, 4),
        "noise": None if noise is None else round(noise.mean, 4),
        "noise_upper80": None if noise is None else round(noise.upper, 4),
        "flaky": list(calibration.flaky),
        "groups": {
            group: {"noise": round(value, 4), "pass_rate": round(rate, 4), "runs": runs}
            for group, (value, rate, runs) in calibration.by_group().items()
        },
        "false_promotions": [relabelled_document(row) for row in calibration.relabelled],
        "cost": {
            "tokens": round(calibration.cost.tokens),
            "usd": calibration.cost.usd,
            "seconds": calibration.cost.seconds,
            "own_seconds": calibration.cost.own_seconds,
        },
        "simulated": calibration.simulated,
    }
