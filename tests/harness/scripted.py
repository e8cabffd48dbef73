"""A chat model that says what a test wrote down, and a harness and task to go with it."""
# ruff: noqa: ARG002 - signatures that others call

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models.chat_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.runnables import Runnable

from harness.runs import Assignment, Checkout, RunRequest, Verification
from harness.sandbox import Sandbox

MODEL = "simulated:scripted"


@dataclass(frozen=True)
class Say:
    """One answer: a text, tool calls as (name, arguments), arguments that are no JSON as (name, text)."""

    text: str = ""
    calls: tuple[tuple[str, Any], ...] = ()
    seconds: float = 2.0
    error: type[Exception] | None = None
    cost: float = 0.0


class ScriptedModel(BaseChatModel):
    """Gives the answer whose number is that of the answers it sees; the last one again after the end."""

    script: tuple[Any, ...]
    seed: int = 0

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def bind_tools(self, tools: Sequence[Any], **kwargs: Any) -> Runnable[Any, Any]:
        """Take them as they are."""
        return self.bind(tools=list(tools), **kwargs)

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        number = sum(isinstance(message, AIMessage) for message in messages)
        say = self.script[min(number, len(self.script) - 1)]
        if say.error is not None:
            raise say.error("scripted")
        text = say.text.format(seed=self.seed, effort=kwargs.get("reasoning_effort"), last=messages[-1].text)
        valid = [(name, args) for name, args in say.calls if isinstance(args, dict)]
        broken = [(name, args) for name, args in say.calls if isinstance(args, str)]
        message = AIMessage(
            content=text,
            tool_calls=[
                {"name": name, "args": args, "id": f"call-{number}-{i}"}
                for i, (name, args) in enumerate(valid)
            ],
            invalid_tool_calls=[
                {"name": name, "args": args, "id": f"bad-{number}-{i}", "error": None}
                for i, (name, args) in enumerate(broken)
            ],
            usage_metadata={"input_tokens": 10, "output_tokens": 5, "total_tokens": 15},
            response_metadata={
                "simulated_seconds": say.seconds,
                "model_name": MODEL,
                **({"token_usage": {"cost": say.cost}} if say.cost else {}),
            },
        )
        return ChatResult(generations=[ChatGeneration(message=message)])


@dataclass(frozen=True)
class Script:
    """A picklable factory of scripted models."""

    says: tuple[Say, ...]

    def __call__(self, name: str, seed: int) -> BaseChatModel:
        """A model, whatever its name."""
        return ScriptedModel(script=self.says, seed=seed)


@dataclass(frozen=True)
class FileSays:
    """A verifier: the file holds exactly this text."""

    path: str = "answer.txt"
    text: str = "42\n"

    def verify(self, workspace: Mapping[str, bytes], sandbox: Sandbox) -> Verification:
        """Read it in a fresh sandbox."""
        with sandbox.open(workspace) as session:
            output = session.execute(("cat", self.path)).output
        passed = output == self.text
        return Verification(passed=passed, score=float(passed), cause="passed" if passed else "assertion")


@dataclass(frozen=True)
class Broken:
    """A verifier that cannot do its work."""

    def verify(self, workspace: Mapping[str, bytes], sandbox: Sandbox) -> Verification:
        """Raise, which no verifier should."""
        raise RuntimeError("no verdict")


def bash(command: str, **more: Any) -> Say:
    """An answer that calls ``bash``."""
    return Say(calls=(("bash", {"command": command, **more}),))


SOLVE = (bash("echo 42 > answer.txt"), Say("done"))


@dataclass(frozen=True, kw_only=True)
class Harness:
    """A harness to write down: what a test cares about, the rest as usual."""

    middleware: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    steps: int = 10
    wall_seconds: float = 900.0
    model: str = MODEL
    head: str = ""

    def tree(self) -> dict[str, bytes]:
        """The files."""
        toml = f"""
[harness]
name = "test"
{self.head}
[model]
name = "{self.model}"
reasoning_effort = "high"
[prompts]
system = "system.md"
[limits]
steps = {self.steps}
wall_seconds = {self.wall_seconds}
{self.middleware}
"""
        texts = {"harness.toml": toml, "system.md": "Work.\n", **self.files}
        return {path: text.encode() for path, text in texts.items()}

    def checkout(self, folder: Path) -> Checkout:
        """Written to a folder named by its content."""
        tree = self.tree()
        name = hashlib.sha1(repr(sorted(tree.items())).encode()).hexdigest()
        for path, content in tree.items():
            (folder / name / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / name / path).write_bytes(content)
        return Checkout(path=folder / name, commit="c" * 40, tree=name)


def own(code: str, **more: Any) -> Harness:
    """A harness with a middleware ``Own`` of its own."""
    head = "from langchain.agents.middleware import AgentMiddleware\n"
    entry = '[[middleware]]\nuse = "./own.py:Own"\n'
    return Harness(middleware=entry, files={"own.py": head + code}, **more)


def request(checkout: Checkout, *, key: str = "run", **more: Any) -> RunRequest:
    """A run of the usual task: write 42 into ``answer.txt``."""
    assignment = Assignment(
        task="task-1", instruction="Write 42 into answer.txt.", files={"readme": b"hello\n"}
    )
    fields: dict[str, Any] = {"verifier": FileSays(), "seed": 1, "assignment": assignment, **more}
    return RunRequest(key=key, checkout=checkout, **fields)
