"""The agent process's proxies, with a supervisor that a test plays."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage, message_to_dict

from harness.agent_process.hands import Hands, runtime_arguments
from harness.agent_process.link import Link
from harness.agent_process.proxy_model import ProxyModel
from harness.agent_process.proxy_tools import proxy_tools
from harness.hands.schemas import tool_schemas
from harness.wire import ConnectionClosedError, receive_frame, send_frame
from tests.harness.hands.test_schemas import manifest

Answer = Callable[[dict[str, Any]], dict[str, Any]]


class Supervisor:
    """Answers each frame with what the test says, and keeps what was asked."""

    def __init__(self, connection: socket.socket) -> None:
        self.asked: list[dict[str, Any]] = []
        self.answer: Answer = lambda _: {}
        self._connection = connection

    def serve(self) -> None:
        """Until the other side closes."""
        try:
            while True:
                frame, _ = receive_frame(self._connection)
                self.asked.append(frame)
                send_frame(self._connection, {"now": float(len(self.asked)), **self.answer(frame)})
        except (ConnectionClosedError, OSError):
            return


@pytest.fixture
def supervisor() -> Iterator[tuple[Supervisor, Link]]:
    ours, theirs = socket.socketpair()
    played = Supervisor(theirs)
    thread = threading.Thread(target=played.serve)
    thread.start()
    with theirs:
        with ours:
            yield played, Link(ours, virtual=True, monotonic=lambda: 0.0)
        thread.join(timeout=5)


def test_every_answer_brings_the_clock(supervisor: tuple[Supervisor, Link]) -> None:
    """A virtual clock stands still in between."""
    _, link = supervisor
    before = link.clock()
    link.ask("tool")

    assert (before, link.clock(), link.clock()) == (0.0, 1.0, 1.0)


def test_a_real_clock_goes_on_between_answers() -> None:
    """From what was told last."""
    times = iter([0.0, 10.0, 12.5])
    ours, theirs = socket.socketpair()
    with ours, theirs:
        link = Link(ours, virtual=False, monotonic=lambda: next(times))
        send_frame(theirs, {"now": 7.0})
        link.ask("anything")

        assert link.clock() == 9.5


def test_threads_take_turns(supervisor: tuple[Supervisor, Link]) -> None:
    """Each gets the answer to its own question."""
    played, link = supervisor
    played.answer = lambda frame: {"text": frame["number"]}
    got: dict[int, int] = {}

    def ask(number: int) -> None:
        got[number] = link.ask("tool", number=number)["text"]

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert got == {number: number for number in range(8)}


def test_the_model_s_answer_comes_through(supervisor: tuple[Supervisor, Link]) -> None:
    """Messages, tools and allowed settings go out; anything else stays."""
    played, link = supervisor
    call = {"name": "bash", "args": {"command": "ls"}, "id": "1", "type": "tool_call"}
    answer = AIMessage(content="hm", tool_calls=[call], response_metadata={"finish_reason": "tool_calls"})
    played.answer = lambda _: {"message": message_to_dict(answer)}
    tools = proxy_tools(tool_schemas(manifest()), link)
    model = ProxyModel(link=link).bind_tools(tools, tool_choice="any", reasoning_effort="low", api_key="sk-1")
    got = model.invoke([SystemMessage("s"), HumanMessage("h")], stop=["END"])

    assert got.tool_calls == answer.tool_calls
    assert played.asked[0]["settings"] == {"reasoning_effort": "low", "tool_choice": "any", "stop": ["END"]}
    assert [message["type"] for message in played.asked[0]["messages"]] == ["system", "human"]
    assert played.asked[0]["tools"] == tool_schemas(manifest())


@pytest.mark.parametrize(
    "arguments",
    [{}, {"command": 1}, {"self": 1, "args": 2, "config": 3, "run_manager": 4, "tool_call_id": 5}],
)
def test_a_tool_forwards_whatever_it_gets(
    supervisor: tuple[Supervisor, Link], arguments: dict[str, Any]
) -> None:
    """Checking arguments is the supervisor's: none of their names can break the call."""
    played, link = supervisor
    played.answer = lambda _: {"text": "told"}
    tool = proxy_tools(tool_schemas(manifest()), link)[0]
    message = tool.invoke({"name": "bash", "args": arguments, "id": "call-7", "type": "tool_call"})

    assert message.content == "told"
    assert played.asked == [
        {"operation": "tool", "name": "bash", "call_id": "call-7", "arguments": arguments}
    ]


def test_hands_raise_what_the_supervisor_met(supervisor: tuple[Supervisor, Link]) -> None:
    """As the operating system would have."""
    played, link = supervisor
    played.answer = lambda _: {"error": "missing", "errno": 2}

    with pytest.raises(FileNotFoundError, match="missing"):
        Hands(link).read_file("missing")


def test_the_runtime_s_arguments_have_fixed_names(supervisor: tuple[Supervisor, Link]) -> None:
    """Those that ``harness.toml`` may not set, and the budget."""
    _, link = supervisor

    assert set(runtime_arguments(link, 5.0)) == {
        "clock", "run_command", "read_file", "write_file", "budget_seconds",
    }  # fmt: skip
