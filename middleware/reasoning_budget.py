"""Chooses the reasoning effort by phase: much for planning, less for the work, much for the last check."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from langchain.agents.middleware import AgentMiddleware, AgentState, ModelRequest, ModelResponse
from langchain_core.messages import AIMessage, BaseMessage
from typing_extensions import override

from middleware.activation import announce
from middleware.tool_calls import calls_of, is_verified, this_run

EFFORTS = ("low", "medium", "high")


class ReasoningBudget(AgentMiddleware[AgentState[Any], Any, Any]):
    """Sets the model setting ``reasoning_effort`` for each call, the sandwich by default.

    The phase follows from the messages: *plan* for the first calls of a run, *verify* while tests have passed
    since the last edit, *work* otherwise. It announces itself where the phase changes, not at every call.

    Args:
        plan_effort: Effort of the first ``plan_calls`` model calls: low, medium or high.
        work_effort: Effort of the calls after them.
        verify_effort: Effort of the calls after tests have passed and before the next edit.
        plan_calls: How many model calls the plan takes; 0 for none.
        name: Name of this instance, needed when a stack holds two; the class name by default.

    Raises:
        ValueError: For an unknown effort or a negative ``plan_calls``.
    """

    def __init__(
        self,
        *,
        plan_effort: str = "high",
        work_effort: str = "medium",
        verify_effort: str = "high",
        plan_calls: int = 2,
        name: str | None = None,
    ) -> None:
        efforts = {"plan": plan_effort, "work": work_effort, "verify": verify_effort}
        for phase, effort in efforts.items():
            if effort not in EFFORTS:
                raise ValueError(
                    f"ReasoningBudget needs {phase}_effort as one of {', '.join(EFFORTS)}; got {effort!r}"
                )
        if plan_calls < 0:
            raise ValueError(f"ReasoningBudget needs plan_calls >= 0; got {plan_calls}")
        super().__init__()
        self._efforts = efforts
        self._plan_calls = plan_calls
        self._name = name or type(self).__name__

    @property
    @override
    def name(self) -> str:
        return self._name

    @override
    def wrap_model_call(
        self, request: ModelRequest[Any], handler: Callable[[ModelRequest[Any]], ModelResponse[Any]]
    ) -> ModelResponse[Any]:
        """Call the model with the effort of the phase."""
        return handler(self._with_effort(request))

    @override
    async def awrap_model_call(
        self,
        request: ModelRequest[Any],
        handler: Callable[[ModelRequest[Any]], Awaitable[ModelResponse[Any]]],
    ) -> ModelResponse[Any]:
        """As ``wrap_model_call``."""
        return await handler(self._with_effort(request))

    def _with_effort(self, request: ModelRequest[Any]) -> ModelRequest[Any]:
        run = this_run(request.messages)
        phase = self._phase(run)
        if phase != self._phase_before(run):
            announce(self.name, f"{phase} phase, {self._efforts[phase]} effort")
        return request.override(
            model_settings={**request.model_settings, "reasoning_effort": self._efforts[phase]}
        )

    def _phase(self, run: Sequence[BaseMessage]) -> str:
        if sum(isinstance(message, AIMessage) for message in run) < self._plan_calls:
            return "plan"
        return "verify" if is_verified(calls_of(run)) else "work"

    def _phase_before(self, run: Sequence[BaseMessage]) -> str | None:
        spoken = [at for at, message in enumerate(run) if isinstance(message, AIMessage)]
        return self._phase(run[: spoken[-1]]) if spoken else None
