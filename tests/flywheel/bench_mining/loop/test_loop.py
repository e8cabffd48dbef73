"""The whole loop against hand-made harnesses: what is planted, what they are made of, and how gains are told."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from flywheel.bench_mining.loop.figures import best_hand_made, loop_figures
from flywheel.bench_mining.loop.hand_made import hand_made
from flywheel.bench_mining.loop.measuring import (
    POLICY,
    STRENGTHS,
    LoopSeed,
    kept_runs_of,
    loop_settings,
    mean_gain,
    run_loop,
    strengths_of,
)
from flywheel.bench_mining.planted.truth import WEAKNESSES
from flywheel.observer import SilentObserver
from harness.apply_edits import apply_edits
from harness.manifest_file import parse_manifest
from harness.policy import Policy, parse_policy
from harness.template import coder_template
from harness.tree_paths import POLICY_PATH

SEED = LoopSeed(
    seed=1,
    strengths={},
    runs=2400,
    seconds=600.0,
    gain=0.4,
    hand_made={"some": 0.5, "other": 0.45},
    promoted=("Tell the agent when it repeats itself",),
)


def test_all_six_weaknesses_are_planted_in_turn() -> None:
    """Which is how strong is drawn by the seed."""
    assert sorted(strengths_of(3).values()) == sorted(STRENGTHS)
    assert set(strengths_of(3)) == set(WEAKNESSES)
    assert strengths_of(3) == strengths_of(3)
    assert len({tuple(strengths_of(seed).items()) for seed in range(20)}) > 10


@pytest.mark.parametrize("name", sorted(hand_made()))
def test_a_hand_made_harness_loads(name: str) -> None:
    """It answers loops, endings, paths and floods by middleware, and slow thinking in one way or another."""
    manifest = parse_manifest(apply_edits(coder_template(), hand_made()[name]))
    used = {entry.use for entry in manifest.middleware}

    assert {"stock:PreCompletionChecklist", "stock:LoopDetection", "stock:LocalContext"} <= used
    assert "stock:ToolOutputTruncation" in used
    assert manifest.reasoning_effort == "medium" or "stock:ReasoningBudget" in used


def test_groups_count_alike() -> None:
    """However many tasks one has; each task is compared with itself."""
    tasks = {"a": "A", "b": "A", "c": "B"}
    gain = mean_gain(tasks, {"a": 0.0, "b": 0.0, "c": 0.0}, {"a": 1.0, "b": 1.0, "c": 0.0})

    assert gain == 0.5


def test_the_share_is_of_the_best_hand_made_harness() -> None:
    """The one with the highest mean gain over all seeds together, the same for all seeds."""
    seeds = [SEED, replace(SEED, seed=2, gain=0.3, runs=2600, hand_made={"some": 0.3, "other": 0.55})]
    found = loop_figures(seeds)

    assert best_hand_made(seeds) == found["loop"]["best_hand_made"] == "other"
    assert found["share_of_possible_gain"] == pytest.approx(0.7)
    assert found["loop_runs_most"] == 2600
    low, high = found["loop"]["interval"]
    assert low < 0.7 < high


def test_without_seeds_there_is_nothing_to_choose() -> None:
    """It is said."""
    with pytest.raises(ValueError, match="no seed"):
        best_hand_made([])


def test_a_seed_that_is_done_is_read_back(tmp_path: Path) -> None:
    """Nothing is run again."""
    kept = tmp_path / f"loop-{kept_runs_of()}" / "1" / "seed.json"
    kept.parent.mkdir(parents=True)
    kept.write_text(json.dumps(asdict(SEED)), encoding="utf-8")

    assert run_loop(1, tmp_path, SilentObserver()).gain == SEED.gain


def test_the_loop_gets_what_anybody_may_pass() -> None:
    """It promotes by itself and opens the sealed split; the playbook is its only analyst."""
    settings = loop_settings(2)

    assert settings.suite == "humaneval-repair"
    assert settings.seed == 2
    assert settings.autonomy == "autonomous"
    assert settings.open_sealed
    assert settings.analysts == ("playbook",)
    assert not settings.force


def test_the_policy_asks_for_smaller_gains_than_the_default() -> None:
    """It loads, and differs from the default where it says."""
    policy = parse_policy({**coder_template(), POLICY_PATH: POLICY.encode()})

    assert policy.planned_effect < Policy().planned_effect
    assert policy.candidates == 12
    assert policy.error_budget == Policy().error_budget
    assert policy.claim == Policy().claim
