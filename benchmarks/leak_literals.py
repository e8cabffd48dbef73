"""The literals of a verifier that would give it away: inputs and expected results, not everyday words."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import pairwise

SHORTEST_TEXT = 10  # characters
SHORTEST_PLAIN = 24  # characters of a text of words only
LONGEST_TEXT = 200
LEAST_ITEMS = 6
LEAST_DIGITS = 5

_CAUSE = re.compile(r"(exception|constraint):\w+")


def literals_of(checks: str) -> frozenset[str]:
    """Texts, numbers and lists of a script of checks, each as it would stand in a program, without blanks.

    Texts keep their blanks. Short texts of words only, round numbers, and lists that just count are left out.
    """
    tree = ast.parse(checks)
    skipped = {id(part) for node in ast.walk(tree) for part in _not_data(node)}
    return frozenset(
        literal for node in ast.walk(tree) if id(node) not in skipped for literal in _literals(node)
    )


def squeezed(text: str) -> str:
    """A text without blanks and with one kind of quotes, so that layout hides no list."""
    return re.sub(r"\s+", "", text).replace('"', "'")


def _not_data(node: ast.AST) -> Iterator[ast.AST]:
    """Docstrings, fragments of f-strings, messages of assertions."""
    if isinstance(node, ast.Expr):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        yield from ast.walk(node)
    elif isinstance(node, ast.Assert) and node.msg is not None:
        yield from ast.walk(node.msg)


def _literals(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Constant):
        value = node.value
        if (isinstance(value, str) and _telling_text(value)) or (
            isinstance(value, int | float) and _telling_number(value)
        ):
            yield str(value)
    elif isinstance(node, ast.List | ast.Tuple) and _telling_items(node.elts):
        yield squeezed(ast.unparse(node))


def _telling_text(text: str) -> bool:
    plain = re.fullmatch(r"[A-Za-z_ .,!?]*", text) is not None
    shortest = SHORTEST_PLAIN if plain else SHORTEST_TEXT
    in_order = text.isalnum() and list(text) == sorted(text)  # an alphabet, the digits
    return shortest <= len(text) <= LONGEST_TEXT and not in_order and _CAUSE.fullmatch(text) is None


def _telling_number(number: float) -> bool:
    digits = str(abs(number)).partition("e")[0].replace(".", "").strip("0")
    if digits in "1234567890":
        return False
    return len(digits) >= LEAST_DIGITS and len(set(digits)) > 2


def _telling_items(items: list[ast.expr]) -> bool:
    try:
        values = [ast.literal_eval(item) for item in items]
    except ValueError:
        return False
    numbers = [value for value in values if isinstance(value, int | float)]
    steps = {second - first for first, second in pairwise(numbers)}
    return len(items) >= LEAST_ITEMS and (len(numbers) < len(items) or len(steps) > 1)
