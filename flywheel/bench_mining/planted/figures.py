"""What all seeds together come to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from flywheel.bench_mining.labels.intervals import Counts, Scores, cluster_bootstrap, wilson
from flywheel.bench_mining.planted.answers import answers
from flywheel.bench_mining.planted.matching import Instance, SeedFigures
from flywheel.bench_mining.planted.truth import WEAKNESSES

_SEED = 1


def planted_figures(seeds: Sequence[SeedFigures]) -> dict[str, Any]:
    """The headline figures and, under ``planted``, everything that they rest on.

    ``planted_recall`` is the share of the instances that count which are found, its interval a bootstrap over seeds.
    ``remedy_in_top3`` is the share of those with a pattern whose right remedy is among the first three proposals.
    """
    instances = [each for seed in seeds for each in seed.instances]
    judged = [each for each in instances if each.counts]
    matched = [each for each in judged if each.is_matched]
    wrong = sum(bool(seed.false) for seed in seeds)
    return {
        "planted_instances": len(instances),
        "planted_recall": _share(sum(each.is_found for each in judged), len(judged)),
        "false_pattern_seed_share": _share(wrong, len(seeds)),
        "remedy_in_top3": _share(sum(each.remedy_is_right for each in matched), len(matched)),
        "planted": {
            "seeds": [seed.seed for seed in seeds],
            "instances": len(instances),
            "judged_instances": len(judged),
            "recall_interval": _recall_interval(seeds),
            "false_pattern_seed_interval": [round(end, 4) for end in wilson(wrong, len(seeds))],
            "matched": _share(len(matched), len(judged)),
            "runs": sum(seed.runs for seed in seeds),
            "failures": sum(seed.failures for seed in seeds),
            "over_determined": sum(seed.over_determined for seed in seeds),
            "fail_with_everything_off": sum(seed.alone for seed in seeds),
            "patterns": sum(seed.patterns for seed in seeds),
            "patterns_of_the_model_itself": dict(Counter(name for seed in seeds for name in seed.own)),
            "false_patterns": dict(Counter(name for seed in seeds for name in seed.false)),
            "by_weakness": {name: _by_weakness(name, judged) for name in WEAKNESSES},
            "by_share": [_by_share(judged, low, high) for low, high in _BANDS],
            "missed": [_missed(each) for each in judged if not each.is_found],
        },
    }


_BANDS = ((0.05, 0.1), (0.1, 0.2), (0.2, 1.01))


def _by_weakness(name: str, judged: Sequence[Instance]) -> dict[str, Any]:
    of_it = [each for each in judged if each.weakness == name]
    answer = answers()[name]
    return {
        "instances": len(of_it),
        "matched": sum(each.is_matched for each in of_it),
        "found": sum(each.is_found for each in of_it),
        "patterns": dict(Counter(each.mechanism for each in of_it if each.is_matched)),
        "right_remedies": sorted(answer.remedies),
        "because": answer.reason,
    }


def _by_share(judged: Sequence[Instance], low: float, high: float) -> dict[str, Any]:
    inside = [each for each in judged if low <= each.share < high]
    return {
        "but_for_share_from": low,
        "instances": len(inside),
        "found": sum(each.is_found for each in inside),
        "recall": _share(sum(each.is_found for each in inside), len(inside)),
    }


def _missed(instance: Instance) -> dict[str, Any]:
    said = asdict(instance)
    return {name: round(value, 4) if isinstance(value, float) else value for name, value in said.items()}


def _recall_interval(seeds: Sequence[SeedFigures]) -> tuple[float, float]:
    """Seeds are drawn anew: instances of one seed share their runs."""
    counts = np.array(
        [
            (
                sum(each.is_found for each in seed.instances if each.counts),
                sum(each.counts for each in seed.instances),
            )
            for seed in seeds
        ],
        dtype=np.int64,
    ).reshape(-1, 2)
    low, high = cluster_bootstrap(counts, _found_of, seed=_SEED)
    return round(low, 4), round(high, 4)


def _found_of(sums: Counts) -> Scores:
    return np.asarray(sums[:, 0] / np.maximum(1, sums[:, 1]), dtype=np.float64)


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None
