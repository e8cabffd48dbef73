"""A scripted chat model, real tools on a real folder, and a way to run agents with them."""

from __future__ import annotations

import asyncio
import itertools
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pytest
from langchain.agents import create_agent
from langchain.agents.middleware import AgentMiddleware
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AnyMessage, BaseMessage, HumanMessage, ToolMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.tools import BaseTool, tool
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from pydantic import Field
from typing_extensions import override

Turn = str | AIMessage | list[tuple[str, dict[str, Any]]]  # final text, a message, or tool calls


@dataclass(frozen=True, kw_only=True)
class Request:
    """What the model was asked in one call."""

    messages: list[BaseMessage]
    settings: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Played:
    """A finished run: its messages, what the model was asked, and the activations on the span around it."""

    messages: list[AnyMessage]
    requests: list[Request]
    activations: list[tuple[str, str]]

    @property
    def notes(self) -> list[str]:
        """Texts of the human messages after the first."""
        return [str(m.text) for m in self.messages if isinstance(m, HumanMessage)][1:]

    @property
    def shape(self) -> str:
        """One letter for each message: h, a or t."""
        return "".join(message.type[0] for message in self.messages)


class ScriptedModel(BaseChatModel):
    """Says one turn after another, then the last one for ever; refuses conversations a provider would refuse."""

    turns: list[AIMessage]
    requests: list[Any] = Field(default_factory=list)

    @property
    def _llm_type(self) -> str:
        return "scripted"

    @override
    def bind_tools(self, tools: Sequence[Any], **kwargs: Any) -> Any:
        return self.bind(tools=[one.name for one in tools], **kwargs)

    @override
    def _generate(self, messages: list[BaseMessage], *args: Any, **kwargs: Any) -> ChatResult:
        refuse_invalid(messages)
        turn = self.turns[min(len(self.requests), len(self.turns) - 1)]
        self.requests.append(Request(messages=list(messages), settings=kwargs))
        return ChatResult(generations=[ChatGeneration(message=turn.model_copy(update={"id": None}))])


def refuse_invalid(messages: Sequence[BaseMessage]) -> None:
    """As providers do: the results of an AI message's tool calls must follow it at once, and nothing else."""
    wanted: set[str | None] = set()
    for message in messages:
        if isinstance(message, ToolMessage):
            assert message.tool_call_id in wanted, f"a result nobody asked for: {message}"
            wanted.remove(message.tool_call_id)
            continue
        assert not wanted, f"{message.type} message while tool calls are pending: {message.text}"
        if isinstance(message, AIMessage):
            wanted = {call["id"] for call in [*message.tool_calls, *message.invalid_tool_calls]}


def as_messages(turns: Iterable[Turn]) -> list[AIMessage]:
    """Messages of a script, each tool call with an id of its own."""
    ids = itertools.count()
    return [
        turn
        if isinstance(turn, AIMessage)
        else AIMessage(turn)
        if isinstance(turn, str)
        else AIMessage(
            "",
            tool_calls=[{"name": name, "args": args, "id": f"call-{next(ids)}"} for name, args in turn],
        )
        for turn in turns
    ]


@contextmanager
def recorded_span() -> Iterator[list[tuple[str, str]]]:
    """A real OpenTelemetry span around the block; the list holds name and reason of each activation afterwards."""
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    activations: list[tuple[str, str]] = []
    with provider.get_tracer("test").start_as_current_span("run"):
        yield activations
    for event in exporter.get_finished_spans()[0].events:
        assert event.name == "flywheel.middleware.activated"
        attributes = dict(event.attributes or {})
        activations.append(
            (str(attributes["flywheel.middleware.name"]), str(attributes["flywheel.middleware.reason"]))
        )


class Play(Protocol):
    """Runs an agent to its end."""

    def __call__(
        self, middleware: Sequence[AgentMiddleware[Any, Any, Any]], turns: Sequence[Turn], **agent: Any
    ) -> Played:
        """Run the script under the middleware; other arguments go to ``create_agent``."""
        ...


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A folder with a program and its tests, which fail until ``a + b`` is right."""
    folder = tmp_path / "workspace"
    folder.mkdir()
    (folder / "add.py").write_text("def add(a, b):\n    return a - b\n")
    (folder / "test_add.py").write_text("from add import add\nassert add(1, 2) == 3, 'FAIL'\nprint('ok')\n")
    return folder


@pytest.fixture
def tools(workspace: Path) -> list[BaseTool]:
    """The four tools of a coding agent, on the workspace."""

    @tool
    def bash(command: str) -> str:
        """Run a command."""
        # The interpreter itself, not a version manager's shim; no byte code, since edits come within a second.
        environment = {"PATH": f"{sys.base_prefix}/bin:/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1"}
        done = subprocess.run(
            ["sh", "-c", command],
            cwd=workspace,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=20,
        )
        return f"{done.stdout}{done.stderr}[exit code: {done.returncode}]"

    @tool
    def read_file(path: str) -> str:
        """Read a file."""
        return (workspace / path).read_text()

    @tool
    def edit_file(path: str, old_string: str, new_string: str) -> str:
        """Replace a text that occurs once."""
        text = (workspace / path).read_text()
        if text.count(old_string) != 1:
            return "error: old_string must occur exactly once"
        (workspace / path).write_text(text.replace(old_string, new_string))
        return "edited"

    @tool
    def write_file(path: str, content: str) -> str:
        """Write a file."""
        (workspace / path).write_text(content)
        return "written"

    return [bash, read_file, edit_file, write_file]


@pytest.fixture(params=["invoke", "ainvoke"])
def play(request: pytest.FixtureRequest, tools: list[BaseTool]) -> Play:
    """Run ``create_agent`` with a script, once synchronously and once asynchronously."""

    def run(
        middleware: Sequence[AgentMiddleware[Any, Any, Any]],
        turns: Sequence[Turn],
        *,
        before: Sequence[BaseMessage] = (HumanMessage("Repair add.py."),),
        **agent: Any,
    ) -> Played:
        model = ScriptedModel(turns=as_messages(turns))
        graph = create_agent(model, **{"tools": tools, **agent}, middleware=list(middleware))
        start: Any = {"messages": list(before)}
        with recorded_span() as activations:
            if request.param == "invoke":
                state = graph.invoke(start, {"recursion_limit": 400})
            else:
                state = asyncio.run(graph.ainvoke(start, {"recursion_limit": 400}))
        refuse_invalid(state["messages"])
        return Played(messages=state["messages"], requests=model.requests, activations=activations)

    return run
