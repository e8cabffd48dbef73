"""Notices that the model edits one file again and again or repeats a call, and makes it reconsider."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, NotRequired

from langchain.agents.middleware import AgentMiddleware, AgentState
from langchain.agents.middleware.types import PrivateStateAttr, ToolCallRequest
from langchain_core.messages import BaseMessage, ToolMessage
from langgraph.channels.untracked_value import UntrackedValue
from langgraph.runtime import Runtime
from langgraph.types import Command
from typing_extensions import override

from middleware.activation import MARK, announce, is_note, note
from middleware.tool_calls import Call, calls_of, edited_files, is_pending, latest_calls

_RECONSIDERATIONS = 3  # per run: a model that ignored three will ignore the fourth


class LoopState(AgentState[Any]):
    """Run state: reconsiderations asked for so far, by the middleware's name."""

    loop_reconsiderations: NotRequired[Annotated[dict[str, int], UntrackedValue, PrivateStateAttr]]


@dataclass(frozen=True, kw_only=True)
class _Loop:
    fact: str
    reason: str
    excess: int  # how far the count is above the soft limit


class LoopDetection(AgentMiddleware[LoopState, Any, Any]):
    """Breaks loops of edits and of identical calls.

    Counted per run, from the messages: edits of each file, and repetitions of a call with the same name and
    arguments. A call that edits nothing counts as repeated only if its result is the same and no file was
    edited in between, so running the tests after each edit is no loop. From the soft limit on, a
    note follows each turn that goes on; from the hard limit on the model is told to stop and reconsider, at most
    three times per run, and a call that would be repeated once more is answered without being executed.

    Args:
        soft_limit: Edits of one file at which the first note is given.
        hard_limit: Edits of one file at which reconsideration is forced; above ``soft_limit``.
        repeat_limit: Identical calls at which the first note is given, at least 2. Their hard limit is as
            far above it as ``hard_limit`` is above ``soft_limit``.
        name: Name of this instance, needed when a stack holds two; the class name by default.

    Raises:
        ValueError: For limits that contradict each other.
    """

    state_schema = LoopState

    def __init__(
        self, *, soft_limit: int = 5, hard_limit: int = 8, repeat_limit: int = 3, name: str | None = None
    ) -> None:
        if soft_limit < 1 or repeat_limit < 2:
            raise ValueError(
                f"LoopDetection needs soft_limit >= 1 and repeat_limit >= 2; got {soft_limit} and {repeat_limit}"
            )
        if hard_limit <= soft_limit:
            raise ValueError(
                f"LoopDetection needs hard_limit above soft_limit; got {hard_limit} and {soft_limit}"
            )
        super().__init__()
        self._soft_limit = soft_limit
        self._repeat_limit = repeat_limit
        self._margin = hard_limit - soft_limit
        self._name = name or type(self).__name__

    @property
    @override
    def name(self) -> str:
        return self._name

    @override
    def before_model(self, state: LoopState, runtime: Runtime[Any]) -> dict[str, Any] | None:
        """Add a note about the worst loop that the last turn continued."""
        if is_pending(state["messages"]) or (loop := self._worst_loop(state["messages"])) is None:
            return None
        if loop.excess < self._margin:
            announce(self.name, loop.reason)
            return {"messages": [note(self.name, _advice(loop))]}
        given = state.get("loop_reconsiderations", {})
        if given.get(self.name, 0) >= _RECONSIDERATIONS:
            return None
        announce(self.name, f"{loop.reason}, reconsider")
        return {
            "messages": [note(self.name, _order(loop))],
            "loop_reconsiderations": {**given, self.name: given.get(self.name, 0) + 1},
        }

    @override
    async def abefore_model(self, state: LoopState, runtime: Runtime[Any]) -> dict[str, Any] | None:
        """As ``before_model``."""
        return self.before_model(state, runtime)

    @override
    def wrap_tool_call(
        self, request: ToolCallRequest, handler: Callable[[ToolCallRequest], ToolMessage | Command[Any]]
    ) -> ToolMessage | Command[Any]:
        """Execute the call, unless it only repeats what was repeated to the hard limit."""
        return self._refusal(request) or handler(request)

    @override
    async def awrap_tool_call(
        self,
        request: ToolCallRequest,
        handler: Callable[[ToolCallRequest], Awaitable[ToolMessage | Command[Any]]],
    ) -> ToolMessage | Command[Any]:
        """As ``wrap_tool_call``."""
        return self._refusal(request) or await handler(request)

    def _worst_loop(self, messages: Sequence[BaseMessage]) -> _Loop | None:
        calls = calls_of(messages)
        loops = [loop for call in latest_calls(messages) for loop in self._loops(call, calls)]
        return max((loop for loop in loops if loop.excess >= 0), key=lambda loop: loop.excess, default=None)

    def _loops(self, call: Call, calls: Sequence[Call]) -> list[_Loop]:
        repeats = _repeats(call, calls)
        loops = [
            _Loop(
                fact=f"You have made the same {_short(call.name)} call {repeats} times.",
                reason=f"same call {repeats} times",
                excess=repeats - self._repeat_limit,
            )
        ]
        for path in edited_files(call):
            edits = sum(path in edited_files(one) for one in calls)
            fact = f"You have edited {_short(path)} {edits} times."
            loops.append(
                _Loop(fact=fact, reason=f"{edits} edits of one file", excess=edits - self._soft_limit)
            )
        return loops

    def _refusal(self, request: ToolCallRequest) -> ToolMessage | None:
        messages = request.state["messages"]
        call = next((c for c in latest_calls(messages) if c.call_id == request.tool_call["id"]), None)
        if call is None:
            return None
        repeats = _repeats(call, calls_of(messages))
        excess = repeats - self._repeat_limit - self._margin
        if not 0 <= excess < _RECONSIDERATIONS:
            return None
        announce(self.name, "repeated call refused")
        return ToolMessage(
            content=f"Not executed: you have made this exact call {repeats - 1} times before. Do something else.",
            additional_kwargs={MARK: self.name},
            name=call.name,
            tool_call_id=call.call_id,
            status="error",
        )


def _repeats(call: Call, calls: Sequence[Call]) -> int:
    same = [one for one in calls[: calls.index(call) + 1] if one.identity == call.identity]
    if edited_files(call):
        return len(same)
    edited = next((one.turn for one in reversed(calls) if one.turn < call.turn and edited_files(one)), -1)
    same = [one for one in same if one.turn > edited]
    # Refused calls and the one about to be executed have no result of their own and count as unchanged.
    results = [str(one.result.text) for one in same if one.result is not None and not is_note(one.result)]
    return len(same) - sum(text != results[-1] for text in results)


def _advice(loop: _Loop) -> str:
    return f"{loop.fact} You may be going in circles. Step back, read the last error again and try a different approach."


def _order(loop: _Loop) -> str:
    return (
        f"Stop and reconsider. {loop.fact} This approach does not work; do not repeat it. "
        "Name the assumption that must be wrong, then take a clearly different approach."
    )


def _short(text: str) -> str:
    return "".join(character for character in text[:120] if character.isprintable())
