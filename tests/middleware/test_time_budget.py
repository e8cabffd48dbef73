"""TimeBudget under a real agent, on a clock that the test moves."""

from __future__ import annotations

from typing import Any

import pytest
from langchain_core.messages import AIMessage, HumanMessage
from langchain_core.tools import tool

from middleware.time_budget import TimeBudget


class Clock:
    """Seconds that pass only when told."""

    def __init__(self, seconds: float = 0.0) -> None:
        self.seconds = seconds

    def __call__(self) -> float:
        """The time now."""
        return self.seconds


def wait(seconds: float) -> list[tuple[str, dict[str, Any]]]:
    """A turn that takes time."""
    return [("wait", {"seconds": seconds})]


@pytest.fixture
def clock() -> Clock:
    """A clock far from zero, so that only differences can be right."""
    return Clock(5000.0)


@pytest.fixture
def waiting(clock: Clock) -> Any:
    """A tool that moves the clock."""

    @tool("wait")
    def pass_time(seconds: float) -> str:
        """Let time pass."""
        clock.seconds += seconds
        return "later"

    return [pass_time]


def test_enough_time_passes_unchanged(play: Any, clock: Clock, waiting: Any) -> None:
    """Below the first fraction nothing is added."""
    played = play([TimeBudget(clock=clock)], [wait(100), wait(300), "done"], tools=waiting)

    assert played.shape == "hatata"
    assert played.activations == []


def test_each_fraction_warns_once(play: Any, clock: Clock, waiting: Any) -> None:
    """The first warning states the time; later ones say to finish; none comes twice."""
    turns = [wait(50), wait(1), wait(25), wait(1), wait(20), wait(1), "done"]
    played = play([TimeBudget(clock=clock, budget_seconds=100)], turns, tools=waiting)

    assert len(played.notes) == 3
    assert played.notes[0] == "50 of your 100 seconds are used. Keep to what the instruction asks for."
    assert all("Time is running out" in text and "finish now" in text for text in played.notes[1:])
    assert [reason for _, reason in played.activations] == [f"{at}% of the time used" for at in (50, 75, 90)]


def test_fractions_passed_together_warn_once(play: Any, clock: Clock, waiting: Any) -> None:
    """One long call that passes every fraction brings one warning, even beyond the budget."""
    played = play([TimeBudget(clock=clock, budget_seconds=10)], [wait(95), wait(5), "done"], tools=waiting)

    assert len(played.notes) == 1
    assert "95 of your 10 seconds" in played.notes[0]


def test_a_second_run_of_one_instance_starts_at_zero(play: Any, clock: Clock, waiting: Any) -> None:
    """Nothing is kept on the instance."""
    budget = TimeBudget(clock=clock, budget_seconds=100)
    first = play([budget], [wait(60), "done"], tools=waiting)
    second = play([budget], [wait(40), "done"], tools=waiting)

    assert (len(first.notes), len(second.notes)) == (1, 0)


def test_the_default_clock_is_real(play: Any) -> None:
    """Without a clock real seconds are counted from the start of the run."""
    played = play([TimeBudget(budget_seconds=1e-9, warn_at=[0.5])], [[("bash", {"command": "true"})], "done"])

    assert len(played.notes) == 1


def test_two_instances_warn_each_in_its_own_time(play: Any, clock: Clock, waiting: Any) -> None:
    """Instances with names of their own do not silence each other."""
    pair = [
        TimeBudget(clock=clock, budget_seconds=100, warn_at=(0.5,)),
        TimeBudget(clock=clock, budget_seconds=100, warn_at=(0.4,), name="Early"),
    ]
    played = play(pair, [wait(45), wait(10), "done"], tools=waiting)

    assert [name for name, _ in played.activations] == ["Early", "TimeBudget"]


def test_no_warning_is_inserted_while_a_call_is_pending(clock: Clock) -> None:
    """A resumed conversation that ends in an open call stays as it is."""
    pending = [HumanMessage("do"), AIMessage("", tool_calls=[{"name": "wait", "args": {}, "id": "c"}])]
    state: Any = {"messages": pending, "time_started": {"TimeBudget": 0.0}}

    assert TimeBudget(clock=clock).before_model(state, None) is None  # type: ignore[arg-type]
    assert TimeBudget(clock=clock).before_model({**state, "messages": []}, None)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"budget_seconds": 0}, "budget_seconds above 0"),
        ({"warn_at": ()}, "list of fractions"),
        ({"warn_at": (0.5, 1.5)}, "list of fractions"),
        ({"warn_at": (0.0,)}, "list of fractions"),
    ],
)
def test_senseless_budgets_are_refused(parameters: dict[str, Any], message: str) -> None:
    """The error names the parameter and what it needs."""
    with pytest.raises(ValueError, match=message):
        TimeBudget(**parameters)
