"""Asks a chat model until an answer fits its schema, letting it look things up meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, TypeVar

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolCall, ToolMessage
from langchain_core.runnables import Runnable
from langchain_core.tools import BaseTool
from pydantic import BaseModel, ValidationError

from analyzers.analysts.budget import Meter
from analyzers.errors import BudgetExceededError, MalformedAnswerError, ModelFailedError

_RETRIES = 2
_REFUSAL = 200  # characters of an error that are sent back

Schema = TypeVar("Schema", bound=BaseModel)


class Desk(Protocol):
    """Where a model looks things up."""

    @property
    def tools(self) -> Sequence[BaseTool]:
        """What it may call now; nothing any more once its share is used up."""
        ...

    def look_up(self, name: str, arguments: dict[str, Any]) -> str:
        """The result of one call, or what was wrong with it."""
        ...


class Asking:
    """One model for the length of one diagnosis; what it takes is counted by ``meter``.

    It answers by calling a tool that has the schema's name. A model that cannot call tools, or whose server refuses them,
    answers with JSON in its text, from the prompt alone.
    """

    def __init__(self, model: BaseChatModel, *, name: str, meter: Meter) -> None:
        self._model = model
        self._name = name
        self._meter = meter
        self._calls_tools = True

    def ask(self, prompt: str, schema: type[Schema], desk: Desk | None = None) -> Schema:
        """An answer that fits.

        Raises ``MalformedAnswerError`` at the third that does not, ``BudgetExceededError`` where the meter says so, and
        ``ModelFailedError`` where the model cannot be reached.
        """
        messages: list[BaseMessage] = [HumanMessage(prompt)]
        malformed, problem = 0, ""
        while malformed <= _RETRIES:
            tools = desk.tools if desk else ()
            message = self._call(messages, (*tools, schema))
            answer, problem = read_answer(message, schema)
            if answer is not None:
                return answer
            if desk and tools and message.tool_calls and not _calls(message, schema):
                messages += [message, *_look_up(message, desk)]
                continue
            self._meter.malformed()
            malformed += 1
            messages.append(HumanMessage(f"Your answer did not fit: {problem} Answer again."))
        raise MalformedAnswerError(
            f"{self._name} gave {malformed} malformed answers; the last: {problem}", spent=self._meter.spent
        )

    def _call(self, messages: list[BaseMessage], tools: Sequence[BaseTool | type[BaseModel]]) -> AIMessage:
        bound = self._bound(tools)
        try:
            return self._answer(bound, messages)
        except ModelFailedError:
            if not self._calls_tools or self._meter.spent.calls > 1:
                raise
            self._calls_tools = False  # its server may not take tools: once more without
            return self._answer(self._model, messages)

    def _bound(self, tools: Sequence[BaseTool | type[BaseModel]]) -> Runnable[Any, Any]:
        if self._calls_tools:
            try:
                return self._model.bind_tools(tools)
            except NotImplementedError:
                self._calls_tools = False
        return self._model

    def _answer(self, model: Runnable[Any, Any], messages: list[BaseMessage]) -> AIMessage:
        self._meter.before_call()
        try:
            message = model.invoke(messages)
        except (MemoryError, BudgetExceededError):
            raise
        except Exception as error:
            raise ModelFailedError(
                f"{self._name} gave no answer: {type(error).__name__}: {one_line(str(error))}",
                spent=self._meter.spent,
            ) from error
        assert isinstance(message, AIMessage)
        self._meter.after_call(messages, message)
        return message


def read_answer(message: AIMessage, schema: type[Schema]) -> tuple[Schema | None, str]:
    """The answer in a message, or what is wrong with it: a call of the schema, else JSON in the text."""
    given = _calls(message, schema)
    if message.tool_calls and not given:
        return None, f"it calls {message.tool_calls[0]['name'][:40]!r} instead of {schema.__name__}."
    try:
        if given:
            return schema.model_validate(given[0]["args"]), ""
        text = message.text
        return schema.model_validate_json(text[text.find("{") : text.rfind("}") + 1]), ""
    except ValidationError as error:
        return None, _problem(error)


def _problem(error: ValidationError) -> str:
    """What is wrong where, without what was given."""
    found = error.errors(include_url=False, include_context=False, include_input=False)
    places = (".".join(map(str, each["loc"])) or "the answer" for each in found)
    return one_line("; ".join(f"{place}: {each['msg']}" for place, each in zip(places, found, strict=True)))


def one_line(text: str) -> str:
    """The beginning of a text as one line."""
    return " ".join(text.split())[:_REFUSAL]


def _calls(message: AIMessage, schema: type[BaseModel]) -> list[ToolCall]:
    """The calls by which a message answers."""
    return [call for call in message.tool_calls if call["name"] == schema.__name__]


def _look_up(message: AIMessage, desk: Desk) -> list[ToolMessage]:
    """The results of all that a message asks for."""
    return [
        ToolMessage(desk.look_up(call["name"], call["args"]), tool_call_id=call["id"] or "")
        for call in message.tool_calls
    ]
