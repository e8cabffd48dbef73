"""Makes the model calls of one run and records them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from langchain_core.language_models.chat_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, SystemMessage, message_to_dict, messages_from_dict
from langchain_core.runnables import Runnable

from harness.clock import RunClock
from harness.conversation import input_json, new_messages, with_valid_calls
from harness.digest import json_hash, text_hash
from harness.models import effort_settings
from harness.run_record import InEffect, RunRecord

_REJECTED = frozenset({400, 413, 422})  # HTTP status codes that blame what was sent


_ALLOWED = ("reasoning_effort", "max_tokens", "stop", "tool_choice")  # what a harness may set for a call


class ModelRequestError(Exception):
    """What the agent process asked for is no model call."""


class ModelCallError(Exception):
    """The model did not answer; ``rejected`` when it blames what the harness sent."""

    def __init__(self, cause: Exception) -> None:
        super().__init__(type(cause).__name__)
        self.rejected = getattr(cause, "status_code", None) in _REJECTED


@dataclass(frozen=True, kw_only=True)
class _Call:
    """A request that was understood; ``new`` is what it adds to the one before, in JSON."""

    messages: list[BaseMessage]
    model: Runnable[Any, AIMessage]
    settings: dict[str, Any]
    effect: InEffect
    new: str


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
        call = self._understood(request)
        start_ns = self._record.now_ns()
        try:
            answer = call.model.invoke(call.messages, **call.settings)
        except Exception as error:
            self._record.chat(start_ns, call.effect, call.new, None, error)
            raise ModelCallError(error) from error
        answer = with_valid_calls(answer)
        self._clock.spend(_simulated_seconds(answer))
        self._record.chat(start_ns, call.effect, call.new, answer)
        return message_to_dict(answer)

    def _understood(self, request: Mapping[str, Any]) -> _Call:
        """Everything that can go wrong with what was sent goes wrong here, before it costs anything."""
        try:
            messages = messages_from_dict(request["messages"])
            tools = [dict(tool) for tool in request["tools"]]
            asked = {name: value for name, value in dict(request["settings"]).items() if name in _ALLOWED}
            effort = asked.pop("reasoning_effort", None) or self._effort
            effect = InEffect(
                model=self._name,
                effort=_text_or_none(effort),
                prompt_hash=text_hash("\n".join(m.text for m in messages if isinstance(m, SystemMessage))),
                tools_hash=json_hash(tools),
            )
            new = input_json(new_messages(self._before, messages))
            bound = self._bound(tools, asked.pop("tool_choice", None))
        except (LookupError, TypeError, ValueError, AttributeError, RecursionError) as error:
            raise ModelRequestError(type(error).__name__) from error
        self._before = messages
        settings = {**asked, **effort_settings(self._name, effect.effort)}
        return _Call(messages=messages, model=bound, settings=settings, effect=effect, new=new)

    def _bound(self, tools: list[dict[str, Any]], choice: Any) -> Runnable[Any, AIMessage]:
        if not tools:
            return self._model
        return self._model.bind_tools(tools, **({} if choice is None else {"tool_choice": choice}))


def _text_or_none(value: Any) -> str | None:
    if value is not None and not isinstance(value, str):
        raise TypeError("a reasoning effort is a text")
    return value


def _simulated_seconds(answer: AIMessage) -> float:
    told = answer.response_metadata.get("simulated_seconds", 0.0)
    return float(told) if isinstance(told, (int, float)) else 0.0
