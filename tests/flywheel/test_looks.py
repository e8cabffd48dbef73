"""Looks are written before they happen and decide what analysts may see."""

from __future__ import annotations

from benchmarks.task import Split
from flywheel.looks import held_out_run_ids, record_look
from flywheel.mine_index import mine_view, stored_runs
from flywheel.project import Project
from harness.runs import run_id
from traces import attributes
from traces.segments import SegmentWriter
from traces.span import Span


def store_run(project: Project, key: str, *, split: str) -> str:
    """Write a finished run whose spans claim a split; returns its id."""
    trace = run_id(key)
    root = Span(
        trace_id=trace,
        span_id=trace[:16],
        parent_id=None,
        name="invoke_agent coder",
        start_ns=1,
        end_ns=2,
        attributes={
            attributes.OPERATION: "invoke_agent",
            attributes.OUTCOME: "failed",
            attributes.SPLIT: split,
            attributes.RUN_KEY: key,
        },
    )
    with SegmentWriter(project.segments) as writer:
        writer.append(root)
    return trace


def look(project: Project, keys: list[str]) -> None:
    """Record a look at runs of the gate."""
    record_look(
        project.ledger,
        "look-1",
        split=Split.GATE,
        groups=["b", "a", "b"],
        run_keys=keys,
        candidate="c" * 40,
        why="test",
    )


def test_a_look_covers_every_attempt_of_its_runs(project: Project) -> None:
    """A retry of a held-out run is held out too, before it exists."""
    look(project, ["k"])

    held = held_out_run_ids(project.ledger)
    assert {run_id("k", attempt) for attempt in range(1, 10)} <= held
    assert run_id("other") not in held


def test_a_look_is_recorded_once(project: Project) -> None:
    """Repeating it after a kill changes nothing; its groups are a set."""
    look(project, ["k"])
    look(project, ["k"])

    entries = project.ledger.entries("look")
    assert len(entries) == 1
    assert entries[0].body["groups"] == ["a", "b"]


def test_analysts_never_see_a_run_that_a_look_covers(project: Project) -> None:
    """Not even when its spans claim to be of the mine split."""
    held = store_run(project, "experiment/0/control", split="mine")
    mine = store_run(project, "mine/0", split="mine")
    look(project, ["experiment/0/control"])

    seen = {run.run_id for run in mine_view(project).runs()}

    assert seen == {mine}
    assert held in {run.run_id for run in stored_runs(project)}


def test_a_view_can_be_narrowed_to_a_batch(project: Project) -> None:
    """Only runs with the given keys are in it."""
    store_run(project, "mine/0", split="mine")
    wanted = store_run(project, "mine/1", split="mine")

    assert [run.run_id for run in mine_view(project, ["mine/1"]).runs()] == [wanted]
