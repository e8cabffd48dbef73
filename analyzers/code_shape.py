"""Whether a model's own middleware has the shape of one, looked at without running it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence

from analyzers.analysts.own_words import repeats

LONGEST = 6_000  # characters of a middleware, and of its test
PASSAGE = 6  # words in a row: shorter texts are anybody's
ALLOWED = frozenset(
    [
        "__future__",
        "abc",
        "collections",
        "dataclasses",
        "difflib",
        "enum",
        "functools",
        "itertools",
        "json",
        "langchain",
        "langchain_core",
        "langgraph",
        "math",
        "opentelemetry",
        "re",
        "shlex",
        "string",
        "textwrap",
        "typing",
        "typing_extensions",
    ]
)
_BANNED = frozenset(
    [
        "__import__",
        "breakpoint",
        "compile",
        "delattr",
        "eval",
        "exec",
        "exit",
        "globals",
        "input",
        "locals",
        "open",
        "quit",
        "setattr",
        "vars",
    ]
)
_CLASS = re.compile(r"[A-Z][A-Za-z0-9]{2,39}")
_FOREIGN = re.compile(r"https?:|\w+://|www\.", re.IGNORECASE)


def shape_problem(class_name: str, code: str, test: str, *, module: str, recorded: str) -> str | None:
    """Why a middleware and its test are refused; ``None`` where they may be tried in the sandbox.

    ``module`` is the name by which the test imports the middleware, ``recorded`` the text of the runs that the model has
    read: what is repeated from there comes from the trace. Imports are allow-listed, calls that lead
    out of the language's tame part are not allowed. This is no wall, the sandbox is.
    """
    if not _CLASS.fullmatch(class_name):
        return "its class has no plain name in camel case"
    for what, text in (("code", code), ("test", test)):
        if not text.strip() or len(text) > LONGEST:
            return f"its {what} has {len(text)} characters; 1 to {LONGEST} are allowed"
    parsed, tests = _parsed(code), _parsed(test)
    if parsed is None or tests is None:
        return "it is not valid Python"
    return (
        _class_problem(parsed, class_name)
        or _test_problem(tests, class_name)
        or _reach_problem(parsed, ALLOWED)
        or _reach_problem(tests, ALLOWED | {module})
        or _text_problem((parsed, tests), recorded)
    )


def _parsed(text: str) -> ast.Module | None:
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _class_problem(tree: ast.Module, class_name: str) -> str | None:
    found = [node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == class_name]
    if not found:
        return f"it defines no class {class_name}"
    bases = {ast.unparse(base).partition("[")[0].rpartition(".")[2] for base in found[0].bases}
    return None if "AgentMiddleware" in bases else f"{class_name} is no AgentMiddleware"


def _test_problem(tree: ast.Module, class_name: str) -> str | None:
    tests = [
        node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    ]
    if not tests:
        return "its test has no function named test_…"
    if any(_takes_something(test.args) for test in tests):
        return "its test's functions take arguments; they are called without any"
    if not any(isinstance(node, ast.Assert) for test in tests for node in ast.walk(test)):
        return "its test asserts nothing"
    named = any(isinstance(node, ast.Name) and node.id == class_name for node in ast.walk(tree))
    return None if named else f"its test does not use {class_name}"


def _takes_something(arguments: ast.arguments) -> bool:
    return bool(arguments.posonlyargs or arguments.args or arguments.kwonlyargs)


def _reach_problem(tree: ast.Module, allowed: frozenset[str]) -> str | None:
    for name in _imported(tree):
        if name.partition(".")[0] not in allowed:
            return f"it imports {name[:40]}, which a middleware has no need of"
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in _BANNED:
            return f"it uses {node.id}"
        if isinstance(node, ast.Attribute) and node.attr.startswith("__") and node.attr != "__init__":
            return f"it reaches for {node.attr[:40]}"
    return None


def _imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." if node.level else node.module or "."


def _text_problem(trees: Sequence[ast.Module], recorded: str) -> str | None:
    """Texts within the code may reach the model: none is a link or a passage of a trace."""
    for node in (node for tree in trees for node in ast.walk(tree)):
        text = node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
        if _FOREIGN.search(text):
            return "it holds a link"
        if len(re.findall(r"\w+", text)) >= PASSAGE and repeats(text, recorded):
            return "it repeats recorded text"
    return None
