"""The result of an ``optimize`` as one JSON document: what ``.demo/result.json`` holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from benchmarks.sealed import SealedResult
from flywheel.wheel import Mined, Trial, WheelResult


def result_document(
    result: WheelResult,
    *,
    seconds: float,
    peak_memory_mb: float,
    simulated: bool,
    noise: Mapping[str, Any] | None = None,
    confirmations: Mapping[str, Mapping[str, Any]] | None = None,
) -> dict[str, Any]:
    """Everything a reader or another program wants of a finished wheel; times in seconds.

    ``noise`` is what is known of the suite's (``noise_document``), ``confirmations`` what fresh pairs said after a verdict,
    by experiment (``confirmation_document``).
    """
    confirmed = confirmations or {}
    return {
        "suite": result.settings.suite,
        "seed": result.settings.seed,
        "simulated": simulated,
        "seconds": round(seconds, 1),
        "peak_memory_mb": round(peak_memory_mb, 1),
        "runs": result.runs,
        "campaign": result.campaign,
        "harness": {"before": result.start, "after": result.end},
        "rounds": [_round_document(mined) for mined in result.rounds],
        "patterns": _patterns(result),
        "proposals": [
            {**trial_document(trial), "confirmation": confirmed.get(trial.experiment)}
            for trial in result.trials
        ],
        "noise": dict(noise) if noise else None,
        "cannot_decide": sum(trial.cannot_decide for trial in result.trials),
        "sealed": None if result.sealed is None else sealed_document(result.sealed),
    }


def _patterns(result: WheelResult) -> list[dict[str, Any]]:
    return [
        {
            "round": mined.round,
            "id": pattern.id,
            "name": pattern.name,
            "runs": len(pattern.run_ids),
            "share": round(pattern.share, 4),
        }
        for mined in result.rounds
        for pattern in mined.patterns
    ]


def trial_document(trial: Trial) -> dict[str, Any]:
    """One proposal with its verdict; numbers are ``null`` where it was refused before any run."""
    verdict = trial.verdict
    return {
        "id": trial.proposal.id,
        "round": trial.round,
        "pattern": trial.proposal.pattern,
        "title": trial.proposal.title,
        "surface": trial.proposal.surface,
        "mechanism": trial.proposal.mechanism,
        "status": trial.status,
        "verdict": trial.decision,
        "effect": None if verdict is None else round(verdict.effect_at_stop, 4),
        "interval": None if verdict is None else [round(end, 4) for end in verdict.interval],
        "groups": 0 if verdict is None else verdict.groups_used,
        "runs": 0 if verdict is None else 2 * len(verdict.pairs),
        "diverged": 0 if verdict is None else verdict.diverged,
        "reason": trial.reason,
        "cannot_decide": trial.cannot_decide,
        "promotion": trial.promotion,
    }


def sealed_document(sealed: SealedResult) -> dict[str, Any]:
    """The sealed split before and after: counts, effect and its one-sided 95 % lower bound."""
    return {
        "before": {"passed": sealed.before_passed, "total": sealed.before_total},
        "after": {"passed": sealed.after_passed, "total": sealed.after_total},
        "effect": round(sealed.effect, 4),
        "lower_bound": round(sealed.lower_bound, 4),
        "groups": sealed.groups,
    }


def _round_document(mined: Mined) -> dict[str, Any]:
    return {
        "round": mined.round,
        "harness": mined.commit,
        "runs": mined.runs,
        "passed": mined.passed,
        "set_apart": dict(mined.set_apart),
        "unexplained": mined.unexplained,
    }
