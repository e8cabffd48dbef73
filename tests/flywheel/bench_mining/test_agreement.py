"""How agreement with labels is measured."""

from __future__ import annotations

import csv
import gzip
import io
import random
from pathlib import Path

import pytest

from analyzers.testing import observed
from flywheel.bench_mining.agreement import Agreement, Labelled, agreement, bcubed, figures, figures_of
from flywheel.bench_mining.parts import below_baseline
from flywheel.bench_mining.trajectories import iterations, study_labels

TOPICS = {
    "database": ("database", "refused", "port", "socket"),
    "memory": ("memory", "killed", "oom", "bytes"),
}


def labelled(count: int) -> list[Labelled]:
    """Runs of two topics whose label is the topic."""
    draw = random.Random(1)
    made = []
    for number in range(count):
        topic = draw.choice(sorted(TOPICS))
        words = (*TOPICS[topic], *draw.sample([f"filler{n}" for n in range(60)], 4))
        seen = observed(number, words=words)
        made.append(Labelled(observation=seen, text=" ".join(words), labels=frozenset([topic])))
    return made


def test_bcubed_of_perfect_and_of_useless_clusters() -> None:
    """1 for the labels themselves; one cluster of all is precise by half."""
    labels = [frozenset("a"), frozenset("a"), frozenset("b"), frozenset("b")]

    assert bcubed(labels, ["1", "1", "2", "2"]) == 1
    assert bcubed(labels, ["1", "1", "1", "1"]) == pytest.approx(2 / 3)
    assert bcubed([frozenset("ab"), frozenset("b")], ["1", "2"]) < 1


def test_agreement_is_given_beside_the_baseline_with_an_interval() -> None:
    """Few runs are reported and not judged."""
    enough, few = (agreement("set", labelled(count), labels_by="nobody", draws=20) for count in (120, 40))

    assert (enough.judged, few.judged) == (True, False)
    assert enough.ami > 0.3
    assert enough.difference_interval[0] <= enough.ami - enough.baseline_ami + 0.05
    assert 0 <= enough.remainder <= 1


def test_figures_are_of_the_sets_that_are_there(tmp_path: Path) -> None:
    """One with too few runs decides nothing; without any there is no figure."""
    folder = tmp_path / "swebench-pro-error-analysis"
    assert figures(tmp_path, draws=5)["ami"] is None
    folder.mkdir()
    text = io.StringIO()
    writer = csv.DictWriter(text, ["instance_id", "category", "rationale"])
    writer.writeheader()
    for number, each in enumerate(labelled(40)):
        writer.writerow({"instance_id": number, "category": min(each.labels), "rationale": each.text})
    for name in ("claude_sonnet_4", "gpt4o"):
        (folder / f"{name}.csv.gz").write_bytes(gzip.compress(text.getvalue().encode()))
    found = figures(tmp_path, draws=5)

    assert found["ami"] is None
    assert [each["runs"] for each in found["agreement"]] == [40, 40]  # type: ignore[attr-defined]


def test_iterations_of_a_study_are_told_apart() -> None:
    """In each of the shapes that its agents have."""
    text = "Iteration 0: Thought=look; Action={'name': 'a'}\n---\nIteration 1: Thought=end"

    assert iterations(text) == {0: "Thought=look; Action={'name': 'a'}", 1: "Thought=end"}
    assert iterations("Result at iteration 0: x\nResult at iteration 1: y") == {0: "x", 1: "y"}


def test_labels_of_pairs_become_labels_of_runs() -> None:
    """What is seen once is seen; what is good is sound."""
    assert study_labels(
        {"action_action": ["Follow-up", "Repetition"], "thought_action": ["Misalignment"]}
    ) == {
        "repeats",
        "misaligned",
    }
    assert study_labels({"action_action": ["Follow-up"]}) == {"sound"}


def test_where_the_baseline_is_better_it_is_said() -> None:
    """Of sets that are judged, and where the whole interval is below zero."""
    good = _agreement("good", (0.01, 0.1), judged=True)
    worse = _agreement("worse", (-0.1, -0.01), judged=True)
    small = _agreement("small", (-0.2, -0.1), judged=False)

    assert below_baseline([good, small]) == []
    assert below_baseline([good, worse, small]) == [
        "on worse plain TF-IDF + k-means agrees better with the labels"
    ]
    assert figures_of([good, worse, small])["ami"] == 0.3


def _agreement(name: str, interval: tuple[float, float], *, judged: bool) -> Agreement:
    return Agreement(
        name=name,
        labels_by="people",
        runs=100 if judged else 20,
        clusters=5,
        remainder=0.1,
        ami=0.3,
        baseline_ami=0.2,
        difference_interval=interval,
        bcubed=0.5,
        baseline_bcubed=0.4,
        judged=judged,
    )
