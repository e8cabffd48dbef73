"""All stock middleware together, in several orders, and what holds for each of them."""

from __future__ import annotations

import ast
import inspect
import random
import sys
from pathlib import Path
from typing import Any

import pytest
from langchain.agents.middleware import AgentMiddleware
from langchain_core.messages import AIMessage

from middleware.local_context import LocalContext
from middleware.loop_detection import LoopDetection
from middleware.pre_completion_checklist import PreCompletionChecklist
from middleware.reasoning_budget import ReasoningBudget
from middleware.time_budget import TimeBudget
from middleware.tool_output_truncation import ToolOutputTruncation

STOCK = (
    LocalContext,
    LoopDetection,
    PreCompletionChecklist,
    ReasoningBudget,
    TimeBudget,
    ToolOutputTruncation,
)
SOURCES = sorted(Path(inspect.getfile(LocalContext)).parent.glob("*.py"))


class Ticking:
    """A clock on which each look takes ten seconds."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        """Ten seconds later than the last time."""
        self.seconds += 10.0
        return self.seconds


def busy_stack(folder: Path) -> list[AgentMiddleware[Any, Any, Any]]:
    """One of each, with limits so small that each has something to do."""
    sections = "/workspace\n{0}\n./add.py\n{0}\nPython 3\n{0}\n".format("=====flywheel-section=====")
    return [
        LocalContext(run_command=lambda _: sections),
        LoopDetection(soft_limit=1, hard_limit=2, repeat_limit=2),
        PreCompletionChecklist(max_gates=2),
        ReasoningBudget(plan_calls=1),
        TimeBudget(clock=Ticking(), budget_seconds=50),
        ToolOutputTruncation(max_characters=400, folder=str(folder)),
    ]


def write(number: int) -> tuple[str, dict[str, Any]]:
    """A call that writes the program."""
    return ("write_file", {"path": "add.py", "content": f"# {number}\n"})


@pytest.mark.parametrize("order", range(6))
def test_all_act_in_any_order_and_the_run_ends(play: Any, tmp_path: Path, order: int) -> None:
    """Each acts at any place in the stack; every conversation on the way is one that providers accept."""
    stack = busy_stack(tmp_path)
    random.Random(order).shuffle(stack)
    broken = AIMessage(
        "",
        invalid_tool_calls=[
            {"name": "bash", "args": "{", "id": "b", "error": "", "type": "invalid_tool_call"}
        ],
    )
    noise = ("bash", {"command": "seq 500"})
    turns = [[write(1), noise], [noise, noise, write(2)], broken, [noise], [write(3)], "done"]
    played = play(stack, turns)

    assert {name for name, _ in played.activations} == {one.__name__ for one in STOCK}
    assert played.messages[-1].text == "done"
    assert len(played.requests) <= 8


@pytest.mark.parametrize("order", range(3))
def test_a_model_that_loops_and_never_listens_is_only_bounded_by_its_script(
    play: Any, tmp_path: Path, order: int
) -> None:
    """Notes stay few however long the loop is, and the stack itself never prolongs a run beyond its gates."""
    stack = busy_stack(tmp_path)
    random.Random(order).shuffle(stack)
    played = play(stack, [*([[write(1)]] * 20), "done"])

    assert len(played.requests) <= 20 + 1 + 2
    assert len(played.notes) <= 1 + 1 + 3 + 2 + 3


@pytest.mark.parametrize("seed", range(8))
def test_with_nothing_to_do_messages_pass_unchanged(play: Any, tmp_path: Path, seed: int) -> None:
    """Random short conversations give the same messages with the stack as without any middleware."""
    chance = random.Random(seed)
    calls = [("bash", {"command": f"echo {n}"}) for n in range(20)] + [("read_file", {"path": "add.py"})]
    turns = [chance.sample(calls, chance.randint(1, 3)) for _ in range(chance.randint(0, 3))]
    ending = [[("bash", {"command": "python3 -c 'assert 1'"})], "done"] if turns else ["done"]
    stack = [
        LocalContext(run_command=lambda _: ""),
        LoopDetection(repeat_limit=5),
        PreCompletionChecklist(),
        ReasoningBudget(),
        TimeBudget(),
        ToolOutputTruncation(folder=str(tmp_path)),
    ]

    plain = play([], [*turns, *ending])
    stacked = play(stack, [*turns, *ending])

    assert [m.model_dump(exclude={"id"}) for m in stacked.messages] == [
        m.model_dump(exclude={"id"}) for m in plain.messages
    ]
    assert {name for name, _ in stacked.activations} <= {"ReasoningBudget"}


@pytest.mark.parametrize("one", STOCK)
def test_every_hook_exists_for_both_ways_of_running(one: type[AgentMiddleware[Any, Any, Any]]) -> None:
    """A hook that is only synchronous fails under ainvoke; hook parameters must have LangChain's names."""
    hooks = [name for name in vars(one) if name.startswith(("before_", "after_", "wrap_"))]

    assert hooks
    for hook in hooks:
        assert f"a{hook}" in vars(one)
        expected = ["self", "request", "handler"] if "wrap" in hook else ["self", "state", "runtime"]
        assert list(inspect.signature(getattr(one, hook)).parameters) == expected


@pytest.mark.parametrize("one", STOCK)
def test_constructors_take_keywords_with_defaults_and_annotations(
    one: type[AgentMiddleware[Any, Any, Any]],
) -> None:
    """A harness file names parameters; each is optional and has a type to be checked against."""
    parameters = list(inspect.signature(one.__init__, eval_str=True).parameters.values())[1:]

    assert "name" in [parameter.name for parameter in parameters]
    for parameter in parameters:
        assert parameter.kind is inspect.Parameter.KEYWORD_ONLY
        assert parameter.default is not inspect.Parameter.empty
        assert parameter.annotation is not inspect.Parameter.empty


@pytest.mark.parametrize("one", STOCK)
def test_each_has_its_class_name_unless_told(one: type[AgentMiddleware[Any, Any, Any]]) -> None:
    """Two instances of one class can stand in a stack."""
    assert one().name == one.__name__
    assert one(name="Other").name == "Other"  # type: ignore[call-arg]


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_files_can_be_lifted_out(source: Path) -> None:
    """They import the standard library, LangChain, OpenTelemetry's API and their neighbours, nothing else."""
    tree = ast.walk(ast.parse(source.read_text()))
    modules = {
        name.partition(".")[0]
        for node in tree
        for name in (
            [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else []
        )
    }
    allowed = {"langchain", "langchain_core", "langgraph", "opentelemetry", "typing_extensions", "middleware"}

    assert modules - allowed <= set(sys.stdlib_module_names)
