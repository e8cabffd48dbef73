"""Mends tool arguments that are almost JSON, and answers calls whose arguments are debris instead of carrying them out."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from langchain.agents.middleware import AgentMiddleware, AgentState
from langchain.agents.middleware.types import ToolCallRequest
from langchain_core.messages import AIMessage, ToolMessage
from langgraph.runtime import Runtime
from langgraph.types import Command
from typing_extensions import override

from middleware.activation import announce

_RAW = "__invalid_arguments__"  # under which some runtimes hand on arguments that were no JSON
_WHOLE = frozenset({"command", "cmd", "path", "file_path", "filename", "file", "script"})
_DEBRIS = re.compile(r"\s*(?:[:,](?=\s|[\"'\]}\[{]|$)|[\]}](?=[\s:,)\]}]|$)|[\"'] ?[:,] ?[\"'])")
_FENCE = re.compile(r"^\s*```\w*\s*|\s*```\s*$")
_CLOSERS = ("", "}", '"}', "]}", '"]}')


class ArgumentCheck(AgentMiddleware[AgentState[Any], Any, Any]):
    """Keeps broken tool calls from being carried out.

    Arguments that are JSON but for a code fence, words around the object or a missing end are mended. What cannot be
    mended, and commands and paths that begin like the middle of a JSON text, are answered with what is wrong, so that
    the model sends the call again instead of reading a shell's complaint.

    Args:
        name: Name of this instance, needed when a stack holds two; the class name by default.
    """

    def __init__(self, *, name: str | None = None) -> None:
        super().__init__()
        self._name = name or type(self).__name__

    @property
    @override
    def name(self) -> str:
        return self._name

    @override
    def after_model(self, state: AgentState[Any], runtime: Runtime[Any]) -> dict[str, Any] | None:
        """Mend calls that LangChain could not read; those that cannot be mended stay as they are."""
        message = state["messages"][-1]
        if not isinstance(message, AIMessage) or not message.invalid_tool_calls:
            return None
        read = [(call, mended(call["args"] or "")) for call in message.invalid_tool_calls]
        found = [
            {"name": call["name"] or "unknown", "args": arguments, "id": call["id"], "type": "tool_call"}
            for call, arguments in read
            if arguments is not None
        ]
        if not found:
            return None
        announce(self.name, f"mended the arguments of {len(found)} calls")
        left = [call for call, arguments in read if arguments is None]
        update = {"tool_calls": [*message.tool_calls, *found], "invalid_tool_calls": left}
        return {"messages": [message.model_copy(update=update)]}

    @override
    def wrap_tool_call(
        self, request: ToolCallRequest, handler: Callable[[ToolCallRequest], ToolMessage | Command[Any]]
    ) -> ToolMessage | Command[Any]:
        """Carry the call out, mended where that was needed, or answer it."""
        checked = self._checked(request)
        return checked if isinstance(checked, ToolMessage) else handler(checked)

    @override
    async def awrap_tool_call(
        self,
        request: ToolCallRequest,
        handler: Callable[[ToolCallRequest], Awaitable[ToolMessage | Command[Any]]],
    ) -> ToolMessage | Command[Any]:
        """As ``wrap_tool_call``."""
        checked = self._checked(request)
        return checked if isinstance(checked, ToolMessage) else await handler(checked)

    def _checked(self, request: ToolCallRequest) -> ToolCallRequest | ToolMessage:
        call = request.tool_call
        arguments: Mapping[str, Any] = call["args"]
        if _RAW in arguments:
            whole = mended(str(arguments[_RAW]))
            if whole is None:
                return self._answer(request, "its arguments are no JSON object")
            announce(self.name, f"mended the arguments of {call['name']}")
            return request.override(tool_call={**call, "args": whole})
        broken = next((name for name, value in arguments.items() if _is_debris(name, value)), None)
        return (
            request if broken is None else self._answer(request, f"{broken!r} holds a piece of broken JSON")
        )

    def _answer(self, request: ToolCallRequest, problem: str) -> ToolMessage:
        call = request.tool_call
        announce(self.name, f"answered a call of {call['name']}: {problem}")
        return ToolMessage(
            content=f"This call was not carried out: {problem}. Send the whole call again, its arguments as one JSON object.",
            tool_call_id=call["id"],
            name=call["name"],
            status="error",
        )


def mended(text: str) -> dict[str, Any] | None:
    """The JSON object that a text almost is; ``None`` where that is not plain."""
    bare = _FENCE.sub("", text)
    start = bare.find("{")
    if start < 0:
        return None
    for closer in _CLOSERS:
        try:
            found, _ = json.JSONDecoder(strict=False).raw_decode(bare[start:].rstrip() + closer)
        except (ValueError, RecursionError):
            continue
        return found if isinstance(found, dict) else None
    return None


def _is_debris(name: str, value: object) -> bool:
    return name in _WHOLE and isinstance(value, str) and _DEBRIS.match(value) is not None
