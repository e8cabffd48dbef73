"""Tests of what a middleware entry may name and set."""

from __future__ import annotations

import importlib
import sys

import pytest

from harness.errors import ManifestError
from harness.manifest import MiddlewareEntry, ParameterValue
from harness.middleware_registry import (
    RUNTIME_ARGUMENTS,
    entry_problem,
    is_own_code,
    langchain_names,
    parameters_of,
    resolve,
    stock_names,
)

OWN = {"middleware/guard.py": b"class Guard:\n    def __init__(self, *, clock, limit: int = 3): ...\n"}


@pytest.mark.parametrize(
    "use", [f"stock:{name}" for name in stock_names()] + [f"langchain:{n}" for n in langchain_names()]
)
def test_every_listed_name_is_a_middleware_that_can_be_made(use: str) -> None:
    """Each name leads to a LangChain middleware whose parameters can be read."""
    from langchain.agents.middleware import AgentMiddleware

    spec = resolve(use)
    assert spec.module is not None
    found = getattr(importlib.import_module(spec.module), spec.class_name)

    assert issubclass(found, AgentMiddleware)
    assert not RUNTIME_ARGUMENTS & parameters_of(use, {}).keys()
    assert not is_own_code(use)


@pytest.mark.parametrize(
    ("use", "expected"),
    [
        ("stock:LoopDetecton", "did you mean 'stock:LoopDetection'?"),
        ("LoopDetection", "unknown middleware 'LoopDetection'"),
        ("langchain:ShellToolMiddleware", "unknown middleware"),
        ("langchain:ModelFallbackMiddleware", "unknown middleware"),
        ("os:system", "unknown middleware"),
        ("./guard", "must have the form './FILE.py:CLASS'"),
        ("./../guard.py:Guard", "must have the form"),
        ("./guard.py:Guard.inner", "must have the form"),
        ("./.git/guard.py:Guard", "must have the form"),
    ],
)
def test_unknown_names_are_refused_with_the_choices(use: str, expected: str) -> None:
    """Nothing outside the list is ever imported; a second model and a shell of LangChain's are not on it."""
    with pytest.raises(ManifestError, match=expected.replace("?", r"\?")):
        resolve(use)


def test_own_code_is_read_and_not_imported() -> None:
    """A candidate's class is known by its source; no module of its name appears."""
    before = set(sys.modules)

    assert is_own_code("./middleware/guard.py:Guard")
    assert list(parameters_of("./middleware/guard.py:Guard", OWN)) == ["limit"]
    assert not [name for name in set(sys.modules) - before if "guard" in name]


def problem_of(use: str, **parameters: ParameterValue) -> tuple[str | None, str] | None:
    return entry_problem(MiddlewareEntry(use=use, parameters=parameters), OWN)


@pytest.mark.parametrize(
    ("use", "parameters"),
    [
        ("stock:LoopDetection", {"soft_limit": 4, "hard_limit": 9}),
        ("stock:TimeBudget", {"budget_seconds": 60, "warn_at": (0.5, 1)}),
        ("stock:PreCompletionChecklist", {"checks": ("Look again.",)}),
        ("langchain:ModelCallLimitMiddleware", {"run_limit": 5, "exit_behavior": "end"}),
        ("./middleware/guard.py:Guard", {"limit": 1}),
        ("./middleware/guard.py:Guard", {}),
    ],
)
def test_good_entries_have_no_problem(use: str, parameters: dict[str, ParameterValue]) -> None:
    """Values of the annotated types pass: integers for floats, lists for tuples."""
    assert problem_of(use, **parameters) is None


@pytest.mark.parametrize(
    ("use", "parameters", "name", "expected"),
    [
        ("stock:LoopDetection", {"soft_limt": 4}, "soft_limt", "did you mean 'soft_limit'?"),
        ("stock:LoopDetection", {"soft_limit": "4"}, "soft_limit", 'soft_limit must be int, is "4"'),
        ("stock:LoopDetection", {"soft_limit": True}, "soft_limit", "must be int, is true"),
        ("stock:LoopDetection", {"soft_limit": 4.5}, "soft_limit", "must be int, is 4.5"),
        ("stock:LoopDetection", {"soft_limit": -1}, None, "stock:LoopDetection: "),
        ("stock:TimeBudget", {"clock": 3}, "clock", "supplied by the runtime"),
        ("stock:PreCompletionChecklist", {"checks": (1.0,)}, "checks", "must be tuple[str, ...]"),
        (
            "langchain:ToolRetryMiddleware",
            {"retry_on": "ValueError"},
            "retry_on",
            "cannot be set from harness.toml",
        ),
        ("langchain:ToolCallLimitMiddleware", {"exit_behavior": "stop"}, "exit_behavior", "must be Literal["),
        ("langchain:PIIMiddleware", {}, None, "needs the parameter 'pii_type'"),
        ("langchain:ModelCallLimitMiddleware", {}, None, "langchain:ModelCallLimitMiddleware: "),
        ("./middleware/guard.py:Guard", {"limit": "3"}, "limit", "must be int"),
        ("./middleware/guard.py:Guard", {"clock": 3}, "clock", "supplied by the runtime"),
    ],
)
def test_wrong_parameters_are_named(
    use: str, parameters: dict[str, ParameterValue], name: str | None, expected: str
) -> None:
    """Unknown, ill-typed, missing, reserved and out-of-range parameters each say what is wrong."""
    problem = problem_of(use, **parameters)

    assert problem is not None
    assert problem[0] == name
    assert expected in problem[1]
    assert "\n" not in problem[1]
