"""The program that tries references and mutants inside a sandbox: standard library only, sent as text.

It reads ``problems.json`` and writes ``results.json`` in its working folder. Each program runs in a
forked process of its own. A mutant counts as endless when it passes more lines than its budget
(counted by ``sys.settrace``, so that every machine decides alike); limits of CPU time and memory stand
behind that.
"""

from __future__ import annotations

import ast
import json
import os
import random
import resource
import sys
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, NoReturn

PROGRAM = "<program>"
CPU_SECONDS = 20
MAX_MEMORY = 256 << 20  # bytes
RECORDED_CALLS = 40
DEAR = 5_000_000  # lines


class LineCounter:
    """Counts the lines that a program passes and calls ``exceeded`` above the budget."""

    def __init__(self, budget: float, exceeded: Callable[[], NoReturn]) -> None:
        self.lines = 0
        self._budget, self._exceeded = budget, exceeded

    def on_call(self, frame: Any, _event: str, _argument: Any) -> Any:
        """The global trace function: only the program's own frames are counted."""
        return self.on_line if frame.f_code.co_filename == PROGRAM else None

    def on_line(self, _frame: Any, event: str, _argument: Any) -> Any:
        """The local trace function."""
        if event == "line":
            self.lines += 1
            if self.lines > self._budget:
                self._exceeded()
        return self.on_line


class Recorder:
    """Passes calls on to a function and keeps the first of them."""

    def __init__(self, name: str, function: Callable[..., Any]) -> None:
        self.calls: dict[str, str] = {}
        self._name, self._function = name, function

    def __call__(self, *args: Any) -> Any:
        """Call the function; the arguments are noted before it can change them."""
        call = f"{self._name}({', '.join(map(repr, args))})"
        result = self._function(*args)
        if len(self.calls) < RECORDED_CALLS and plain(result):
            self.calls.setdefault(call, repr(result))
        return result


def plain(value: Any) -> bool:
    """Whether a value is one that its ``repr`` writes down fully and briefly."""
    try:
        text = repr(value)
        return len(text) <= 200 and bool(ast.literal_eval(text) == value)
    except Exception:  # noqa: BLE001 -- whatever cannot be read back is not plain
        return False


def namespace_of(text: str) -> dict[str, Any]:
    """Run a program's text."""
    namespace: dict[str, Any] = {"__name__": "program"}
    exec(compile(text, PROGRAM, "exec"), namespace)  # noqa: S102 -- what this script is for
    return namespace


def run_tests(problem: Mapping[str, Any], candidate: Callable[..., Any]) -> None:
    """Run the problem's tests; their own names come from the reference, chance from a fixed seed."""
    namespace = namespace_of(problem["reference"])
    exec(compile(problem["tests"], "<tests>", "exec"), namespace)  # noqa: S102 -- the data set's own text
    random.seed(0)
    namespace["check"](candidate)


def try_reference(problem: Mapping[str, Any], counter: LineCounter) -> dict[str, Any]:
    """Confirm the examples of the text, record calls of the tests, count lines."""
    namespace = namespace_of(problem["reference"])
    examples = [confirmed(example, namespace) for example in problem["examples"]]
    recorder = Recorder(problem["entry_point"], namespace[problem["entry_point"]])
    sys.settrace(counter.on_call)
    run_tests(problem, recorder)
    sys.settrace(None)
    found = [example for example in examples if example is not None]
    return {"examples": found, "recorded": list(recorder.calls.items()), "lines": counter.lines}


def confirmed(example: Mapping[str, Any], namespace: dict[str, Any]) -> tuple[str, str] | None:
    """An example with the reference's value, unless the text promises another."""
    try:
        value = eval(example["call"], namespace)  # noqa: S307 -- a call from the data set's text
    except Exception:  # noqa: BLE001 -- the text shows a call that does not work
        return None
    promised = example["promised"]
    if not plain(value) or (promised is not None and ast.literal_eval(promised) != value):
        return None
    return example["call"], repr(value)


def try_mutant(problem: Mapping[str, Any], text: str, counter: LineCounter) -> dict[str, Any]:
    """Say whether examples and tests reject a mutant."""
    sys.settrace(counter.on_call)
    visible = [cause_of(partial(meet, pair, text)) for pair in problem["visible"]]
    hidden = cause_of(lambda: run_tests(problem, namespace_of(text)[problem["entry_point"]]))
    sys.settrace(None)
    return {"visible": visible, "hidden": hidden, "lines": counter.lines}


def meet(pair: tuple[str, str], text: str) -> None:
    """Assert that a program meets one example."""
    value, expected = eval(pair[0], namespace_of(text)), ast.literal_eval(pair[1])  # noqa: S307
    if isinstance(expected, float) and isinstance(value, (int, float)):
        assert abs(value - expected) <= 1e-6 * max(1.0, abs(expected))
    else:
        assert value == expected


def cause_of(test: Callable[[], None]) -> str:
    """Run one test to its cause; memory is the machine's affair and decides nothing."""
    try:
        test()
    except AssertionError:
        return "assertion"
    except MemoryError:
        return "memory"
    except Exception as error:  # noqa: BLE001 -- any error of a mutant is its result
        return f"exception:{type(error).__name__}"
    return "passed"


def in_child(work: Callable[[LineCounter], dict[str, Any]], budget: float) -> dict[str, Any]:
    """Do work in a forked process; an endless or killed one gives ``{"ended": why}``."""
    out, into = os.pipe()
    if os.fork() == 0:
        os.close(out)
        child(work, budget, into)
    os.close(into)
    with os.fdopen(out, "rb") as stream:
        content = stream.read()
    os.wait()
    return dict(json.loads(content)) if content else {"ended": "killed"}


def child(work: Callable[[LineCounter], dict[str, Any]], budget: float, into: int) -> NoReturn:
    """Run the work, send its result, end at once."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
    null = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(null, stream)

    def finish(result: dict[str, Any]) -> NoReturn:
        content = json.dumps(result).encode()
        while content:
            content = content[os.write(into, content) :]
        os._exit(0)

    try:
        result = work(LineCounter(budget, lambda: finish({"ended": "endless"})))
    except BaseException as error:  # noqa: BLE001 -- a program may raise anything, SystemExit included
        result = {"ended": type(error).__name__}
    finish(result)


def try_problem(problem: dict[str, Any]) -> dict[str, Any]:
    """Try a problem's mutants in order until ``wanted`` good ones are found."""
    reference = in_child(lambda counter: try_reference(problem, counter), float("inf"))
    if "ended" in reference:
        return {"id": problem["id"], "visible": [], "mutants": []}
    brief = sorted(reference["recorded"], key=lambda pair: len(pair[0]) > 200)
    problem["visible"] = reference["examples"][: problem["shown"]] or brief[:3]
    budget = line_budget(reference["lines"])
    tried: list[dict[str, Any]] = []
    for text in problem["mutants"]:
        tried.append(in_child(partial(try_mutant, problem, text), budget))
        if enough(tried, problem["wanted"], budget):
            break
    return {"id": problem["id"], "visible": problem["visible"], "mutants": tried}


def line_budget(lines: int) -> int:
    """Lines that a mutant may pass: twenty times the reference's, or two million more where that is a lot."""
    return min(20 * lines, lines + 2_000_000) + 100_000


def enough(tried: list[dict[str, Any]], wanted: int, budget: int) -> bool:
    """Whether enough good mutants are found, or enough rejected ones where each costs a lot of lines."""
    spent = sum(result.get("lines", budget) for result in tried)
    return sum(map(good, tried)) >= wanted or (spent > DEAR and sum(map(rejected, tried)) >= wanted)


def rejected(result: Mapping[str, Any]) -> bool:
    """Whether the tests reject a mutant, for a reason that every machine sees."""
    return result.get("hidden", "passed") not in {"passed", "memory"}


def good(result: Mapping[str, Any]) -> bool:
    """Whether a mutant is one to look for: tests and examples reject it, and an example by a wrong answer."""
    return rejected(result) and "assertion" in result["visible"]


def main() -> None:
    """Try all problems of the file."""
    with open("problems.json", encoding="utf-8") as file:  # noqa: PTH123 -- starts faster without pathlib
        problems = json.load(file)
    results = [try_problem(problem) for problem in problems]
    with open("results.json", "w", encoding="utf-8") as file:  # noqa: PTH123
        json.dump(results, file)


if __name__ == "__main__":
    main()
