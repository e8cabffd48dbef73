"""Model calls on behalf of an agent process that is not trusted."""

from __future__ import annotations

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
