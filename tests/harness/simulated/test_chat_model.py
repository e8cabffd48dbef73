"""The simulated coder behaves as a LangChain chat model should."""

from __future__ import annotations

import pytest
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage, ToolMessage
from langchain_core.tools import tool

from harness.simulated import create_simulated
from harness.simulated.profile import Profile

TASK = HumanMessage("The function `f` in `f.py` is wrong. `python3 check_visible.py` tests it.")


@tool
def bash(command: str) -> str:
    """Run a command."""
    return command


@tool
def read_file(path: str) -> str:
    """Read a file."""
    return path


def _model(seed: int = 1):  # noqa: ANN202 - a runnable with tools
    return create_simulated("simulated:coder-steady", seed=seed).bind_tools([bash, read_file])


def test_an_answer_says_that_it_is_simulated_and_what_it_cost() -> None:
    """Metadata names the model, its virtual seconds and plausible token counts."""
    answer = _model().invoke([SystemMessage("Be good."), TASK])

    assert answer.response_metadata["model_name"] == "simulated:coder-steady"
    assert answer.response_metadata["simulated"] is True
    assert answer.response_metadata["simulated_seconds"] >= 15.0
    assert answer.response_metadata["finish_reason"] == "tool_calls"
    assert answer.usage_metadata is not None
    assert answer.usage_metadata["input_tokens"] > 20
    assert answer.usage_metadata["total_tokens"] == (
        answer.usage_metadata["input_tokens"] + answer.usage_metadata["output_tokens"]
    )


def test_equal_input_gives_equal_answers() -> None:
    """Also from another instance; the identifiers are equal too."""
    first, second = (_model().invoke([TASK]) for _ in range(2))

    assert first == second


def test_the_effort_of_a_call_wins() -> None:
    """It can be set at construction, by binding, or with the call."""
    low = _model().invoke([TASK], reasoning_effort="low")
    high = _model().bind(reasoning_effort="high").invoke([TASK])

    assert low.response_metadata["simulated_seconds"] < high.response_metadata["simulated_seconds"]


def test_an_unknown_effort_is_refused() -> None:
    """The error names the choices."""
    with pytest.raises(ValueError, match="low, medium, high"):
        _model().invoke([TASK], reasoning_effort="extreme")


def test_without_tools_it_says_that_it_cannot_work() -> None:
    """It ends honestly instead of calling what is not there."""
    answer = create_simulated("simulated:coder", seed=1, profile=Profile()).invoke([TASK])

    assert answer.tool_calls == []
    assert answer.response_metadata["finish_reason"] == "stop"


def test_a_listing_is_not_asked_for_twice() -> None:
    """All state is in the messages: after a listing it goes on."""
    first = _model().invoke([TASK])
    listing = ToolMessage(
        "f.py\ncheck_visible.py\n[exit code: 0]", tool_call_id=first.tool_calls[0]["id"], name="bash"
    )
    second = _model().invoke([TASK, first, listing])

    assert first.tool_calls[0]["args"] == {"command": "ls -a"}
    assert second.tool_calls[0]["args"] == {"path": "f.py"}


def test_it_obeys_when_told_not_to_list() -> None:
    """A wish not to look is a wish too."""
    answer = _model().invoke([SystemMessage("Do not list the files."), TASK])

    assert answer.tool_calls[0]["name"] == "read_file"


def test_a_program_that_does_not_parse_ends_the_run_honestly() -> None:
    """It does not claim a repair."""
    messages = [TASK]
    for text in (
        "f.py\ncheck_visible.py\n[exit code: 0]",
        "def f(:\n",
        "SyntaxError: invalid syntax\n[exit code: 1]",
    ):
        answer = _model().invoke(messages)
        messages += [answer, ToolMessage(text, tool_call_id=answer.tool_calls[0]["id"])]
    last = _model().invoke(messages)

    assert isinstance(last, AIMessage)
    assert last.tool_calls == []
    assert "left it as it is" in last.text
