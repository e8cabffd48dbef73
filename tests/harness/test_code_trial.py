"""New middleware is tried where it can do no harm, by a test that must mean something."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from harness.agent_service import agent_service
from harness.code_trial import OwnCode, code_problem, problem_in
from harness.edits import Tree
from harness.sandboxes.choose import SandboxChoice
from harness.sandboxes.processes import ProcessService

OWN = OwnCode(use="./middleware/guard.py:Guard", test="middleware/guard_test.py")
CODE = """
from langchain.agents.middleware import AgentMiddleware
class Guard(AgentMiddleware):
    def __init__(self, most: int = 3):
        super().__init__()
        self.most = most
    def before_model(self, state, runtime):
        return {"messages": []} if len(state["messages"]) > self.most else None
"""
TEST = """
from guard import Guard
def test_it_acts():
    assert Guard(most=1).before_model({"messages": [1, 2]}, None) == {"messages": []}
"""


def tree(test: str = TEST, code: str = CODE) -> Tree:
    """A harness with a middleware and its test."""
    return {"middleware/guard.py": code.encode(), OWN.test: test.encode()}


@pytest.fixture(scope="module")
def service() -> Iterator[ProcessService]:
    """Isolated agent processes, started once."""
    made = agent_service(isolated=True)
    yield made
    made.close()


def test_a_middleware_whose_test_passes_is_no_problem(service: ProcessService) -> None:
    """And whose test fails for a class that does nothing."""
    assert problem_in(service, tree(), OWN) is None


@pytest.mark.parametrize(
    ("test", "reason"),
    [
        ("def test_a():\n    assert 1\n", "tests nothing"),
        ("def test_a():\n    assert False, 'no luck'\n", "no luck"),
        ("import time\ndef test_a():\n    time.sleep(60)\n", "did not end within"),
        ("import os\ndef test_a():\n    os._exit(0)\n", "its process ended"),
        ("import sys\ndef test_a():\n    sys.exit(0)\n", "SystemExit"),
        ("", "no function named test_"),
        ("from guard import Other\n", "ImportError"),
    ],
)
def test_a_test_that_fails_says_why(service: ProcessService, test: str, reason: str) -> None:
    """Whatever its way of failing: nothing of it gets out."""
    assert reason in (problem_in(service, tree(test), OWN, seconds=1.5) or "")


def test_the_class_must_be_a_middleware(service: ProcessService) -> None:
    """Else it could not be built later either."""
    assert "Guard is no AgentMiddleware" in (problem_in(service, tree(code="class Guard: pass"), OWN) or "")


def test_it_reaches_no_file_of_ours_and_no_network(service: ProcessService) -> None:
    """The ledger, the suites and the environment's keys are not there for it."""
    spy = """
import os, socket
def test_a():
    seen = [name for name in ("analyzers", "benchmarks", "flywheel", ".git") if os.path.exists(os.path.join(ROOT, name))]
    try:
        socket.create_connection(("127.0.0.1", 9), timeout=0.2)
    except OSError as error:
        seen.append(type(error).__name__)
    raise ValueError(seen, sorted(name for name in os.environ if "KEY" in name))
"""
    root = __file__.rpartition("/tests/")[0]
    said = problem_in(service, tree(f"ROOT = {root!r}\n{spy}"), OWN) or ""

    assert "ValueError: (['OSError'], [])" in said or "ValueError: (['ConnectionRefusedError'], [])" in said


def test_where_nothing_can_isolate_it_nothing_runs() -> None:
    """A temporary folder is no boundary, and no flag makes it one."""
    problem = code_problem(tree(), OWN, sandbox=SandboxChoice(name="directory"))

    assert problem is not None
    assert "neither namespaces nor containers" in problem
