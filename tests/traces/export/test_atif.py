"""ATIF export."""

from __future__ import annotations

from atif import Trajectory
from hypothesis import given
from hypothesis import strategies as st

from traces.export.atif import atif_document
from traces.normal import assemble
from traces.testing import TraceBuilder, small_run


def test_a_run_becomes_a_valid_trajectory_with_its_turns() -> None:
    """Each model call is a turn with its tool calls and their results, and the totals are the run's."""
    run = small_run()

    document = atif_document(run)

    Trajectory.model_validate(document)
    turns = [step for step in document["steps"] if step["source"] == "agent"]
    assert len(turns) == len(run.model_calls)
    called = [call["function_name"] for turn in turns for call in turn.get("tool_calls", ())]
    assert called == [call.name for call in run.tool_calls]
    assert document["final_metrics"]["total_prompt_tokens"] == run.usage.input_tokens
    assert document["extra"]["outcome"] == run.outcome.value


def test_tool_calls_and_results_are_paired_by_id() -> None:
    """Every observation names the call that it answers."""
    document = atif_document(small_run())

    for step in document["steps"]:
        calls = [call["tool_call_id"] for call in step.get("tool_calls", ())]
        answered = [result["source_call_id"] for result in step.get("observation", {}).get("results", ())]
        assert calls == answered


def test_arguments_that_are_no_object_are_kept_as_text() -> None:
    """A corrupted call is evidence: its text goes along."""
    trace = TraceBuilder()
    run = assemble([trace.tool("bash", arguments='{"command": "ls', result="no"), trace.root()])

    (step,) = [step for step in atif_document(run)["steps"] if "tool_calls" in step]

    assert step["tool_calls"][0]["arguments"] == {}
    assert step["tool_calls"][0]["extra"]["arguments_text"] == '{"command": "ls'


def test_a_run_without_steps_is_still_a_trajectory() -> None:
    """The format wants at least one step."""
    document = atif_document(assemble([TraceBuilder().root()]))

    Trajectory.model_validate(document)
    assert len(document["steps"]) == 1


@given(text=st.text(max_size=30), start=st.integers(min_value=-(2**63), max_value=2**64))
def test_whatever_a_span_holds_the_trajectory_is_valid(text: str, start: int) -> None:
    """Odd texts and times neither fail nor produce something that a reader refuses."""
    trace = TraceBuilder(start_ns=start)
    run = assemble([trace.chat(text), trace.tool(text, arguments=text, result=text), trace.root()])

    Trajectory.model_validate(atif_document(run))
