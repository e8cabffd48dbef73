"""Transcripts of a coding agent that fails in eight ways, for measuring how clustering grows."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from traces.normal import assemble
from traces.run import Run
from traces.span import Span
from traces.testing import SECOND_NS, START_NS, TraceBuilder

_ERRORS = ("TypeError", "KeyError", "IndexError", "AssertionError", "ValueError", "RecursionError")
_NOUNS = (
    "parser",
    "matrix",
    "schedule",
    "invoice",
    "graph",
    "cursor",
    "ledger",
    "tokenizer",
    "widget",
    "session",
)
_VERBS = ("normalise", "merge", "rotate", "collect", "validate", "flatten", "encode", "resolve")


@dataclass(frozen=True, kw_only=True)
class _Scene:
    """A run in the making, in the words of its task."""

    trace: TraceBuilder
    draw: random.Random
    spans: list[Span]
    noun: str
    verb: str

    @property
    def file(self) -> str:
        return f"src/{self.noun}.py"

    def says(self, text: str, *tools: str) -> None:
        self.spans.append(self.trace.chat(text, tools=tools))

    def runs(self, tool: str, arguments: object, result: str, *, exit_code: int = 0) -> None:
        self.says(f"Next I {self.verb} the {self.noun}.", tool)
        self.spans.append(self.trace.tool(tool, arguments, result, exit_code=exit_code))

    def looks(self) -> None:
        self.runs("bash", {"command": "ls src tests"}, f"{self.noun}.py test_{self.noun}.py")
        self.runs(
            "read_file", {"path": self.file}, f"def {self.verb}_{self.noun}(items):\n    return items[1:]"
        )

    def edits(self, old: str, new: str) -> None:
        self.runs(
            "edit_file", {"path": self.file, "old_string": old, "new_string": new}, f"edited {self.file}"
        )

    def tests(self, *, passes: bool) -> None:
        error = self.draw.choice(_ERRORS)
        said = (
            "4 passed"
            if passes
            else f"{error}: {self.verb}_{self.noun} returned the wrong {self.noun}\n1 failed"
        )
        self.runs("bash", {"command": "pytest -q"}, said, exit_code=0 if passes else 1)


def scripted_run(number: int, draw: random.Random, *, task: str, suite: str = "scripted") -> Run:
    """One run of ``task``: it passes in a quarter of the cases, else it fails in one of eight ways, some rarer than others."""
    trace = TraceBuilder(f"{number:032x}", start_ns=START_NS + number * 3600 * SECOND_NS)
    words = random.Random(task)
    scene = _Scene(trace=trace, draw=draw, spans=[], noun=words.choice(_NOUNS), verb=words.choice(_VERBS))
    scene.looks()
    if draw.random() < 0.25:
        _passes(scene)
        outcome = "passed"
    else:
        weights = [0.3, 0.2, 0.15, 0.1, 0.1, 0.07, 0.05, 0.03]
        outcome = draw.choices(_WAYS, weights)[0](scene)
    root = trace.root(outcome, task=task, group=task.rpartition("/")[0], suite=suite, run_seed=number)
    return assemble([*scene.spans, root])


def _passes(scene: _Scene) -> None:
    for _ in range(scene.draw.randrange(3)):
        scene.edits("items[1:]", f"items[{scene.draw.randrange(9)}:]")
        scene.tests(passes=False)
    scene.edits("items[1:]", "items")
    scene.tests(passes=True)
    scene.says("The tests pass.")


def _unverified(scene: _Scene) -> str:
    scene.edits("items[1:]", "items[2:]")
    scene.says(f"I have fixed how we {scene.verb} the {scene.noun}.")
    return "failed"


def _stubborn(scene: _Scene) -> str:
    for _ in range(scene.draw.randrange(5, 11)):
        scene.edits("items[1:]", "items[2:]")
        scene.tests(passes=False)
        scene.edits("items[2:]", "items[1:]")
    return "limit_reached"


def _ignores(scene: _Scene) -> str:
    scene.edits("items[1:]", "items[2:]")
    scene.tests(passes=False)
    scene.says("That should do; the rest is unrelated.")
    return "failed"


def _guesses(scene: _Scene) -> str:
    for _ in range(scene.draw.randrange(4, 8)):
        path = f"lib/{scene.draw.choice(_NOUNS)}/{scene.draw.choice(_VERBS)}.py"
        scene.runs("bash", {"command": f"cat {path}"}, f"cat: {path}: No such file or directory", exit_code=1)
    scene.says("I cannot find the file.")
    return "failed"


def _lacks(scene: _Scene) -> str:
    for _ in range(4):
        message = "ModuleNotFoundError: No module named 'numpy'"
        scene.runs("bash", {"command": "python -m pytest"}, message, exit_code=1)
    scene.edits("items[1:]", "items[2:]")
    scene.says("I could not run the tests here.")
    return "failed"


def _floods(scene: _Scene) -> str:
    line = f"{scene.noun} {scene.verb} verbose trace of every item\n"
    scene.runs("bash", {"command": "pytest -vv"}, line * 600, exit_code=1)
    scene.edits("items[1:]", "items[2:]")
    scene.tests(passes=False)
    scene.says("Done.")
    return "failed"


def _idles(scene: _Scene) -> str:
    for _ in range(scene.draw.randrange(6, 12)):
        scene.runs("read_file", {"path": scene.file}, f"def {scene.verb}_{scene.noun}(items): ...")
    return "timed_out"


def _unexplained(scene: _Scene) -> str:
    scene.edits("items[1:]", "items")
    scene.tests(passes=True)
    scene.says(f"The visible tests of the {scene.noun} pass.")
    return "failed"


_WAYS: tuple[Callable[[_Scene], str], ...] = (
    _unverified,
    _stubborn,
    _ignores,
    _guesses,
    _lacks,
    _floods,
    _idles,
    _unexplained,
)
