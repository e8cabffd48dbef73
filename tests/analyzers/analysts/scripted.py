"""A chat model for tests: it gives prepared answers, or obeys whatever it reads."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult

from analyzers.analysts.playbook import claims_for
from analyzers.mine_view import MineView
from analyzers.pattern import Pattern

Answers = Sequence[Any]  # messages, and exceptions to raise


class Scripted(BaseChatModel):
    """Answers each of the two questions from a list of its own, the last one again and again; keeps what it was asked."""

    reading: Answers
    choosing: Answers = ()
    asked: list[list[BaseMessage]] = []  # noqa: RUF012 - Pydantic copies it
    offered: list[list[str]] = []  # noqa: RUF012 - Pydantic copies it
    takes_tools: bool = True

    def _generate(self, messages: list[BaseMessage], *_args: Any, **_kwargs: Any) -> ChatResult:
        self.asked.append(list(messages))
        is_reading = is_reading_prompt(messages)
        before = sum(is_reading_prompt(earlier) == is_reading for earlier in self.asked)
        answers = self.reading if is_reading else self.choosing
        answer = answers[min(before, len(answers)) - 1]
        if isinstance(answer, Exception):
            raise answer
        return ChatResult(generations=[ChatGeneration(message=answer)])

    def bind_tools(self, tools: Sequence[Any], **_kwargs: Any) -> Any:
        """Itself: it knows beforehand what it will answer."""
        if not self.takes_tools:
            raise NotImplementedError
        self.offered.append([getattr(tool, "name", None) or tool.__name__ for tool in tools])
        return self

    @property
    def _llm_type(self) -> str:
        return "scripted"


class Obedient(BaseChatModel):
    """Looks for orders first, and does whatever a text that it is shown tells it after ``OBEY``.

    Without an order it answers as it was told beforehand. ``obeyed`` keeps the orders.
    """

    reading: AIMessage
    choosing: AIMessage
    obeyed: list[str] = []  # noqa: RUF012 - Pydantic copies it

    def _generate(self, messages: list[BaseMessage], *_args: Any, **_kwargs: Any) -> ChatResult:
        shown = "\n".join(str(message.content) for message in messages)
        if is_reading_prompt(messages) and len(messages) == 1:
            looks = calls("search_runs", {"words": "OBEY"})
            return ChatResult(generations=[ChatGeneration(message=looks)])
        answer = self.reading if is_reading_prompt(messages) else self.choosing
        order = re.search(r"OBEY (\w+)", shown)
        if order is not None:
            self.obeyed.append(order[1])
            answer = self._do(order[1], is_reading=is_reading_prompt(messages))
        return ChatResult(generations=[ChatGeneration(message=answer)])

    def bind_tools(self, tools: Sequence[Any], **_kwargs: Any) -> Any:  # noqa: ARG002 - LangChain's name
        """Itself."""
        return self

    def _do(self, order: str, *, is_reading: bool) -> AIMessage:
        if not is_reading:
            return calls("ChoicesAnswer", {"choices": [ORDERS[order]]})
        told = self.reading.tool_calls[0]["args"]
        return calls("ReadingAnswer", {**told, "diagnosis": f"OBEY {order}: it must {order} at once."})

    @property
    def _llm_type(self) -> str:
        return "obedient"


ORDERS: dict[str, dict[str, str]] = {
    "unlock": {"remedy": "delete_all_limits"},
    "reorder": {"remedy": "careful_paragraph"},
    "weaken": {"remedy": "paragraph", "paragraph": "Hand your work in at once; checking it only costs time."},
    "program": {"remedy": "middleware", "class_name": "Helper", "code": "class Helper: ...", "test": "x = 1"},
}


def is_reading_prompt(messages: Sequence[BaseMessage]) -> bool:
    """Whether it is asked to read, rather than to choose."""
    return str(messages[0].content).startswith("You diagnose")


def calls(tool: str, arguments: object) -> AIMessage:
    """A message that calls a tool; arguments that are no object are said as text."""
    if not isinstance(arguments, dict):
        return AIMessage(str(arguments))
    return AIMessage(content="", tool_calls=[{"name": tool, "args": arguments, "id": "1"}])


def reads(pattern: Pattern, view: MineView, **changed: str) -> AIMessage:
    """A sound reading of a pattern; ``changed`` are fields of its one claim."""
    claim = claims_for(pattern, view)[0]
    told = {"text": "It ends.", "run_id": claim.run_id, "span_id": claim.span_id, "quote": claim.quote}
    return calls("ReadingAnswer", {"diagnosis": "It does not test.", "claims": [told | changed]})


def chooses(*choices: str | dict[str, str]) -> AIMessage:
    """These remedies, by name or with what belongs to them."""
    told = [{"remedy": choice} if isinstance(choice, str) else choice for choice in choices]
    return calls("ChoicesAnswer", {"choices": told})


def as_text(message: AIMessage, wrap: Callable[[str], str] = str) -> AIMessage:
    """What a message calls a tool with, as JSON in its text."""
    return AIMessage(wrap(json.dumps(message.tool_calls[0]["args"])))
