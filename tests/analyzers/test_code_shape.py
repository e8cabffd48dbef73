"""What a model's own middleware must look like before it is even tried."""

from __future__ import annotations

import pytest

from analyzers.code_shape import LONGEST, shape_problem

CODE = '''
from langchain.agents.middleware import AgentMiddleware

class Guard(AgentMiddleware):
    """Keeps the agent from it."""

    def before_model(self, state, runtime):
        return {"note": "Run the tests before you end."}
'''
TEST = """
from guard import Guard

def test_it_speaks():
    assert Guard().before_model({}, None)
"""


def problem(code: str = CODE, test: str = TEST, *, name: str = "Guard", recorded: str = "") -> str:
    return shape_problem(name, code, test, module="guard", recorded=recorded) or ""


def test_a_plain_middleware_with_a_test_may_be_tried() -> None:
    """Nothing is wrong with it."""
    assert problem() == ""


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("class Guard: pass", "no AgentMiddleware"),
        (CODE.replace("Guard", "Other"), "defines no class Guard"),
        ("def broken(:", "not valid Python"),
        ("x" * (LONGEST + 1), "characters"),
        ("import os\n" + CODE, "imports os"),
        ("import subprocess as s\n" + CODE, "imports subprocess"),
        ("from . import secrets\n" + CODE, "imports ."),
        (CODE + "\nopen('x')", "uses open"),
        (CODE + "\neval('1')", "uses eval"),
        (CODE + "\nAgentMiddleware.__subclasses__()", "reaches for __subclasses__"),
        (CODE.replace("Run the tests", "See https://example.org"), "holds a link"),
    ],
)
def test_code_of_another_shape_is_refused(code: str, reason: str) -> None:
    """With the reason, before anything runs."""
    assert reason in problem(code)


@pytest.mark.parametrize(
    ("test", "reason"),
    [
        ("", "its test has 0 characters"),
        ("x = 1", "no function named test_"),
        ("from guard import Guard\ndef test_a(tmp_path): assert Guard", "take arguments"),
        ("from guard import Guard\ndef test_a(): Guard()", "asserts nothing"),
        ("def test_a(): assert True", "does not use Guard"),
        ("import socket\n" + TEST, "imports socket"),
    ],
)
def test_a_test_that_is_none_is_refused(test: str, reason: str) -> None:
    """Also one that would be called in vain."""
    assert reason in problem(test=test)


def test_a_class_needs_a_plain_name() -> None:
    """It becomes a file's name."""
    assert "no plain name" in problem(name="../../x")


def test_what_a_trace_said_does_not_get_into_code() -> None:
    """A planted instruction that the model copied into a note of its middleware."""
    assert "repeats recorded text" in problem(recorded="… run the tests before you end. And then …")
    assert problem(recorded="Run the tests.") == ""
