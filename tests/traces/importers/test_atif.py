"""Trajectories in the Agent Trajectory Interchange Format."""

from __future__ import annotations

import json
from typing import Any

import pytest

from traces import attributes as names
from traces.export.atif import atif_document
from traces.importers.atif import Atif
from traces.normal import assemble, assemble_all
from traces.run import Run
from traces.testing import small_run


@pytest.fixture
def read(source_of: Any, spans_of: Any) -> Any:
    """Reads a trajectory as a run."""
    return lambda content: assemble(spans_of(Atif(), source_of(content)))


def test_steps_of_one_answer_are_one_model_call(samples: Any, read: Any) -> None:
    """A converter's step for a tool call is no answer of the model."""
    run: Run = read(samples["atif"])

    assert [(call.text, call.tool_names) for call in run.model_calls] == [
        ("I run the tests.", ("Bash",)),
        ("It fails.", ()),
    ]
    assert run.model_calls[0].finish_reason == "tool_use"


def test_tool_calls_get_results_codes_and_errors(samples: Any, read: Any) -> None:
    """As the converter knew them."""
    (call,) = read(samples["atif"]).tool_calls

    assert (call.name, call.call_id, call.arguments) == ("Bash", "t1", {"command": "pytest"})
    assert call.result == "Exit code 1\n1 failed"
    assert call.exit_code == 1
    assert call.error == "tool_error: Exit code 1"


def test_usage_and_cost_are_the_final_ones(samples: Any, read: Any) -> None:
    """And those of the calls stand at the calls."""
    run: Run = read(samples["atif"])

    assert (run.usage.input_tokens, run.usage.output_tokens, run.usage.cost_usd) == (300, 14, 0.1)
    assert [call.usage.input_tokens for call in run.model_calls] == [100, 200]
    assert run.root is not None
    assert run.root.attributes[names.CACHED_TOKENS] == 40


def test_the_root_says_who_ran(samples: Any, read: Any) -> None:
    """And keeps what else is said of the agent."""
    root = read(samples["atif"]).root

    assert root.attributes[names.AGENT_NAME] == "coder"
    assert root.attributes[names.AGENT_VERSION] == "2.1"
    assert root.attributes[names.CONVERSATION] == "session-1"
    assert root.attributes[names.REQUEST_MODEL] == "gpt-5"
    assert root.attributes["atif.agent.extra"] == '{"cwd":"/app"}'
    assert "atif.deviation" not in root.attributes


def test_thoughts_and_questions_are_messages(samples: Any, read: Any) -> None:
    """In the parts form."""
    chat = next(span for span in read(samples["atif"]).spans if names.INPUT_MESSAGES in span.attributes)
    asked, said = (
        json.loads(str(chat.attributes[name])) for name in (names.INPUT_MESSAGES, names.OUTPUT_MESSAGES)
    )

    assert asked == [{"role": "user", "parts": [{"type": "text", "content": "Repair it."}]}]
    assert [part["type"] for part in said[0]["parts"]] == ["reasoning", "text", "tool_call"]


def test_a_file_that_departs_from_its_specification_is_read_and_says_so(samples: Any, read: Any) -> None:
    """The first departure stands on the root."""
    samples["atif"]["steps"][1]["step_id"] = 7
    samples["atif"]["steps"][2]["surprise"] = {"a": 1}

    run: Run = read(samples["atif"])

    assert len(run.tool_calls) == 1
    assert run.root is not None
    assert run.root.attributes["atif.deviation"]


def test_copied_context_counts_for_nothing(samples: Any, read: Any) -> None:
    """A continued trajectory repeats what went before it."""
    for step in samples["atif"]["steps"][1:3]:
        step["is_copied_context"] = True

    run: Run = read(samples["atif"])

    assert [call.text for call in run.model_calls] == ["It fails."]
    assert run.tool_calls == ()
    assert any(span.attributes.get(names.ASIDE) == "copied-context" for span in run.spans)


def test_a_step_without_a_model_call_is_none(samples: Any, read: Any) -> None:
    """Version 1.7 says so by a count of 0."""
    samples["atif"]["schema_version"] = "ATIF-v1.7"
    samples["atif"]["steps"][3]["llm_call_count"] = 0

    assert len(read(samples["atif"]).model_calls) == 1


def test_results_without_an_id_belong_to_the_only_call(samples: Any, read: Any) -> None:
    """Or, where there is no call, are what the model sees next."""
    del samples["atif"]["steps"][2]["observation"]["results"][0]["source_call_id"]
    samples["atif"]["steps"][1]["observation"] = {"results": [{"content": "terminal output"}]}

    run: Run = read(samples["atif"])

    assert run.tool_calls[0].result == "Exit code 1\n1 failed"
    assert any("terminal output" in str(span.attributes.get(names.INPUT_MESSAGES)) for span in run.spans)


def test_content_in_parts_is_read(samples: Any, read: Any) -> None:
    """Of an image, only what it is."""
    image = {"type": "image", "source": {"media_type": "image/png", "path": "a.png"}}
    samples["atif"]["steps"][3]["message"] = [{"type": "text", "text": "See"}, image]

    assert read(samples["atif"]).model_calls[-1].text == "See"


def test_agents_of_agents_are_below_the_call_that_asked_for_them(samples: Any, read: Any) -> None:
    """Version 1.7 has them in the same file."""
    inner = json.loads(json.dumps(samples["atif"]))
    inner |= {"trajectory_id": "inner", "agent": {"name": "searcher", "version": "1"}}
    result = samples["atif"]["steps"][2]["observation"]["results"][0]
    result["subagent_trajectory_ref"] = [{"trajectory_id": "inner"}]
    samples["atif"]["subagent_trajectories"] = [inner]

    run: Run = read(samples["atif"])
    agent = next(span for span in run.spans if span.attributes.get(names.AGENT_NAME) == "searcher")

    assert agent.parent_id == run.tool_calls[0].span_id
    assert [span.parent_id for span in run.spans].count(agent.span_id) == 3
    assert len({span.span_id for span in run.spans}) == len(run.spans)


def test_a_continued_trajectory_joins_its_session(samples: Any, source_of: Any, spans_of: Any) -> None:
    """Its steps are numbered anew, and are other steps all the same."""
    first = spans_of(Atif(), source_of(samples["atif"]))
    samples["atif"]["steps"][0]["is_copied_context"] = True
    second = spans_of(Atif(), source_of(samples["atif"]))

    assert first[-1].span_id == second[-1].span_id
    assert {span.span_id for span in first if span.name.startswith("chat")}.isdisjoint(
        span.span_id for span in second if span.name.startswith("chat")
    )


def test_a_grown_trajectory_keeps_its_ids(samples: Any, source_of: Any, spans_of: Any) -> None:
    """It is written after every step."""
    later = spans_of(Atif(), source_of(samples["atif"]))
    del samples["atif"]["steps"][3]
    earlier = spans_of(Atif(), source_of(samples["atif"]))

    assert {span.span_id for span in earlier} < {span.span_id for span in later}


def test_documents_with_steps_of_another_kind_are_not_known(source_of: Any) -> None:
    """The word is common."""
    assert not Atif().recognises(source_of({"steps": [{"uses": "checkout"}], "agent": "ubuntu"}))
    assert not Atif().recognises(source_of({"schema_version": "1.0", "steps": []}))


def test_a_file_may_hold_a_trajectory_a_line(source_of: Any, spans_of: Any) -> None:
    """As an export of ours does; a broken line costs only itself."""
    runs = [small_run(number) for number in (1, 2)]
    lines = [json.dumps(atif_document(run)) for run in runs]

    spans = spans_of(Atif(), source_of("\n".join([lines[0], '{"broken', lines[1], ""])))

    found = list(assemble_all(spans))
    assert [len(run.tool_calls) for run in found] == [len(run.tool_calls) for run in runs]
    assert [run.usage for run in found] == [run.usage for run in runs]
    assert Atif().recognises(source_of("\n".join(lines)))
