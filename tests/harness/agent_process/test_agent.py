"""An agent process as its supervisor hears it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from langchain_core.messages import AIMessage, message_to_dict

from harness.hands.schemas import tool_schemas
from harness.sandboxes.fork_service import ForkService
from harness.sandboxes.session_process import pack
from harness.wire import ConnectionClosedError, receive_frame, send_frame
from tests.harness.hands.test_schemas import manifest

CALL = {"name": "bash", "args": {"command": "ls"}, "id": "1", "type": "tool_call"}
Answer = Callable[[dict[str, Any]], dict[str, Any]]


def frames(
    processes: ForkService, answer: Answer, *, files: Mapping[str, str] | None = None, **more: Any
) -> list[Any]:
    """All that a real agent process says after its first word, answered as the test wants."""
    index, body = pack({path: text.encode() for path, text in (files or {}).items()})
    start = {
        "files": index,
        "folder": "/nowhere",
        "tree": "abc",
        "seed": 1,
        "virtual": True,
        "wall_seconds": 60.0,
        "instruction": "Do it.",
        "system_prompt": "Work.",
        "tools": tool_schemas(manifest()),
        "middleware": [],
        **more,
    }
    said = []
    with processes.fork() as process:
        send_frame(process.connection, start, body)
        first, _ = receive_frame(process.connection, seconds=30)
        try:
            while True:
                frame, _ = receive_frame(process.connection, seconds=30)
                said.append(frame)
                if frame["operation"] in {"model", "tool", "hand"}:
                    send_frame(process.connection, {"now": float(len(said)), **answer(frame)})
        except ConnectionClosedError:
            pass

    assert first == {"operation": "ready"}
    return said


def own(code: str) -> dict[str, Any]:
    """A harness with one middleware, whose hook runs ``code``."""
    text = (
        "from langchain.agents.middleware import AgentMiddleware\n"
        f"class Own(AgentMiddleware):\n    def before_model(self, state, runtime):\n        {code}\n"
    )
    entry = {"use": "./own.py:Own", "module": None, "path": "own.py", "class": "Own", "parameters": {}}
    return {"files": {"own.py": text}, "middleware": [entry]}


def one_call(frame: dict[str, Any]) -> dict[str, Any]:
    """A model that calls a tool, and then is done."""
    if frame["operation"] == "tool":
        return {"text": "a.txt"}
    done = any(message["type"] == "tool" for message in frame["messages"])
    answer = AIMessage(content="done") if done else AIMessage(content="", tool_calls=[CALL])
    return {"message": message_to_dict(answer)}


def test_a_run_is_calls_and_an_end(agent_processes: ForkService) -> None:
    """The prompt is a system message, a tool's result goes back with the next call."""
    said = frames(agent_processes, one_call)

    assert [frame["operation"] for frame in said] == ["model", "tool", "model", "end"]
    assert [message["type"] for message in said[0]["messages"]] == ["system", "human"]
    assert said[1] == {"operation": "tool", "name": "bash", "call_id": "1", "arguments": {"command": "ls"}}
    assert said[2]["messages"][-1]["data"]["content"] == "a.txt"
    assert said[3] == {"operation": "end", "status": "finished", "kind": "", "message": ""}


def test_an_empty_prompt_is_none(agent_processes: ForkService) -> None:
    """No empty message is sent: some providers refuse one."""
    said = frames(agent_processes, one_call, system_prompt="", tools=[])

    assert [message["type"] for message in said[0]["messages"]] == ["human"]
    assert said[0]["tools"] == []


@pytest.mark.parametrize(
    ("code", "end"),
    [
        ("raise RuntimeError('m' * 900)", {"status": "error", "kind": "RuntimeError", "message": "m" * 500}),
        ("return self.no_such_thing", {"status": "error", "kind": "AttributeError"}),
    ],
)
def test_an_exception_of_middleware_is_told(
    agent_processes: ForkService, code: str, end: dict[str, str]
) -> None:
    """By its class and the beginning of its text."""
    (said,) = frames(agent_processes, one_call, **own(code))

    assert said["operation"] == "end"
    assert end.items() <= said.items()


def test_middleware_that_cannot_be_made_is_an_invalid_harness(agent_processes: ForkService) -> None:
    """No model is called for it."""
    (said,) = frames(agent_processes, one_call, middleware=own("pass")["middleware"])

    assert (said["status"], said["kind"]) == ("invalid", "load")
    assert said["message"].startswith("./own.py:Own: FileNotFoundError")


@pytest.mark.parametrize("code", ["raise SystemExit", "raise KeyboardInterrupt", "__import__('os')._exit(0)"])
def test_what_ends_a_process_ends_without_a_word(agent_processes: ForkService, code: str) -> None:
    """It is the supervisor who says what that means."""
    assert frames(agent_processes, one_call, **own(code)) == []


def test_equal_seeds_draw_equal_numbers(agent_processes: ForkService) -> None:
    """Middleware that draws does so alike in both arms of a pair, and sets hash alike."""
    code = "raise ValueError(str((__import__('random').random(), hash('a'))))"
    drawn = [frames(agent_processes, one_call, seed=seed, **own(code))[0]["message"] for seed in (1, 1, 2)]

    assert drawn[0] == drawn[1] != drawn[2]


def test_one_descriptor_is_all_that_there_is(agent_processes: ForkService) -> None:
    """Beyond the standard three, which lead nowhere: the connection to the supervisor."""
    code = """import os, stat
        found = []
        for number in range(1024):
            try:
                mode = os.fstat(number).st_mode
            except OSError:
                continue
            found.append("device" if stat.S_ISCHR(mode) else "socket" if stat.S_ISSOCK(mode) else "other")
        raise ValueError(" ".join(found))"""
    (said,) = frames(agent_processes, one_call, **own(code))

    assert sorted(said["message"].split()) == ["device", "device", "device", "socket"]
