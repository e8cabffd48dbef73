"""The leak lint: what comes from a suite is refused by a rule's name, ordinary advice and code are not."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

import middleware
from benchmarks.leak_lint import RULES, LeakLint
from benchmarks.suites.humaneval_repair.problem import Problem, all_problems
from benchmarks.suites.humaneval_repair.source import HumanEvalRepair
from benchmarks.suites.workshop.source import Workshop
from benchmarks.task import Split, Suite, Task
from harness.sandbox import Sandbox

ADVICE = """
Before you finish, run the tests and read what they print. Make one change at a time.

- Look at which files exist before you use a path; never assume where a file is.
- Read the instruction again and check every requirement, also the small ones.
- When the same edit failed twice, step back and try something else: add a print, compare values, search
  for other callers.
- Use `read_file` before `edit_file`, and `bash` for `python3 -m unittest`. A solution that was not run is none.
- Off-by-one errors hide in slices, ranges and comparisons; check the empty list and a single element.
Keep the README.md and CHANGES.md of a project up to date.
"""
CODE = '''
class Guard(AgentMiddleware):
    """Ask for a last look at the requirements before the agent ends."""

    def after_model(self, state, runtime):
        seen = set()
        for message in reversed(state["messages"]):
            for call in getattr(message, "tool_calls", ()):
                seen.add((call["name"], str(sorted(call["args"].items()))))
        if len(seen) > 1000 or not seen:
            return None
        return {"messages": [HumanMessage("Check every requirement.")], "jump_to": "model"}
'''


@pytest.fixture(scope="module")
def suite(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Suite:
    known = all_problems()
    problems: tuple[Problem, ...] = tuple(known[number] for number in (3, 12, 53, 58, 115))
    source = HumanEvalRepair(
        problems=problems, seed=1, cache=tmp_path_factory.mktemp("cache"), sandbox=sandbox
    )
    return suite_of("humaneval-repair", tuple(source.tasks()))


@pytest.fixture(scope="module")
def workshop() -> Suite:
    return suite_of("workshop", tuple(Workshop().tasks()))


def suite_of(name: str, tasks: tuple[Task, ...]) -> Suite:
    return Suite(name=name, tasks=tasks, splits=dict.fromkeys((task.group for task in tasks), Split.MINE))


LEAKS = {
    "Mind HumanEval_12, it is tricky.": "task_id",
    "This is like humaneval/115.": "task_id",
    "Made for the humaneval repair suite.": "task_id",
    "When asked for below_zero, compare with <.": "entry_point",
    "`longest` returns the first of the longest strings.": "entry_point",
    "def common(l1, l2):\n    return below_zero(l1)": "entry_point",
    "Always run check_visible.py first.": "file_name",
    "Keep the name and the parameters of the function, and leave\n`other.py` as it is.": "instruction",
    "Hint: [1, 2, -3, 1, 2, -3] never goes below.": "verifier_literal",
}


@pytest.mark.parametrize(("text", "rule"), LEAKS.items())
def test_a_leak_is_named_by_its_rule(suite: Suite, text: str, rule: str) -> None:
    """Each rule finds what it is for, and says no more than its name."""
    broken = LeakLint(suite).check(text)

    assert rule in broken
    assert set(broken) <= set(RULES)


def test_instructions_and_references_are_leaks(suite: Suite, workshop: Suite) -> None:
    """Whoever copies a task's text or its solution is found out."""
    for some in (suite, workshop):
        lint = LeakLint(some)
        for task in some.tasks:
            assert lint.check(task.assignment.instruction)
            if task.group != "HumanEval_53":  # its solution is ``x + y``, which is anybody's
                assert any(lint.check(content.decode()) for content in task.reference.values())


def test_a_copied_passage_is_found_without_its_names(workshop: Suite) -> None:
    """A long run of the same tokens is a copy, whatever stands around it."""
    task = next(task for task in workshop.tasks if task.group == "reconcile-slow")
    body = task.reference["matching.py"].decode().split('"""')[-1]

    assert "shared_text" in LeakLint(workshop).check(f"Remember this passage:\n{body}")


@pytest.mark.parametrize("text", [ADVICE, CODE, ""], ids=["advice", "code", "nothing"])
def test_ordinary_text_is_clean(suite: Suite, workshop: Suite, text: str) -> None:
    """Advice on working well and the code of a middleware leak nothing."""
    assert LeakLint(suite).check(text) == ()
    assert LeakLint(workshop).check(text) == ()


def test_our_own_texts_are_clean(suite: Suite, workshop: Suite) -> None:
    """Stock middleware, the playbook's texts and the template of a harness pass."""
    project = Path(middleware.__file__).parent.parent
    folders = (project / "middleware", project / "analyzers" / "remedies", project / "harness" / "templates")
    texts = [
        file.read_text()
        for folder in folders
        for file in folder.rglob("*")
        if file.suffix in {".py", ".md", ".toml"}
    ]
    lints = (LeakLint(suite), LeakLint(workshop))

    assert texts
    assert {broken for lint in lints for text in texts for broken in lint.check(text)} == set()


def test_a_check_is_quick(suite: Suite) -> None:
    """What is looked for is worked out once; ten thousand characters take well under a second."""
    lint = LeakLint(suite)
    lint.check("warm")
    started = time.process_time()
    lint.check(ADVICE * 10 + CODE * 5)

    assert time.process_time() - started < 0.5
