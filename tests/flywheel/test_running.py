"""Batches that a person asks for: which tasks, under which name, and the look before them."""

from __future__ import annotations

import pytest

from benchmarks.splits import tasks_of
from benchmarks.task import Split
from flywheel.batch import Batch, pass_rate, passed
from flywheel.errors import FlywheelError, UnknownName
from flywheel.looks import held_out_keys
from flywheel.observer import SilentObserver
from flywheel.project import Project
from flywheel.running import RunOrder, run_order_document, run_tasks
from flywheel.suites import open_suite
from harness.run_store import finished_runs


class Interrupted(Exception):  # noqa: N818 - it stands for a person's interrupt
    """The work was cut short."""


class StopsBeforeRuns(SilentObserver):
    """Cuts the work short where the runs would begin."""

    def stage(self, title: str) -> None:
        """End at the stage of running."""
        if title.startswith("run "):
            raise Interrupted


def order_until_runs(project: Project, *tasks: str, split: Split = Split.GATE) -> None:
    """Order runs and interrupt before the first."""
    with pytest.raises(Interrupted):
        run_tasks(project, RunOrder(suite="humaneval-repair", split=split, tasks=tasks), StopsBeforeRuns())


def test_a_look_comes_before_runs_of_a_held_out_split(lenient: Project) -> None:
    """Cut short before its first run, the look is there and covers them."""
    order_until_runs(lenient)

    looks = lenient.ledger.entries("look")
    assert [look.body["split"] for look in looks] == ["gate"]
    assert len(looks[0].body["groups"]) == 14  # type: ignore[arg-type]


def test_running_the_mine_split_is_no_look(lenient: Project) -> None:
    """It is there to be looked at."""
    order_until_runs(lenient, split=Split.MINE)

    assert lenient.ledger.entries("look") == ()


def test_other_tasks_of_an_interrupted_batch_are_another_look(lenient: Project) -> None:
    """As many runs of another task must not pass for those that were announced."""
    suite = open_suite("humaneval-repair", seed=1, observer=SilentObserver())
    first, second = (task.id for task in suite.of(Split.GATE)[:2])

    order_until_runs(lenient, first)
    order_until_runs(lenient, second)
    order_until_runs(lenient, second)

    keys = held_out_keys(lenient.ledger)
    assert len(lenient.ledger.entries("look")) == 2
    assert any(first in key for key in keys)
    assert any(second in key for key in keys)


def test_an_unknown_task_names_those_of_the_split(lenient: Project) -> None:
    """And only those: a task of another split is unknown here."""
    suite = open_suite("humaneval-repair", seed=1, observer=SilentObserver())
    held = suite.of(Split.SEALED)[0].id
    order = RunOrder(suite="humaneval-repair", tasks=(held,))

    with pytest.raises(UnknownName, match="task in the mine split") as caught:
        run_tasks(lenient, order, SilentObserver())

    assert not any(task.id in str(caught.value).partition("there is")[2] for task in suite.of(Split.SEALED))


def test_a_split_without_tasks_is_refused(lenient: Project) -> None:
    """The workshop has no held-out splits."""
    with pytest.raises(FlywheelError, match="another --split"):
        run_tasks(lenient, RunOrder(suite="workshop", split=Split.GATE), SilentObserver())


def batch_of(project: Project, **changes: int | str) -> Batch:
    """A batch on the mine split."""
    suite = open_suite("humaneval-repair", seed=1, observer=SilentObserver())
    tasks = tasks_of(suite, Split.MINE, per_group=1, seed=1)
    checkout = project.repository.checkout(project.repository.current())
    given = {"name": "batch", "repeats": 2, "seed": 1, "in_flight": 2, **changes}
    return Batch(suite=suite, tasks=tasks, checkout=checkout, **given)  # type: ignore[arg-type]


def test_a_batch_runs_all_tasks_once_and_then_again(lenient: Project) -> None:
    """Keys are unlike, seeds are unlike, and each request says of which split it is."""
    requests = batch_of(lenient).requests()
    tasks = [request.assignment.task for request in requests]

    assert tasks[:6] == tasks[6:]
    assert len({request.key for request in requests}) == len({request.seed for request in requests}) == 12
    assert {request.labels["flywheel.split"] for request in requests} == {"mine"}


def test_more_repeats_change_no_run_that_there_was(lenient: Project) -> None:
    """So that a longer batch goes on with a shorter one's runs."""
    shorter, longer = batch_of(lenient).requests(), batch_of(lenient, repeats=3).requests()

    assert longer[: len(shorter)] == shorter


@pytest.mark.parametrize("change", [{"seed": 2}, {"name": "other"}])
def test_seeds_follow_from_the_batchs_seed_and_name(lenient: Project, change: dict[str, int | str]) -> None:
    """Another of either gives other seeds throughout."""
    one = {request.seed for request in batch_of(lenient).requests()}
    other = {request.seed for request in batch_of(lenient, **change).requests()}

    assert not one & other


def test_results_are_counted_over_scored_runs(copied: Project) -> None:
    """The document's counts are those of its rows; nothing scored has no rate."""
    results = list(finished_runs(copied.segments).values())

    document = run_order_document(results)

    outcomes = [row["outcome"] for row in document["runs"]]
    assert document["passed"] == passed(results) == outcomes.count("passed")
    assert document["scored"] == len(results)
    assert pass_rate(results) == passed(results) / len(results)
    assert pass_rate([]) is None
