"""The builder of runs makes what its words say."""

from __future__ import annotations

from analyzers.quality import sift
from analyzers.testing import Story, looping_run, unverified_run, verified_run
from traces.outcome import Outcome


def test_a_story_becomes_a_run_through_real_spans() -> None:
    """Every step is a span of the trace, in order, below the root."""
    run = (
        Story(7, task="t", prompt="Do it.")
        .shell("ls", "a.py")
        .edit("a.py")
        .says("Done.", effort="low")
        .run("passed")
    )

    assert (run.run_id, run.task, run.outcome) == (f"{7:032x}", "t", Outcome.PASSED)
    assert [call.name for call in run.tool_calls] == ["bash", "edit_file"]
    assert [call.tool_names for call in run.model_calls] == [("bash",), ("edit_file",), ()]
    assert run.model_calls[-1].reasoning_effort == "low"
    assert {step.span_id for step in run.steps} < {span.span_id for span in run.spans}


def test_errors_and_exit_codes_are_kept() -> None:
    """As the detectors read them."""
    run = Story().shell("false", exit_code=3).calls("edit", {}, "no", error="ToolError").run()

    assert [call.exit_code for call in run.tool_calls] == [3, None]
    assert run.tool_calls[1].error == "ToolError"


def test_made_runs_are_good_observations() -> None:
    """None of them is set apart."""
    runs = [unverified_run(1, "failed"), verified_run(2, "passed"), looping_run(3), Story(4).run("timed_out")]

    assert sift(runs).set_apart == {}


def test_other_numbers_make_other_runs() -> None:
    """With tasks and seeds of their own, unless a task is given."""
    first, second, third = (
        unverified_run(1, "failed"),
        unverified_run(2, "failed"),
        unverified_run(3, "failed", task="t"),
    )

    assert len({run.run_id for run in (first, second, third)}) == 3
    assert (first.task, second.task, third.task) == ("task-1", "task-2", "t")
    assert first.seed != second.seed
