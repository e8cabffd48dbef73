"""Trajectories of SWE-agent."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from traces import attributes as names
from traces.importers.swe_agent import SweAgent
from traces.normal import assemble
from traces.outcome import Outcome


def test_steps_become_model_and_tool_calls(samples: Any, source_of: Any, spans_of: Any) -> None:
    """With the ids that the history keeps."""
    run = assemble(spans_of(SweAgent(), source_of(samples["swe-agent"])))

    assert [call.text for call in run.model_calls] == ["I do 1.", "I do 2."]
    assert [(call.call_id, call.arguments["command"], call.result) for call in run.tool_calls] == [
        ("c1", "cat a.py", "result 1"),
        ("c2", "submit", "result 2"),
    ]


def test_commands_last_as_long_as_they_took(samples: Any, source_of: Any, spans_of: Any) -> None:
    """There are no times besides."""
    run = assemble(spans_of(SweAgent(), source_of(samples["swe-agent"])))

    assert [(call.end_ns - call.start_ns) // 10**8 for call in run.tool_calls] == [15, 15]
    assert 3.0 <= run.seconds < 3.1


def test_usage_is_known_of_the_whole_run(samples: Any, source_of: Any, spans_of: Any) -> None:
    """And so is the cost."""
    usage = assemble(spans_of(SweAgent(), source_of(samples["swe-agent"]))).usage

    assert (usage.input_tokens, usage.output_tokens, usage.cost_usd) == (900, 30, 0.25)


def test_the_ending_is_a_reason_and_no_outcome(samples: Any, source_of: Any, spans_of: Any) -> None:
    """A submission says nothing of the tests."""
    run = assemble(spans_of(SweAgent(), source_of(samples["swe-agent"])))

    assert run.outcome is Outcome.UNKNOWN
    assert run.reason == "submitted (exit_cost)"
    assert run.root is not None
    assert run.root.attributes["swe_agent.submission"] == "diff"
    assert run.root.attributes["swe_agent.info"] == '{"edited_files30":"a.py"}'


def test_demonstrations_are_not_part_of_the_run(samples: Any, source_of: Any, spans_of: Any) -> None:
    """They were never done."""
    run = assemble(spans_of(SweAgent(), source_of(samples["swe-agent"])))
    first = next(span for span in run.spans if names.INPUT_MESSAGES in span.attributes)

    assert "an example" not in str(first.attributes[names.INPUT_MESSAGES])
    assert "Repair it." in str(first.attributes[names.INPUT_MESSAGES])


def test_versions_without_tool_calls_have_commands(samples: Any, source_of: Any, spans_of: Any) -> None:
    """The action is the command."""
    for item in samples["swe-agent"]["history"]:
        item.pop("tool_calls", None)

    run = assemble(spans_of(SweAgent(), source_of(samples["swe-agent"])))

    assert [(call.name, call.arguments) for call in run.tool_calls] == [
        ("bash", {"command": "cat a.py"}),
        ("bash", {"command": "submit"}),
    ]


def test_a_history_alone_is_read(samples: Any, source_of: Any, spans_of: Any) -> None:
    """As replays keep it."""
    source = source_of({"history": samples["swe-agent"]["history"]})

    run = assemble(spans_of(SweAgent(), source))

    assert SweAgent().recognises(source)
    assert [(call.call_id, call.result) for call in run.tool_calls] == [
        ("c1", "result 1"),
        ("c2", "result 2"),
    ]
    assert len(run.model_calls) == 2


def test_the_task_is_the_name_of_the_file(samples: Any, source_of: Any, spans_of: Any) -> None:
    """It stands nowhere else."""
    source = source_of(samples["swe-agent"], path=Path("runs/org__repo-1.traj.gz"))

    assert assemble(spans_of(SweAgent(), source)).task == "org__repo-1"


def test_a_step_that_is_none_costs_only_itself(
    samples: Any, source_of: Any, spans_of: Any, skipped_of: Any
) -> None:
    """The others are read."""
    samples["swe-agent"]["trajectory"].insert(1, "nonsense")
    source = source_of(samples["swe-agent"])

    assert len(assemble(spans_of(SweAgent(), source)).tool_calls) == 2
    assert len(skipped_of(SweAgent(), source)) == 1
