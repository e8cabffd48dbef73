"""Makes the model calls of one run and records them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from langchain_core.language_models.chat_models import BaseChatModel
from langchain_core.messages import (
    AIMessage,
    BaseMessage,
    HumanMessage,
    SystemMessage,
    ToolMessage,
    message_to_dict,
    messages_from_dict,
)
from langchain_core.runnables import Runnable

from harness.clock import RunClock
from harness.conversation import input_json, new_messages, with_valid_calls
from harness.digest import json_hash, text_hash
from harness.manifest import EFFORTS
from harness.models import effort_settings
from harness.run_record import InEffect, RunRecord

_REJECTED = frozenset({400, 413, 422})  # HTTP status codes that blame what was sent
_MISUSE = (AttributeError, LookupError, RecursionError, TypeError, ValueError)  # before anything is sent
_GARBLED = (json.JSONDecodeError, UnicodeError)  # what came back is no answer
_ALLOWED = ("reasoning_effort", "max_tokens", "stop", "tool_choice")  # what a harness may set for a call
_MESSAGES = (AIMessage, HumanMessage, SystemMessage, ToolMessage)  # what every provider takes


class ModelRequestError(Exception):
    """What the agent process asked for is no model call."""


class ModelCallError(Exception):
    """The model did not answer; ``rejected`` when what the harness sent is to blame, and not the way to the model.

    An odd tool or message that a provider's client stumbles over is sent on purpose or by mistake, but it is sent
    by the harness: were it infrastructure's failure, who is about to fail could have the run made again.
    """

    def __init__(self, cause: Exception) -> None:
        super().__init__(type(cause).__name__)
        status = getattr(cause, "status_code", None)
        misused = status is None and isinstance(cause, _MISUSE) and not isinstance(cause, _GARBLED)
        self.rejected = misused or status in _REJECTED


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
            request = _encodable(request)
            messages = _messages(request["messages"])
            tools = [dict(tool) for tool in request["tools"]]
            asked = {name: value for name, value in dict(request["settings"]).items() if name in _ALLOWED}
            _check(asked)
            effort = asked.pop("reasoning_effort", None) or self._effort
            effect = InEffect(
                model=self._name,
                effort=effort,
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


def _encodable(request: Mapping[str, Any]) -> Mapping[str, Any]:
    """The request without halves of characters, on which a provider's client would break."""
    text = json.dumps(request, ensure_ascii=False)
    encoded = text.encode("utf-8", "replace")
    found: Mapping[str, Any] = request if encoded.decode() == text else json.loads(encoded)
    return found


def _messages(given: Any) -> list[BaseMessage]:
    messages = messages_from_dict(given)
    if not messages or not all(isinstance(message, _MESSAGES) for message in messages):
        raise ValueError("a model takes human, ai, system and tool messages, one at least")
    return messages


def _check(asked: Mapping[str, Any]) -> None:
    """Raise ``ValueError`` for settings that are of no use to any provider."""
    effort, tokens, stop = (asked.get(name) for name in ("reasoning_effort", "max_tokens", "stop"))
    if effort is not None and effort not in EFFORTS:
        raise ValueError("no such reasoning effort")
    if tokens is not None and not (type(tokens) is int and tokens > 0):
        raise ValueError("max_tokens is a positive number")
    if stop is not None and not (isinstance(stop, list) and all(isinstance(word, str) for word in stop)):
        raise ValueError("stop is a list of texts")


def _simulated_seconds(answer: AIMessage) -> float:
    told = answer.response_metadata.get("simulated_seconds", 0.0)
    return float(told) if isinstance(told, (int, float)) else 0.0
