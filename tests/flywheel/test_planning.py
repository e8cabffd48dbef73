"""``flywheel plan``: what it says, from what it says it, and that it changes nothing."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest

from benchmarks.errors import CampaignError
from flywheel.calibration import KIND, Calibration, RunCost
from flywheel.campaigns import charge, open_campaign
from flywheel.cli import run
from flywheel.observer import SilentObserver
from flywheel.planning import PlanOrder, SuitePlan, plan_suite
from flywheel.planning_report import plan_document, plan_text
from flywheel.project import Project

ORDER = PlanOrder(suite="humaneval-repair")


def planned(project: Project, order: PlanOrder = ORDER) -> SuitePlan:
    """The plan, with nobody watching."""
    return plan_suite(project, order, SilentObserver())


def calibrate(project: Project, scores: tuple[float, ...], *, seconds: float | None = 2.0) -> None:
    """A calibration in which all tasks have these scores."""
    commit = project.repository.current()
    made = Calibration(
        suite="humaneval-repair",
        epoch="humaneval-repair/epoch-1",
        split="gate",
        seed=1,
        commit=commit,
        tree=project.repository.tree_hash(commit),
        isolation="none",
        in_flight=2,
        runs_per_task=len(scores),
        scores={f"t{task}": scores for task in range(20)},
        groups={f"t{task}": f"g{task}" for task in range(20)},
        outcomes={},
        cost=RunCost(runs=80, tokens=1000.0, usd=0.01, seconds=seconds, own_seconds=600.0),
        simulated=True,
    )
    project.ledger.append(KIND, "1", made.to_record())


def by_kind(found: SuitePlan) -> dict[tuple[str, str], dict[str, Any]]:
    """The rows of the document by question and claim."""
    return {(row["question"], row["claim"]): row for row in plan_document(found)["plans"]}


def test_all_four_questions_are_answered_and_nothing_is_written(lenient: Project) -> None:
    """Better and safe, for new groups and for these tasks; no campaign, look or entry comes of it."""
    rows = by_kind(planned(lenient, dataclasses.replace(ORDER, repeats=1)))

    assert set(rows) == {("better", "groups"), ("better", "suite"), ("safe", "groups"), ("safe", "suite")}
    assert rows["better", "groups"]["runs"] == 28
    assert rows["safe", "suite"]["margin"] == 0.1
    assert lenient.ledger.entries() == ()


def test_without_a_calibration_the_prior_is_said_aloud(lenient: Project) -> None:
    """With what the power would be if runs are as noisy as they often are, and no cost that nobody knows."""
    found = planned(lenient, dataclasses.replace(ORDER, questions=("better",), claims=("groups",)))
    row = by_kind(found)["better", "groups"]

    assert row["noise"]["source"] == "prior"
    assert row["cautious_power"] < row["power"]
    assert "not measured" in plan_text(found)
    assert "calibrate first" in plan_text(found)
    assert "not known" in plan_text(found)


def test_a_noisier_harness_can_show_less(lenient: Project) -> None:
    """Planned with the calibration's upper bound instead of the prior."""
    order = dataclasses.replace(ORDER, questions=("better",), claims=("groups",))
    before = by_kind(planned(lenient, order))["better", "groups"]
    calibrate(lenient, (1.0, 0.0, 1.0, 0.0))

    after = by_kind(planned(lenient, order))["better", "groups"]

    assert after["noise"]["source"] == "calibration"
    assert after["noise"]["pass_rate"] == 0.5
    assert after["cautious_power"] is None
    assert after["detectable"] > before["detectable"]
    assert after["units_needed"] > before["units_needed"]


def test_time_is_real_time_or_none(lenient: Project) -> None:
    """28 runs of two seconds, two at a time; a virtual clock's ten minutes are never sold as ours."""
    order = dataclasses.replace(ORDER, questions=("better",), claims=("groups",))
    calibrate(lenient, (1.0, 1.0, 0.0))
    found = planned(lenient, order)

    assert by_kind(found)["better", "groups"]["minutes"] == pytest.approx(28 / 60)
    assert by_kind(found)["better", "groups"]["usd"] == pytest.approx(0.28)
    assert "2.00 s of real time (600 s by the simulated model's virtual clock)" in plan_text(found)


def test_unknown_real_time_is_said_to_be_unknown(lenient: Project) -> None:
    """Where all runs of a calibration were there before, nobody took their time."""
    calibrate(lenient, (1.0, 1.0, 0.0), seconds=None)
    found = planned(lenient, dataclasses.replace(ORDER, questions=("better",), claims=("groups",)))

    assert by_kind(found)["better", "groups"]["minutes"] is None
    assert "real time not known" in plan_text(found)


@pytest.mark.parametrize(
    ("claim", "runs", "units"), [("groups", 8, 4), ("groups", 84, 14), ("suite", 84, 14)]
)
def test_a_budget_is_never_exceeded(lenient: Project, claim: Any, runs: int, units: int) -> None:
    """It buys groups first, then repeats of each."""
    row = by_kind(
        planned(lenient, dataclasses.replace(ORDER, questions=("better",), claims=(claim,), budget=runs))
    )["better", claim]

    assert row["runs"] == runs
    assert row["units"] == units


def test_a_harness_that_hardly_fails_leaves_nothing_to_gain(lenient: Project) -> None:
    """No change of it can gain what would be seen, so the plan refuses and says what it would take."""
    calibrate(lenient, (1.0,) * 19 + (0.0,))
    row = by_kind(planned(lenient, dataclasses.replace(ORDER, questions=("better",), claims=("groups",))))

    assert "can gain at most 5.0 points" in row["better", "groups"]["refusal"]


def test_the_error_that_is_left_sets_the_threshold(lenient: Project) -> None:
    """And where no candidate is left there is nothing to plan."""
    campaign = open_campaign(lenient, suite="humaneval-repair", seed=1, policy=lenient.policy())
    charge(lenient, campaign, "first")
    half = plan_document(
        planned(lenient, dataclasses.replace(ORDER, questions=("better",), claims=("suite",)))
    )
    charge(lenient, campaign, "second")

    assert half["candidates_left"] == 1
    assert half["error_left"] == pytest.approx(0.4)
    assert half["threshold"] == pytest.approx(2.5)
    with pytest.raises(CampaignError, match="spent"):
        planned(lenient)


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["--effect", "10"], "between 0 and 1"),
        (["--effect", "nan"], "between 0 and 1"),
        (["--harness", "nothing"], "nothing"),
        (["--suite", "workshop"], "flywheel suites list"),
        (["--suite", "nothing"], "humaneval-repair"),
        (["--budget", "28", "--repeats", "2"], "one of"),
        (["--budget", "1"], "flywheel plan --help"),
    ],
)
def test_wrong_use_names_the_way_out(
    lenient: Project, words: list[str], hint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2 and one line, before anything is written."""
    code = run(["plan", "-C", str(lenient.repository.path), *words])

    said = capsys.readouterr()
    assert (code, said.out) == (2, "")
    assert hint in said.err.splitlines()[-1]
    assert lenient.ledger.entries() == ()


def test_the_document_is_json(lenient: Project, capsys: pytest.CaptureFixture[str]) -> None:
    """Standard output holds nothing else."""
    code = run(
        ["plan", "-C", str(lenient.repository.path), "--question", "better", "--claim", "groups", "--json"]
    )

    document = json.loads(capsys.readouterr().out)
    assert code == 0
    assert [(row["question"], row["claim"]) for row in document["plans"]] == [("better", "groups")]
