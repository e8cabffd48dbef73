"""Tells the model when fractions of its time are used up."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Annotated, Any, NotRequired

from langchain.agents.middleware import AgentMiddleware, AgentState
from langchain.agents.middleware.types import PrivateStateAttr
from langgraph.channels.untracked_value import UntrackedValue
from langgraph.runtime import Runtime
from typing_extensions import override

from middleware.activation import announce, note
from middleware.tool_calls import is_pending

_URGENT = 0.7  # from this fraction on the model is told to finish, before it only learns the time


class TimeState(AgentState[Any]):
    """Run state: the clock at the start, in seconds, and the highest fraction warned of, each by instance name."""

    time_started: NotRequired[Annotated[dict[str, float], UntrackedValue, PrivateStateAttr]]
    time_warned: NotRequired[Annotated[dict[str, float], UntrackedValue, PrivateStateAttr]]


class TimeBudget(AgentMiddleware[TimeState, Any, Any]):
    """Warns once at each fraction of the time budget; it never ends a run.

    When several fractions have passed since the last model call, one warning stands for all of them.

    Args:
        clock: Returns seconds that only grow, from any origin; ``time.monotonic`` by default.
        budget_seconds: Seconds that a run may take, counted from its start.
        warn_at: Fractions of the budget, above 0 and at most 1. Up to 0.7 the model learns the time; from there
            on it is told to finish.
        name: Name of this instance, needed when a stack holds two; the class name by default.

    Raises:
        ValueError: For a budget that is not positive, or fractions outside that range.
    """

    state_schema = TimeState

    def __init__(
        self,
        *,
        clock: Callable[[], float] | None = None,
        budget_seconds: float = 900.0,
        warn_at: tuple[float, ...] = (0.5, 0.75, 0.9),
        name: str | None = None,
    ) -> None:
        if budget_seconds <= 0:
            raise ValueError(f"TimeBudget needs budget_seconds above 0; got {budget_seconds}")
        if not warn_at or not all(0 < fraction <= 1 for fraction in warn_at):
            raise ValueError(f"TimeBudget needs warn_at as a list of fractions in (0, 1]; got {warn_at!r}")
        super().__init__()
        self._clock = clock or time.monotonic
        self._budget_seconds = budget_seconds
        self._warn_at = tuple(sorted(warn_at))
        self._name = name or type(self).__name__

    @property
    @override
    def name(self) -> str:
        return self._name

    @override
    def before_agent(self, state: TimeState, runtime: Runtime[Any]) -> dict[str, Any] | None:
        """Take the time at the start of the run."""
        return {"time_started": {**state.get("time_started", {}), self.name: self._clock()}}

    @override
    async def abefore_agent(self, state: TimeState, runtime: Runtime[Any]) -> dict[str, Any] | None:
        """As ``before_agent``."""
        return self.before_agent(state, runtime)

    @override
    def before_model(self, state: TimeState, runtime: Runtime[Any]) -> dict[str, Any] | None:
        """Add a warning if a fraction has passed that none was given for."""
        started = state.get("time_started", {}).get(self.name)
        if started is None or is_pending(state["messages"]):
            return None
        seconds = self._clock() - started
        warned = state.get("time_warned", {})
        due = max((at for at in self._warn_at if at * self._budget_seconds <= seconds), default=0.0)
        if due <= warned.get(self.name, 0.0):
            return None
        announce(self.name, f"{due:.0%} of the time used")
        return {
            "messages": [note(self.name, self._warning(seconds))],
            "time_warned": {**warned, self.name: due},
        }

    @override
    async def abefore_model(self, state: TimeState, runtime: Runtime[Any]) -> dict[str, Any] | None:
        """As ``before_model``."""
        return self.before_model(state, runtime)

    def _warning(self, seconds: float) -> str:
        used = f"{seconds:.0f} of your {self._budget_seconds:.0f} seconds are used."
        if seconds < _URGENT * self._budget_seconds:
            return f"{used} Keep to what the instruction asks for."
        return f"Time is running out: {used} Start nothing new. Bring the work into a usable state and finish now."
