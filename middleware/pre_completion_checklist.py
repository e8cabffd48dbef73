"""Sends the model back with a checklist when it tries to end without having verified its work."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, NotRequired

from langchain.agents.middleware import AgentMiddleware, AgentState, hook_config
from langchain.agents.middleware.types import PrivateStateAttr
from langchain_core.messages import AIMessage, AnyMessage, ToolMessage
from langgraph.channels.untracked_value import UntrackedValue
from langgraph.runtime import Runtime
from typing_extensions import override

from middleware.activation import announce, note
from middleware.tool_calls import calls_of, is_verified

DEFAULT_CHECKS = (
    "Run the tests, or another check of your own, and read the output.",
    "Re-read the instruction and meet every requirement in it.",
)


class ChecklistState(AgentState[Any]):
    """Run state: how often each instance, by name, has sent the model back."""

    completion_gates: NotRequired[Annotated[dict[str, int], UntrackedValue, PrivateStateAttr]]


class PreCompletionChecklist(AgentMiddleware[ChecklistState, Any, Any]):
    """Gates before the end of a run, each passed once whatever the model does with it, so a run always ends.

    A run that made no tool call passes through: there is nothing to check. The gate is an ``after_model`` hook that
    declares its jump: an undeclared one is ignored by LangChain unless its middleware is the outermost. As with every
    jump, ``after_model`` hooks further out do not see the ending that was sent back.

    Args:
        checks: The checklist, one imperative sentence each.
        max_gates: How often per run the model may be sent back, at least 1.
        require_verification: Whether a run passes through when the last test-like command after its last edit
            succeeded. When false, every run meets the gate, verified or not: choose this for checks that
            tests cannot make, such as re-reading the instruction.
        name: Name of this instance, needed when a stack holds two; the class name by default.

    Raises:
        ValueError: For a checklist without text or fewer than one gate.
    """

    state_schema = ChecklistState

    def __init__(
        self,
        *,
        checks: tuple[str, ...] = DEFAULT_CHECKS,
        max_gates: int = 1,
        require_verification: bool = True,
        name: str | None = None,
    ) -> None:
        given: object = checks  # a bare string would pass for a sequence of one-letter checks
        if isinstance(given, str) or not checks or not all(check.strip() for check in checks):
            raise ValueError(
                f"PreCompletionChecklist needs checks as a list of non-empty sentences; got {checks!r}"
            )
        if max_gates < 1:
            raise ValueError(f"PreCompletionChecklist needs max_gates >= 1; got {max_gates}")
        super().__init__()
        self._checks = tuple(checks)
        self._max_gates = max_gates
        self._require_verification = require_verification
        self._name = name or type(self).__name__

    @property
    @override
    def name(self) -> str:
        return self._name

    @hook_config(can_jump_to=["model"])
    @override
    def after_model(self, state: ChecklistState, runtime: Runtime[Any]) -> dict[str, Any] | None:
        """Send the model back with the checklist if it tries to end and a gate is left."""
        gates = state.get("completion_gates", {})
        if gates.get(self.name, 0) >= self._max_gates or (ending := _ending(state)) is None:
            return None
        calls = calls_of(state["messages"])
        if not calls and not ending.invalid_tool_calls:
            return None
        verified = is_verified(calls)
        if self._require_verification and verified:
            return None
        announce(self.name, "verified, checklist asked" if verified else "ending without verification")
        return {
            "messages": [*_answers(ending, state["messages"]), note(self.name, self._text(verified))],
            "completion_gates": {**gates, self.name: gates.get(self.name, 0) + 1},
            "jump_to": "model",
        }

    @hook_config(can_jump_to=["model"])
    @override
    async def aafter_model(self, state: ChecklistState, runtime: Runtime[Any]) -> dict[str, Any] | None:
        """As ``after_model``."""
        return self.after_model(state, runtime)

    def _text(self, verified: bool) -> str:
        lines = ["You are not finished yet. Before you end, do this:"]
        if not verified:
            lines[0] = "You are not finished yet: your work is not verified. Before you end, do this:"
        return "\n".join(
            [*lines, *(f"- {check}" for check in self._checks), "End only when all of it is done."]
        )


def _ending(state: ChecklistState) -> AIMessage | None:
    last = next((message for message in reversed(state["messages"]) if isinstance(message, AIMessage)), None)
    if last is None or (last.tool_calls and state.get("structured_response") is None):
        return None
    return last


def _answers(ending: AIMessage, messages: Sequence[AnyMessage]) -> list[ToolMessage]:
    """Answers to calls whose arguments were no valid JSON: no human message may come before them."""
    answered = {message.tool_call_id for message in messages if isinstance(message, ToolMessage)}
    return [
        ToolMessage(
            content="Not executed: the arguments are not valid JSON. Repeat the call with valid arguments.",
            name=call["name"] or "unknown",
            tool_call_id=call["id"],
            status="error",
        )
        for call in ending.invalid_tool_calls
        if call["id"] and call["id"] not in answered
    ]
