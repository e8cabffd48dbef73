"""What an experiment's noise is planned with, and what is shown of it."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from benchmarks.gate.verdict import Verdict
from flywheel.calibration import KIND, Calibration, RunCost, calibration_of
from flywheel.history import Judged
from flywheel.known_noise import noise_document, noise_words, planned_noise
from flywheel.project import Project
from flywheel.records import verdict_record
from flywheel.relabelling import Dealing, all_false_promotions
from flywheel.review import review_document, review_text
from traces.outcome import Outcome

SUITE = "humaneval-repair"


def calibration(tree: str, **changes: Any) -> Calibration:
    """Twenty tasks of which half pass in two of four runs."""
    scores = {f"t{task}": (1.0, 1.0, 0.0, 0.0) if task % 2 else (0.0, 0.0, 0.0, 0.0) for task in range(20)}
    groups = {task: task for task in scores}
    made = Calibration(
        suite=SUITE,
        epoch=f"{SUITE}/epoch-1",
        split="gate",
        seed=1,
        commit="c" * 40,
        tree=tree,
        isolation="none",
        in_flight=2,
        runs_per_task=4,
        scores=scores,
        groups=groups,
        outcomes={"passed": 20, "failed": 60},
        cost=RunCost(runs=80, tokens=1000.0, usd=0.0, seconds=0.5, own_seconds=60.0),
        relabelled=all_false_promotions(
            scores, groups, [Dealing(claim="groups", effect=0.2, threshold=20.0)]
        ),
    )
    return dataclasses.replace(made, **changes)


def keep(project: Project, made: Calibration, key: str = "1") -> None:
    """In the ledger, as ``flywheel calibrate`` has it."""
    project.ledger.append(KIND, f"{made.split}/{made.tree[:12]}/{key}", made.to_record())


def tree_of(project: Project) -> str:
    """The tree of the current harness."""
    return project.repository.tree_hash(project.repository.current())


def test_without_anything_the_prior_holds_and_says_so(project: Project) -> None:
    """Arms that share seeds differ by chance in a fifth as many pairs as the effect changes."""
    noise = planned_noise(project, suite=SUITE, control_tree=tree_of(project), claim="groups")

    assert noise.source == "prior"
    assert noise.discordance(0.2) == pytest.approx(0.24)
    assert noise.discordance(0.2, question="safe") == pytest.approx(0.24)
    assert "flywheel calibrate" in noise.words(SUITE, 0.2, seed=1)
    assert (
        noise_words(project, suite=SUITE, control_tree="t")
        == f"never calibrated: flywheel calibrate --suite {SUITE}"
    )
    assert noise_document(project, suite=SUITE, control_tree="t")["calibrated"] is None


def test_a_calibration_of_this_harness_is_what_is_planned_with(project: Project) -> None:
    """With its upper bound; repeats of a group shrink the noise, those of a task are bets of their own."""
    tree = tree_of(project)
    keep(project, calibration(tree))
    groups = planned_noise(project, suite=SUITE, control_tree=tree, claim="groups", repeats=4)
    suite = planned_noise(project, suite=SUITE, control_tree=tree, claim="suite", repeats=4)

    assert groups.source == suite.source == "calibration"
    assert groups.noise is not None
    assert groups.noise.mean == pytest.approx(1 / 3)
    assert groups.discordance(0.2) == pytest.approx(0.2 + 0.8 * groups.noise.upper / 4)
    assert suite.discordance(0.2) == pytest.approx(0.2 + 0.8 * groups.noise.upper)
    assert suite.discordance(0.2, question="safe") == pytest.approx(groups.noise.upper)


def test_gate_comes_before_mine_and_this_harness_before_another(project: Project) -> None:
    """The last of the best kind counts."""
    tree = tree_of(project)
    keep(project, calibration("f" * 40))
    other = planned_noise(project, suite=SUITE, control_tree=tree, claim="groups")
    keep(project, calibration(tree, split="mine"))
    mine = planned_noise(project, suite=SUITE, control_tree=tree, claim="groups")
    keep(project, calibration(tree))
    gate = planned_noise(project, suite=SUITE, control_tree=tree, claim="groups")

    assert not other.same_harness
    assert "another harness" in other.words(SUITE, 0.2, seed=1)
    assert mine.calibration is not None
    assert mine.calibration.split == "mine"
    assert gate.calibration is not None
    assert gate.calibration.split == "gate"


def test_a_calibration_of_other_mutants_is_said_to_be_one(project: Project) -> None:
    """Another seed makes other tasks of the same problems: it still plans, and the reader knows."""
    tree = tree_of(project)
    keep(project, calibration(tree, seed=7))
    noise = planned_noise(project, suite=SUITE, control_tree=tree, claim="groups")

    assert "other tasks of these groups (--seed 7)" in noise.words(SUITE, 0.2, seed=1)
    assert "--seed" not in noise.words(SUITE, 0.2, seed=7)


def test_the_controls_scores_in_earlier_looks_count(project: Project, verdict: Verdict) -> None:
    """Three verdicts on one control give three runs of each task; a run that served several pairs counts once."""
    control = project.repository.current()
    project.ledger.append("campaign", f"{SUITE}/epoch-1", {"suite": SUITE})
    for number in range(3):
        runs = [f"{number}-{pair.position}" for pair in verdict.pairs]
        pairs = tuple(
            dataclasses.replace(
                pair,
                control_run=run,
                control_score=float((number + pair.position) % 2),
                control_outcome=Outcome.PASSED,
            )
            for pair, run in zip(verdict.pairs, runs, strict=True)
        )
        for candidate in range(2):
            body = {
                "campaign": f"{SUITE}/epoch-1",
                "control": control,
                "verdict": verdict_record(dataclasses.replace(verdict, pairs=pairs)),
            }
            project.ledger.append("verdict", f"{number}/{candidate}", body)
    tree = tree_of(project)

    seen = planned_noise(project, suite=SUITE, control_tree=tree, claim="suite")

    assert seen.source == "earlier looks"
    assert seen.noise is not None
    assert seen.noise.runs == 3 * len(verdict.pairs)
    assert "earlier looks" in seen.words(SUITE, 0.2, seed=1)
    assert (
        planned_noise(project, suite=SUITE, control_tree=tree, claim="suite", looks=False).source == "prior"
    )
    assert planned_noise(project, suite="workshop", control_tree=tree, claim="suite").source == "prior"


def test_what_is_shown_beside_a_verdict_has_the_false_promotions(project: Project) -> None:
    """In words and as numbers, with the date of the measurement."""
    tree = tree_of(project)
    keep(project, calibration(tree))

    document = noise_document(project, suite=SUITE, control_tree=tree)

    assert document["same_harness"]
    assert document["flaky"] == 10
    assert document["false_promotions"][0]["experiments"] == 200
    assert f"measured on {document['calibrated'][:10]}" in document["words"]
    assert "false promotions by relabelling" in document["words"]
    assert "with another harness" in noise_words(project, suite=SUITE, control_tree="0" * 40)


def test_a_calibration_comes_back_from_the_ledger_as_it_was(project: Project) -> None:
    """All of it but the date, which the ledger gives."""
    made = calibration("a" * 40)
    keep(project, made)

    found = calibration_of(project.ledger.entries(KIND)[0])

    assert found == dataclasses.replace(made, date=found.date)
    assert found.date


def test_a_verdict_in_the_ledger_is_shown_with_the_noise_of_its_suite(
    project: Project, judged: Judged
) -> None:
    """Found by its campaign; where the ledger knows no such campaign, nothing is said."""
    before = review_document(project, judged.proposal.id)["noise"]
    project.ledger.append("campaign", "suite/epoch-1", {"suite": SUITE})
    never = review_document(project, judged.proposal.id)["noise"]
    keep(project, calibration(tree_of(project)))

    assert before is None
    assert never["calibrated"] is None
    assert "Noise      measured on" in review_text(project, judged.proposal.id)
