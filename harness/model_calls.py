"""Makes the model calls of one run and records them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from langchain_core.language_models.chat_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, SystemMessage, message_to_dict, messages_from_dict
from langchain_core.runnables import Runnable

from harness.clock import RunClock
from harness.conversation import new_messages, with_valid_calls
from harness.digest import json_hash, text_hash
from harness.models import effort_settings
from harness.run_record import InEffect, RunRecord

_REJECTED = frozenset({400, 413, 422})  # HTTP status codes that blame what was sent


class ModelRequestError(Exception):
    """What the agent process asked for is no model call."""


class ModelCallError(Exception):
    """The model did not answer; ``rejected`` when it blames what the harness sent."""

    def __init__(self, cause: Exception) -> None:
        super().__init__(type(cause).__name__)
        self.rejected = getattr(cause, "status_code", None) in _REJECTED


class ModelCalls:
    """A model, and what was sent to it before. ``effort`` is the harness's, where a call sets none."""

    def __init__(
        self, model: BaseChatModel, name: str, effort: str | None, record: RunRecord, clock: RunClock
    ) -> None:
        self._model = model
        self._name = name
        self._effort = effort
        self._record = record
        self._clock = clock
        self._before: list[BaseMessage] = []

    def answer(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """The model's answer as a LangChain message in JSON; raises ``ModelRequestError`` or ``ModelCallError``."""
        messages, tools, settings = _parsed(request)
        effort = settings.pop("reasoning_effort", None) or self._effort
        effect = InEffect(
            model=self._name,
            effort=effort,
            prompt_hash=text_hash(
                "\n".join(message.text for message in messages if isinstance(message, SystemMessage))
            ),
            tools_hash=json_hash(tools),
        )
        new, self._before = new_messages(self._before, messages), messages
        start_ns = self._record.now_ns()
        bound = self._bound(tools, settings.pop("tool_choice", None))
        try:
            answer = bound.invoke(messages, **settings, **effort_settings(self._name, effort))
        except Exception as error:
            self._record.chat(start_ns, effect, new, None, error)
            raise ModelCallError(error) from error
        answer = with_valid_calls(answer)
        self._clock.spend(_simulated_seconds(answer))
        self._record.chat(start_ns, effect, new, answer)
        return message_to_dict(answer)

    def _bound(self, tools: list[dict[str, Any]], choice: Any) -> Runnable[Any, AIMessage]:
        if not tools:
            return self._model
        return self._model.bind_tools(tools, **({} if choice is None else {"tool_choice": choice}))


def _parsed(request: Mapping[str, Any]) -> tuple[list[BaseMessage], list[dict[str, Any]], dict[str, Any]]:
    try:
        messages = messages_from_dict(request["messages"])
        tools = [dict(tool) for tool in request["tools"]]
        settings = dict(request["settings"])
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise ModelRequestError(type(error).__name__) from error
    if not isinstance(settings.get("reasoning_effort", ""), str):
        raise ModelRequestError("reasoning_effort is no text")
    return messages, tools, {name: value for name, value in settings.items() if name in _ALLOWED}


_ALLOWED: Sequence[str] = ("reasoning_effort", "max_tokens", "stop", "tool_choice")


def _simulated_seconds(answer: AIMessage) -> float:
    told = answer.response_metadata.get("simulated_seconds", 0.0)
    return float(told) if isinstance(told, (int, float)) else 0.0
