"""PreCompletionChecklist under a real agent."""

from __future__ import annotations

from typing import Any

import pytest
from langchain.agents.middleware import AgentMiddleware, ModelCallLimitMiddleware
from langchain_core.messages import AIMessage, HumanMessage, ToolMessage
from pydantic import BaseModel
from typing_extensions import override

from middleware.pre_completion_checklist import PreCompletionChecklist

EDIT = [("edit_file", {"path": "add.py", "old_string": "-", "new_string": "+"})]
TEST = [("bash", {"command": "python3 test_add.py"})]


class Onlooker(AgentMiddleware[Any, Any, Any]):
    """Has hooks of every kind that do nothing, so that the checklist is neither outermost nor innermost."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name

    @property
    @override
    def name(self) -> str:
        return self._name

    @override
    def before_model(self, state: Any, runtime: Any) -> None:
        return None

    @override
    async def abefore_model(self, state: Any, runtime: Any) -> None:
        return None

    @override
    def after_model(self, state: Any, runtime: Any) -> None:
        return None

    @override
    async def aafter_model(self, state: Any, runtime: Any) -> None:
        return None

    @override
    def after_agent(self, state: Any, runtime: Any) -> None:
        return None

    @override
    async def aafter_agent(self, state: Any, runtime: Any) -> None:
        return None


def test_an_unverified_ending_is_sent_back_once(play: Any) -> None:
    """The early answer stays in the conversation, the checklist follows it, and the model goes on."""
    played = play([PreCompletionChecklist()], [EDIT, "fixed", TEST, "verified"])

    assert played.shape == "hatahata"
    assert "Run the tests" in played.notes[0]
    assert "Re-read the instruction" in played.notes[0]
    assert played.messages[-1].text == "verified"
    assert played.activations == [("PreCompletionChecklist", "ending without verification")]
    assert played.requests[2].messages[-1].text == played.notes[0]


def test_a_verified_ending_passes(play: Any) -> None:
    """A test that passed after the last edit opens the gate; prose written later does not close it."""
    note = [("write_file", {"path": "CHANGES.md", "content": "fixed"})]
    played = play([PreCompletionChecklist()], [TEST, EDIT, TEST, note, "done"])

    assert played.notes == []
    assert played.activations == []


def test_tests_that_failed_or_ran_before_the_edit_do_not_count(play: Any) -> None:
    """Only success after the last edit is verification."""
    spoil = [("edit_file", {"path": "add.py", "old_string": "+", "new_string": "*"})]
    early = play([PreCompletionChecklist()], [EDIT, TEST, spoil, "done"])
    failed = play([PreCompletionChecklist()], [TEST, "done"])

    assert len(early.notes) == 1
    assert len(failed.notes) == 1


@pytest.mark.parametrize("gates", [1, 3])
def test_a_model_that_never_listens_still_ends(play: Any, gates: int) -> None:
    """There are as many gates as allowed and no more."""
    played = play([PreCompletionChecklist(max_gates=gates)], [EDIT, "I am done."])

    assert len(played.notes) == gates
    assert len(played.requests) == gates + 2


def test_a_plain_answer_passes(play: Any) -> None:
    """A run without any tool call has nothing to check."""
    played = play([PreCompletionChecklist(require_verification=False)], ["42"])

    assert played.shape == "ha"


def test_checks_that_tests_cannot_make_are_asked_though_verified(play: Any) -> None:
    """Without require_verification every run meets its gate."""
    checklist = PreCompletionChecklist(checks=("Re-read the instruction.",), require_verification=False)
    played = play([checklist], [EDIT, TEST, "done", "really done"])

    assert played.notes == [
        "You are not finished yet. Before you end, do this:\n- Re-read the instruction.\nEnd only when all of it is done."
    ]


@pytest.mark.parametrize("position", [0, 1, 2])
@pytest.mark.parametrize("with_tools", [True, False])
def test_the_gate_works_at_any_position(play: Any, position: int, with_tools: bool) -> None:
    """Outermost, between and innermost the jump is obeyed: an undeclared one would be ignored inside a stack."""
    stack: list[Any] = [Onlooker("first"), Onlooker("second")]
    stack.insert(position, PreCompletionChecklist())
    before = [HumanMessage("do"), AIMessage("", tool_calls=[{"name": "bash", "args": {}, "id": "old"}])]
    answered = [*before, tool_message("old")]
    played = play(stack, ["early", "late"], before=answered, **({} if with_tools else {"tools": []}))

    assert played.messages[-1].text == "late"
    assert len(played.notes) == 1


def tool_message(call_id: str) -> Any:
    """An answer to a tool call."""
    return ToolMessage("result", tool_call_id=call_id)


def test_two_checklists_open_one_after_the_other(play: Any) -> None:
    """Each instance has gates of its own and the run ends."""
    pair = [PreCompletionChecklist(checks=("A.",)), PreCompletionChecklist(checks=("B.",), name="Second")]
    played = play(pair, [EDIT, "done"])

    assert [name for name, _ in played.activations] == ["Second", "PreCompletionChecklist"]
    assert len(played.requests) == 4


def test_a_limit_inside_the_gate_wins(play: Any) -> None:
    """Where model calls are used up the gate does not keep the run alive."""
    stack = [PreCompletionChecklist(max_gates=50), ModelCallLimitMiddleware(run_limit=3, exit_behavior="end")]
    played = play(stack, [EDIT, "done"])

    assert len(played.requests) == 3
    assert "limits exceeded" in played.messages[-1].text


def test_a_broken_call_is_answered_before_the_checklist(play: Any) -> None:
    """A call with invalid JSON would end the run silently; its error comes first, then the note."""
    broken = AIMessage(
        "",
        invalid_tool_calls=[
            {"name": "bash", "args": '{"command": ', "id": "bad", "error": "", "type": "invalid_tool_call"}
        ],
    )
    played = play([PreCompletionChecklist()], [EDIT, broken, TEST, "done"])

    assert played.shape == "hatathata"
    assert "not valid JSON" in played.messages[4].text
    assert played.messages[-1].text == "done"


def test_structured_answers_are_gated_too(play: Any) -> None:
    """An ending by a structured response is an ending; the later response replaces the early one."""

    class Answer(BaseModel):
        """The answer."""

        value: int

    turns = [EDIT, [("Answer", {"value": 1})], TEST, [("Answer", {"value": 2})]]
    played = play([PreCompletionChecklist()], turns, response_format=Answer)

    assert len(played.notes) == 1
    assert "value=2" in played.messages[-1].text


def test_the_next_question_of_a_chat_is_judged_alone(play: Any) -> None:
    """Unverified edits of an earlier run do not gate a later plain answer."""
    edited = AIMessage("", tool_calls=[{"name": "edit_file", "args": {"path": "a.py"}, "id": "old"}])
    earlier = [
        HumanMessage("one"),
        edited,
        tool_message("old"),
        AIMessage("done"),
        HumanMessage("what is 6 * 7?"),
    ]
    played = play([PreCompletionChecklist()], ["42"], before=earlier)

    assert played.activations == []


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"checks": "Run the tests."}, "list of non-empty sentences"),
        ({"checks": ()}, "list of non-empty sentences"),
        ({"checks": ("a", " ")}, "list of non-empty sentences"),
        ({"max_gates": 0}, "max_gates >= 1"),
    ],
)
def test_senseless_parameters_are_refused(parameters: dict[str, Any], message: str) -> None:
    """The error names the parameter; a bare string is no checklist."""
    with pytest.raises(ValueError, match=message):
        PreCompletionChecklist(**parameters)
