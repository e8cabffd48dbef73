"""Model calls on behalf of an agent process that is not trusted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import HumanMessage, SystemMessage, message_to_dict

from harness.clock import VirtualClock
from harness.model_calls import ModelCallError, ModelCalls, ModelRequestError
from harness.run_record import RunRecord
from tests.harness.scripted import MODEL, Harness, Say, Script, request
from traces import attributes as names
from traces.span import Span

MESSAGES = [message_to_dict(SystemMessage("Work.")), message_to_dict(HumanMessage("Do it."))]


class Sink(list[Span]):
    """Keeps spans in memory."""


class Calls:
    """Model calls with what they leave behind."""

    def __init__(self, folder: Path, *says: Say) -> None:
        self.spans = Sink()
        self.clock = VirtualClock()
        record = RunRecord(request(Harness().checkout(folder)), self.spans, self.clock, 10**18)
        self.calls = ModelCalls(Script(says)(MODEL, 1), MODEL, "high", record, self.clock)

    def ask(self, **more: Any) -> dict[str, Any]:
        """One call."""
        return self.calls.answer({"messages": MESSAGES, "tools": [], "settings": {}, **more})


def test_an_answer_is_recorded_and_timed(tmp_path: Path) -> None:
    """The span has usage and settings; the clock moves by what the model says it took."""
    made = Calls(tmp_path, Say("yes", seconds=12.0))
    answer = made.ask()
    (span,) = made.spans

    assert answer["data"]["content"] == "yes"
    assert made.clock.now() == 12.0
    assert span.attributes[names.REASONING_EFFORT] == "high"
    assert span.attributes[names.OUTPUT_TOKENS] == 5
    assert (span.end_ns - span.start_ns) / 1e9 == pytest.approx(12.0, abs=0.001)


def test_only_allowed_settings_reach_the_model(tmp_path: Path) -> None:
    """A harness chooses effort, length, stops and tools, and no address to send keys to."""
    made = Calls(tmp_path, Say("{effort}"))
    answer = made.ask(settings={"reasoning_effort": "low", "base_url": "http://evil", "api_key": "x"})

    assert answer["data"]["content"] == "low"


@pytest.mark.parametrize(
    "bad",
    [
        {"messages": "text"},
        {"messages": [{"type": "human"}]},
        {"messages": [{"type": "nobody", "data": {}}]},
        {"messages": [{"type": "human", "data": {"content": {"a": object.__name__}}}]},
        {"messages": [1]},
        {"tools": 7},
        {"settings": [1]},
        {"settings": {"reasoning_effort": 5}},
    ],
)
def test_what_is_no_request_is_refused(tmp_path: Path, bad: dict[str, Any]) -> None:
    """Before any model is called."""
    made = Calls(tmp_path, Say("never"))

    with pytest.raises(ModelRequestError):
        made.ask(**bad)
    assert made.spans == []


def test_a_failed_call_is_recorded_as_one(tmp_path: Path) -> None:
    """With the error's class and text; it is no step."""
    made = Calls(tmp_path, Say(error=TimeoutError))

    with pytest.raises(ModelCallError, match="TimeoutError"):
        made.ask()
    assert made.spans[0].attributes[names.ERROR_TYPE] == "TimeoutError"
    assert made.spans[0].status_message == "scripted"


def test_halves_of_characters_do_not_reach_a_provider(tmp_path: Path) -> None:
    """Its client could not encode them, and the run would count as infrastructure's failure."""
    made = Calls(tmp_path, Say("{last}"))
    odd = message_to_dict(HumanMessage("a\ud800b é 😀"))
    answer = made.ask(messages=[*MESSAGES, odd])

    assert answer["data"]["content"] == "a?b é 😀"
    made.spans[0].attributes[names.INPUT_MESSAGES].encode()  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "settings",
    [
        {"reasoning_effort": "ultra"},
        {"reasoning_effort": ["low"]},
        {"max_tokens": 0},
        {"max_tokens": True},
        {"max_tokens": "9"},
        {"stop": "END"},
        {"stop": [1]},
    ],
)
def test_settings_of_no_use_are_refused(tmp_path: Path, settings: dict[str, Any]) -> None:
    """Before a provider breaks on them, which would be nobody's failure."""
    made = Calls(tmp_path, Say("never"))

    with pytest.raises(ModelRequestError, match="ValueError"):
        made.ask(settings=settings)
    assert made.spans == []


@pytest.mark.parametrize("kind", ["chat", "function", "remove"])
def test_kinds_of_messages_that_no_provider_takes_are_refused(tmp_path: Path, kind: str) -> None:
    """LangChain knows more of them than there are roles."""
    data = {"content": "", "role": "x", "name": "x", "id": "1"}

    with pytest.raises(ModelRequestError):
        Calls(tmp_path, Say("never")).ask(messages=[*MESSAGES, {"type": kind, "data": data}])


def test_a_refused_request_is_not_what_the_next_one_adds_to(tmp_path: Path) -> None:
    """What was recorded before is what a model saw before."""
    made = Calls(tmp_path, Say("yes"))
    more = message_to_dict(HumanMessage("More."))
    with pytest.raises(ModelRequestError):
        made.ask(messages=[*MESSAGES, more], settings={"max_tokens": -1})
    made.ask()
    made.ask(messages=[*MESSAGES, more])

    assert "Do it." in str(made.spans[0].attributes[names.INPUT_MESSAGES])
    assert "Do it." not in str(made.spans[1].attributes[names.INPUT_MESSAGES])
    assert "More." in str(made.spans[1].attributes[names.INPUT_MESSAGES])


class RefusedError(Exception):
    """What a provider's client raises, with the response's status."""

    def __init__(self, _: str) -> None:
        super().__init__("refused")
        self.status_code = self.code

    code = 0


@pytest.mark.parametrize(
    ("status", "rejected"), [(400, True), (413, True), (422, True), (401, False), (429, False), (500, False)]
)
def test_whom_a_status_blames(tmp_path: Path, status: int, rejected: bool) -> None:
    """What was sent, or the provider, the key and the machine."""
    error = type("RefusedError", (RefusedError,), {"code": status})
    with pytest.raises(ModelCallError) as caught:
        Calls(tmp_path, Say(error=error)).ask()

    assert caught.value.rejected is rejected


def test_what_was_in_effect_is_hashed(tmp_path: Path) -> None:
    """The system prompt and the tools as they were sent: equal ones have equal hashes."""
    made = Calls(tmp_path, Say("yes"))
    tool = {"type": "function", "function": {"name": "t", "parameters": {"type": "object", "properties": {}}}}
    made.ask(tools=[tool])
    made.ask(tools=[dict(reversed(tool.items()))])
    made.ask(messages=[message_to_dict(SystemMessage("Work hard.")), MESSAGES[1]])
    first, same, other = (span.attributes for span in made.spans)

    assert first[names.TOOLS_HASH] == same[names.TOOLS_HASH] != other[names.TOOLS_HASH]
    assert first[names.PROMPT_HASH] == same[names.PROMPT_HASH] != other[names.PROMPT_HASH]
    assert (first[names.PROVIDER], first[names.REQUEST_MODEL]) == ("simulated", MODEL)
    assert first[names.FINISH_REASONS] == ("stop",)


@pytest.mark.parametrize(
    ("error", "is_harness_s"),
    [
        (KeyError("function"), True),
        (TypeError("no text"), True),
        (ValueError("unknown message"), True),
        (RecursionError("too deep"), True),
        (AttributeError("name"), True),
        (json.JSONDecodeError("garbled answer", "", 0), False),
        (UnicodeDecodeError("utf-8", b"x", 0, 1, "garbled answer"), False),
        (ConnectionError("gone"), False),
        (TimeoutError("late"), False),
        (OSError("broken"), False),
        (RuntimeError("anything"), False),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_a_client_stumbles_over_is_the_harness_s(error: Exception, *, is_harness_s: bool) -> None:
    """It came from what was sent; a line that breaks, or an answer that is none, did not."""
    assert ModelCallError(error).rejected is is_harness_s
