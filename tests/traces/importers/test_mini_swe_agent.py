"""Trajectories of mini-swe-agent."""

from __future__ import annotations

import json
from typing import Any

import pytest

from traces import attributes as names
from traces.importers.mini_swe_agent import MiniSweAgent
from traces.normal import assemble
from traces.outcome import Outcome
from traces.run import Run

_START_NS = 1_780_000_000 * 10**9


@pytest.fixture
def run(samples: Any, source_of: Any, spans_of: Any) -> Run:
    """The run of the sample of version 2."""
    return assemble(spans_of(MiniSweAgent(), source_of(samples["mini-swe-agent"])))


def version_1(*answers: tuple[str, str]) -> dict[str, Any]:
    """A run of version 1: answers, and what the user then says."""
    messages: list[dict[str, Any]] = [
        {"role": "system", "content": "You are helpful."},
        {"role": "user", "content": "Repair it."},
    ]
    for number, (answer, observation) in enumerate(answers, start=1):
        usage = {"prompt_tokens": 10, "completion_tokens": 2, "cost": 0.5}
        response = {"id": f"gen-{number}", "model": "m", "created": 1_780_000_000 + number, "usage": usage}
        messages.append({"role": "assistant", "content": answer, "extra": {"response": response}})
        messages.append({"role": "user", "content": observation})
    info = {"exit_status": "Submitted", "submission": "diff", "mini_version": "1.15.0", "model_stats": {}}
    return {
        "info": info,
        "messages": messages,
        "trajectory_format": "mini-swe-agent-1",
        "instance_id": "org__repo-1",
    }


def test_calls_come_in_the_order_in_which_they_were_asked_for(run: Run) -> None:
    """But for those that were answered in another order: results decide."""
    assert [call.call_id for call in run.tool_calls] == ["c1", "c2", "c4", "c3", "c5"]
    assert [call.name for call in run.tool_calls] == ["bash"] * 5


def test_an_answer_that_was_not_parsed_is_a_model_call_with_a_failed_tool_call(run: Run) -> None:
    """The trajectory has no assistant's message for it."""
    call = run.tool_calls[0]

    assert len(run.model_calls) == 4
    assert call.arguments_text == '{"command": "cat a'
    assert call.error is not None
    assert call.error.startswith("FormatError: Tool call error")


def test_an_answer_without_any_call_is_a_model_call_that_failed(
    samples: Any, source_of: Any, spans_of: Any
) -> None:
    """There is no tool call to say it of."""
    broken = samples["mini-swe-agent"]["messages"][2]["extra"]["response"]["choices"][0]["message"]
    broken["tool_calls"] = []

    run = assemble(spans_of(MiniSweAgent(), source_of(samples["mini-swe-agent"])))

    assert run.model_calls[0].error is not None
    assert [call.call_id for call in run.tool_calls] == ["c2", "c4", "c3", "c5"]


def test_usage_is_that_of_the_raw_answers(run: Run) -> None:
    """It stands nowhere else; the cost is the agent's own sum."""
    assert run.usage.input_tokens == 100 + 200 + 300 + 400
    assert run.usage.output_tokens == 10 + 20 + 30 + 40
    assert run.usage.cost_usd == 2.0
    first = next(span for span in run.spans if names.INPUT_TOKENS in span.attributes)
    assert first.attributes[names.CACHED_TOKENS] == 50
    assert first.attributes[names.REASONING_TOKENS] == 3


def test_exit_codes_are_those_of_executed_commands(run: Run) -> None:
    """One that raised has none, nor has a submission that was never executed."""
    assert [call.exit_code for call in run.tool_calls] == [None, 1, None, 0, None]
    assert [call.error for call in run.tool_calls[1:]] == [None, "exception: Command timed out", None, None]
    assert run.tool_calls[-1].result == "action was not executed"


def test_a_limit_is_a_reason_and_no_outcome(run: Run) -> None:
    """What an agent says of its ending is no verdict."""
    assert run.outcome is Outcome.UNKNOWN
    assert run.reason == "LimitsExceeded"
    assert run.root is not None
    assert run.root.attributes[names.SOURCE] == "mini-swe-agent"
    assert run.root.attributes[names.AGENT_VERSION] == "2.4.6"
    assert json.loads(str(run.root.attributes["mini_swe_agent.config"]))["agent"] == {"step_limit": 4}


def test_times_are_those_stated_and_always_in_order(run: Run) -> None:
    """The messages of tools and of the user state none, or only some."""
    assert run.root is not None
    assert run.root.start_ns == _START_NS + 10 * 10**9
    assert run.root.end_ns == max(span.end_ns for span in run.spans)
    starts = [step.start_ns for step in run.steps]
    assert starts == sorted(set(starts))
    assert run.tool_calls[1].end_ns == _START_NS + 27_500_000_000


def test_model_calls_hold_what_was_new_to_them(run: Run) -> None:
    """The task to the first, the complaint to the second, nothing twice."""
    calls = [span for span in run.spans if span.attributes.get(names.OPERATION) == "chat"]
    asked = [json.loads(str(span.attributes.get(names.INPUT_MESSAGES, "[]"))) for span in calls]

    assert [[item["role"] for item in messages] for messages in asked] == [
        ["system", "user"],
        ["user"],
        [],
        [],
    ]
    assert run.model_calls[2].text == "Two."
    assert run.model_calls[2].tool_names == ("bash", "bash")


def test_version_1_reads_commands_and_codes_from_texts(source_of: Any, spans_of: Any) -> None:
    """An answer with one fenced command executes it; one with none or with two executes nothing."""
    content = version_1(
        ("I look.\n```bash\nls -la\n```", "<returncode>2</returncode>\n<output>\nno\n</output>"),
        ("No command.", "Please always provide EXACTLY ONE action"),
        ("```bash\na\n```\n```bash\nb\n```", "Please always provide EXACTLY ONE action"),
        (
            "```python\nx\n```\n```bash\nsleep 9\n```",
            "The last command <command>sleep 9</command> timed out and was killed",
        ),
        ("Submit.\n```bash\necho COMPLETE\n```", "diff --git a b"),
    )

    run = assemble(spans_of(MiniSweAgent(), source_of(content)))

    assert [call.arguments["command"] for call in run.tool_calls] == ["ls -la", "sleep 9", "echo COMPLETE"]
    assert [call.exit_code for call in run.tool_calls] == [2, None, None]
    assert run.tool_calls[1].error is not None
    assert run.tool_calls[1].error.startswith("timeout")
    assert (run.task, run.reason, len(run.model_calls)) == ("org__repo-1", "", 5)
    assert run.usage.input_tokens == 50


def test_actions_that_are_stated_need_no_fences(source_of: Any, spans_of: Any) -> None:
    """As version 2 without tool calls has them."""
    content = version_1(("```other\nls\n```", "<returncode>0</returncode>"))
    content["messages"][2]["extra"]["actions"] = [{"command": "ls"}]
    content["messages"][3]["extra"] = {"returncode": 0, "raw_output": "a", "timestamp": 1_780_000_009.5}

    (call,) = assemble(spans_of(MiniSweAgent(), source_of(content))).tool_calls

    assert (call.arguments, call.result, call.exit_code) == ({"command": "ls"}, "a", 0)


def test_a_trajectory_that_grows_keeps_its_ids(samples: Any, source_of: Any, spans_of: Any) -> None:
    """It is saved after every step."""
    later = spans_of(MiniSweAgent(), source_of(samples["mini-swe-agent"]))
    samples["mini-swe-agent"]["messages"] = samples["mini-swe-agent"]["messages"][:5]

    earlier = spans_of(MiniSweAgent(), source_of(samples["mini-swe-agent"]))

    assert {span.span_id for span in earlier} < {span.span_id for span in later}
    assert earlier[-1].span_id == later[-1].span_id
    assert earlier[-1].end_ns < later[-1].end_ns


def test_a_submission_of_any_size_hides_nothing(samples: Any, source_of: Any) -> None:
    """The format's name stands at the end of the file."""
    del samples["mini-swe-agent"]["info"]["mini_version"]
    samples["mini-swe-agent"]["info"]["submission"] = "x" * 200_000

    assert MiniSweAgent().recognises(source_of(samples["mini-swe-agent"]))


def test_text_cannot_make_the_search_for_fences_slow(source_of: Any, spans_of: Any) -> None:
    """A million beginnings of a command that never ends."""
    run = assemble(spans_of(MiniSweAgent(), source_of(version_1(("x```bash\ny" * 200_000, "no")))))

    assert run.tool_calls == ()
