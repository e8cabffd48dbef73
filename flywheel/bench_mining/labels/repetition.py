"""Whether calls that people call a repetition are found, against finding identical calls."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from analyzers.account import account_of
from analyzers.detectors.restated_call import SAME
from flywheel.bench_mining.labels.intervals import Counts, Interval, Scores, cluster_bootstrap
from flywheel.bench_mining.labels.study import LabelledRun, read_study

THRESHOLDS = (0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 1.0)
FOLDS = 10
REPEATS = 20  # foldings, so that the figure does not rest on one
SEED = 20261121


@dataclass(frozen=True, kw_only=True)
class RepetitionFigures:
    """Agreement with people on which call repeats the one before it, per pair of consecutive calls.

    ``repetition_f1`` is of the detector as it is shipped; ``out_of_fold_f1`` of one whose threshold was chosen on
    the other folds of runs (``thresholds`` says how often which), so that nothing was fitted to what it is
    judged on. Intervals draw whole runs anew; ``gain`` is the detector's F1 less that of identical calls.
    ``by_agent`` holds for each agent the detector's F1 and that of identical calls.
    """

    runs: int
    pairs: int
    repetitions: int
    repetition_precision: float
    repetition_recall: float
    repetition_f1: float
    repetition_f1_interval: Interval
    identical_call_f1: float
    identical_call_f1_interval: Interval
    gain: float
    gain_interval: Interval
    out_of_fold_f1: float
    thresholds: tuple[tuple[float, int], ...]
    by_agent: tuple[tuple[str, float, float], ...]


def repetition_figures(folder: Path) -> RepetitionFigures:
    """Measure on the labelled set below ``folder``; raises ``NoLabelledDataError`` where it is not."""
    return figures_of(read_study(folder))


def figures_of(labelled: Sequence[LabelledRun]) -> RepetitionFigures:
    """Measure on labelled runs."""
    overlaps = [_overlaps(each) for each in labelled]
    shipped = _counts(labelled, [[overlap >= SAME for overlap in run] for run in overlaps])
    identical = _counts(labelled, [[a == b for a, b in pairwise(run.actions)] for run in labelled])
    right, wrong, missed = (int(total) for total in shipped.sum(axis=0))
    out_of_fold, thresholds = _out_of_fold(labelled, overlaps)
    both = np.hstack([shipped, identical])
    return RepetitionFigures(
        runs=len(labelled),
        pairs=sum(len(run.repeats) for run in labelled),
        repetitions=right + missed,
        repetition_precision=right / max(1, right + wrong),
        repetition_recall=right / max(1, right + missed),
        repetition_f1=_total_f1(shipped),
        repetition_f1_interval=cluster_bootstrap(shipped, _f1, seed=SEED),
        identical_call_f1=_total_f1(identical),
        identical_call_f1_interval=cluster_bootstrap(identical, _f1, seed=SEED),
        gain=_total_f1(shipped) - _total_f1(identical),
        gain_interval=cluster_bootstrap(both, lambda sums: _f1(sums[:, :3]) - _f1(sums[:, 3:]), seed=SEED),
        out_of_fold_f1=out_of_fold,
        thresholds=thresholds,
        by_agent=_by_agent(labelled, shipped, identical),
    )


def _overlaps(labelled: LabelledRun) -> list[float]:
    requests = [act.request for act in account_of(labelled.run).acts]
    return [earlier.overlap(later) for earlier, later in pairwise(requests)]


def _counts(labelled: Sequence[LabelledRun], seen: Sequence[Sequence[bool]]) -> Counts:
    """For each run how many pairs were seen rightly, seen wrongly and missed."""
    rows = []
    for run, marks in zip(labelled, seen, strict=True):
        pairs = Counter(zip(marks, run.repeats, strict=True))
        rows.append((pairs[True, True], pairs[True, False], pairs[False, True]))
    return np.array(rows, dtype=np.int64).reshape(len(rows), 3)


def _out_of_fold(
    labelled: Sequence[LabelledRun], overlaps: Sequence[Sequence[float]]
) -> tuple[float, tuple[tuple[float, int], ...]]:
    """The mean F1 over foldings, each run judged at the threshold that is best on the other folds."""
    generator = np.random.default_rng(SEED)
    each = [
        _counts(labelled, [[one >= threshold for one in run] for run in overlaps]) for threshold in THRESHOLDS
    ]
    chosen: Counter[float] = Counter()
    scores = []
    for _ in range(REPEATS):
        folds = generator.permutation(len(labelled)) % FOLDS
        total = np.zeros(3, dtype=np.int64)
        for fold in range(FOLDS):
            inside = [_total_f1(counts[folds != fold]) for counts in each]
            best = max(range(len(THRESHOLDS)), key=lambda index: (inside[index], index))
            chosen[THRESHOLDS[best]] += 1
            total += each[best][folds == fold].sum(axis=0)
        scores.append(_total_f1(total[np.newaxis]))
    return float(np.mean(scores)), tuple(sorted(chosen.items()))


def _by_agent(
    labelled: Sequence[LabelledRun], shipped: Counts, identical: Counts
) -> tuple[tuple[str, float, float], ...]:
    agents = np.array([run.agent for run in labelled])
    return tuple(
        (str(agent), _total_f1(shipped[agents == agent]), _total_f1(identical[agents == agent]))
        for agent in sorted(set(agents.tolist()))
    )


def _total_f1(counts: Counts) -> float:
    return float(_f1(counts.sum(axis=0)[np.newaxis])[0])


def _f1(sums: Counts) -> Scores:
    """The harmonic mean of precision and recall; 0 where nothing was there to find or was found."""
    right, wrong, missed = sums[:, 0], sums[:, 1], sums[:, 2]
    return np.asarray(2 * right / np.maximum(1, 2 * right + wrong + missed), dtype=np.float64)
