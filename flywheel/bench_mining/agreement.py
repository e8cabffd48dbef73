"""Agreement of clusters with labels on public sets, beside plain TF-IDF + k-means at equal k in the same run."""

from __future__ import annotations

import argparse
import csv
import gzip
import io
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from types import MappingProxyType

import numpy as np
from sklearn.cluster import KMeans
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import adjusted_mutual_info_score

from analyzers.detectors import default_detectors
from analyzers.failing_region import distinct_words, failing_region
from analyzers.observation import Observation
from analyzers.observing import observe
from analyzers.patterns import find_patterns
from flywheel.bench_mining.trajectories import study_runs, tau_runs
from traces.outcome import Outcome
from traces.run import Run

ENOUGH = 100  # runs: on fewer, chance alone agrees well with labels
_DRAWS = 1000


@dataclass(frozen=True, kw_only=True)
class Labelled:
    """One observation with its text for the baseline, and the labels that were given to it."""

    observation: Observation
    text: str
    labels: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """How well clusters fit labels; the interval is of the difference to the baseline, by bootstrap over runs.

    ``ami`` is the adjusted mutual information with the set of labels of each run as its class, the remainder
    being one cluster; ``bcubed`` are extended B-cubed F measures (Amigó et al., 2009), for labels that overlap.
    ``judged`` is whether there are enough runs to say anything.
    """

    name: str
    labels_by: str
    runs: int
    clusters: int
    remainder: float
    ami: float
    baseline_ami: float
    difference_interval: tuple[float, float]
    bcubed: float
    baseline_bcubed: float
    judged: bool


def agreement(
    name: str, labelled: Sequence[Labelled], *, labels_by: str, seed: int = 1, draws: int = _DRAWS
) -> Agreement:
    """Cluster the labelled runs and compare."""
    ours = _ours(labelled)
    clusters = len(set(ours))
    plain = _baseline([each.text for each in labelled], clusters, seed)
    classes = [" ".join(sorted(each.labels)) for each in labelled]
    labels = [each.labels for each in labelled]
    return Agreement(
        name=name,
        labels_by=labels_by,
        runs=len(labelled),
        clusters=clusters,
        remainder=round(ours.count("") / len(ours), 4),
        ami=round(_ami(classes, ours), 4),
        baseline_ami=round(_ami(classes, plain), 4),
        difference_interval=_interval(classes, ours, plain, seed, draws),
        bcubed=round(bcubed(labels, ours), 4),
        baseline_bcubed=round(bcubed(labels, plain), 4),
        judged=len(labelled) >= ENOUGH,
    )


def bcubed(labels: Sequence[frozenset[str]], clusters: Sequence[str]) -> float:
    """Extended B-cubed F measure of clusters that do not overlap against labels that may."""
    names = sorted(set().union(*labels))
    has = np.array([[name in given for name in names] for given in labels], dtype=float)
    shared = has @ has.T
    together = np.equal.outer(np.array(clusters), np.array(clusters))
    fits = np.minimum(shared, 1.0)
    precision = np.mean((together * fits).sum(axis=1) / together.sum(axis=1))
    covered = np.where(shared > 0, np.minimum(shared, together) / np.maximum(shared, 1), 0.0)
    recall = np.mean(covered.sum(axis=1) / np.maximum((shared > 0).sum(axis=1), 1))
    return float(2 * precision * recall / (precision + recall)) if precision + recall else 0.0


def sets(folder: Path, *, draws: int = _DRAWS) -> Iterator[Agreement]:
    """Every labelled set that the folder holds, one after another."""
    for name, (read, labels_by) in _SETS.items():
        if (folder / name.partition("/")[0]).is_dir():
            yield agreement(
                name, tuple(read(folder / name.partition("/")[0])), labels_by=labels_by, draws=draws
            )


def figures(folder: Path, *, draws: int = _DRAWS) -> dict[str, object]:
    """Those of all sets that the folder holds."""
    return figures_of(list(sets(folder, draws=draws)))


def figures_of(found: Sequence[Agreement]) -> dict[str, object]:
    """``ami`` and ``baseline_ami`` are means over the sets that can be judged, weighted by their runs."""
    judged = [each for each in found if each.judged]
    runs = sum(each.runs for each in judged)
    return {
        "ami": round(sum(each.ami * each.runs for each in judged) / runs, 4) if runs else None,
        "baseline_ami": round(sum(each.baseline_ami * each.runs for each in judged) / runs, 4)
        if runs
        else None,
        "agreement": [asdict(each) for each in found],
    }


def _ours(labelled: Sequence[Labelled]) -> list[str]:
    """The pattern of each run, else the group of like endings that it is in; empty for the remainder."""
    found = find_patterns([each.observation for each in labelled], judged=False)
    held = {run_id: pattern.id for pattern in found.patterns for run_id in pattern.run_ids}
    alike = {run_id: f"alike {place}" for place, group in enumerate(found.alike) for run_id in group.run_ids}
    names = [each.observation.run_id for each in labelled]
    return [held.get(run_id, alike.get(run_id, "")) for run_id in names]


def _baseline(texts: Sequence[str], clusters: int, seed: int) -> list[str]:
    matrix = TfidfVectorizer(stop_words="english", max_features=20_000).fit_transform(texts)
    return [
        str(each) for each in KMeans(n_clusters=clusters, n_init=50, random_state=seed).fit_predict(matrix)
    ]


def _ami(classes: Sequence[str], clusters: Sequence[str]) -> float:
    return float(adjusted_mutual_info_score(classes, clusters))


def _interval(
    classes: Sequence[str], ours: Sequence[str], plain: Sequence[str], seed: int, draws: int
) -> tuple[float, float]:
    """Percentiles 2.5 and 97.5 of the difference to the baseline; runs are drawn, clusterings stay as they are."""
    generator = np.random.default_rng(seed)
    differences = []
    for _ in range(draws):
        drawn = generator.integers(len(classes), size=len(classes))
        given = [classes[place] for place in drawn]
        differences.append(_ami(given, [ours[p] for p in drawn]) - _ami(given, [plain[p] for p in drawn]))
    low, high = np.percentile(differences, [2.5, 97.5])
    return round(float(low), 4), round(float(high), 4)


def _rationales(folder: Path, file: str) -> Iterator[Labelled]:
    """Texts only: what a model wrote of each failure, and the category that it chose."""
    text = gzip.decompress((folder / file).read_bytes()).decode()
    for number, row in enumerate(csv.DictReader(io.StringIO(text))):
        seen = Observation(
            run_id=f"{number:032x}",
            outcome=Outcome.FAILED,
            cause="failed",
            task=row["instance_id"],
            steps=1,
            words=distinct_words(row["rationale"]),
        )
        yield Labelled(observation=seen, text=row["rationale"], labels=frozenset([row["category"]]))


def _of_runs(pairs: Iterator[tuple[Run, frozenset[str]]]) -> Iterator[Labelled]:
    detectors = default_detectors()
    for run, labels in pairs:
        signals = [signal for detector in detectors for signal in detector.detect(run)]
        yield Labelled(observation=observe(run, signals, detectors), text=failing_region(run), labels=labels)


_Read = Callable[[Path], Iterator[Labelled]]
_SETS: Mapping[str, tuple[_Read, str]] = MappingProxyType(
    {
        "swebench-pro-error-analysis/claude_sonnet_4": (
            lambda folder: _rationales(folder, "claude_sonnet_4.csv.gz"),
            "a model; rationales, no trajectories",
        ),
        "swebench-pro-error-analysis/gpt4o": (
            lambda folder: _rationales(folder, "gpt4o.csv.gz"),
            "a model; rationales, no trajectories",
        ),
        "llm-agents-study": (lambda folder: _of_runs(study_runs(folder)), "people"),
        "agentrx-tau": (lambda folder: _of_runs(tau_runs(folder)), "people"),
    }
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures as JSON."""
    parser = argparse.ArgumentParser(prog="python -m flywheel.bench_mining.agreement", description=__doc__)
    parser.add_argument("data", type=Path, help="the folder of the public sets")
    options = parser.parse_args(arguments)
    sys.stdout.write(json.dumps(figures(options.data), indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
