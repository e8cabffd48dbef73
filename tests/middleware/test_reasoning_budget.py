"""ReasoningBudget under a real agent."""

from __future__ import annotations

from typing import Any

import pytest
from langchain.agents.middleware import AgentMiddleware
from typing_extensions import override

from middleware.reasoning_budget import ReasoningBudget

LIST = [("bash", {"command": "ls"})]
EDIT = [("edit_file", {"path": "add.py", "old_string": "-", "new_string": "+"})]
TEST = [("bash", {"command": "python3 test_add.py"})]


def efforts(played: Any) -> list[str]:
    """The effort of each model call."""
    return [request.settings["reasoning_effort"] for request in played.requests]


def test_the_sandwich(play: Any) -> None:
    """Much effort for the plan, less for the work, much again once the tests pass."""
    played = play([ReasoningBudget()], [LIST, LIST, TEST, EDIT, TEST, "done"])

    assert efforts(played) == ["high", "high", "medium", "medium", "medium", "high"]
    assert played.activations == [
        ("ReasoningBudget", "plan phase, high effort"),
        ("ReasoningBudget", "work phase, medium effort"),
        ("ReasoningBudget", "verify phase, high effort"),
    ]


def test_an_edit_after_passing_tests_is_work_again(play: Any) -> None:
    """The phase follows the messages, back and forth."""
    spoil = [("edit_file", {"path": "add.py", "old_string": "+", "new_string": "*"})]
    played = play([ReasoningBudget(plan_calls=0)], [EDIT, TEST, spoil, TEST, "done"])

    assert efforts(played) == ["medium", "medium", "high", "medium", "medium"]


def test_each_effort_and_the_length_of_the_plan_can_be_chosen(play: Any) -> None:
    """The parameters are what the model gets."""
    budget = ReasoningBudget(plan_effort="medium", work_effort="low", verify_effort="medium", plan_calls=1)
    played = play([budget], [LIST, EDIT, TEST, "done"])

    assert efforts(played) == ["medium", "low", "low", "medium"]


def test_messages_and_other_settings_pass_unchanged(play: Any) -> None:
    """Only the effort is set; a setting that an outer middleware made stays."""

    class Outer(AgentMiddleware[Any, Any, Any]):
        @override
        def wrap_model_call(self, request: Any, handler: Any) -> Any:
            return handler(request.override(model_settings={"temperature": 0.5}))

        @override
        async def awrap_model_call(self, request: Any, handler: Any) -> Any:
            return await handler(request.override(model_settings={"temperature": 0.5}))

    played = play([Outer(), ReasoningBudget()], [LIST, "done"])

    assert played.shape == "hata"
    assert [request.settings["temperature"] for request in played.requests] == [0.5, 0.5]
    assert efforts(played) == ["high", "high"]


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"plan_effort": "max"}, "plan_effort as one of low, medium, high; got 'max'"),
        ({"work_effort": ""}, "work_effort as one of"),
        ({"verify_effort": "High"}, "verify_effort as one of"),
        ({"plan_calls": -1}, "plan_calls >= 0"),
    ],
)
def test_unknown_efforts_are_refused(parameters: dict[str, Any], message: str) -> None:
    """The error names the parameter and the valid choices."""
    with pytest.raises(ValueError, match=message):
        ReasoningBudget(**parameters)
