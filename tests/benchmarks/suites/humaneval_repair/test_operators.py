"""Mutation operators: each makes the changes it is named for, and leaves the rest of the text alone."""

from __future__ import annotations

import ast

import pytest

from benchmarks.suites.humaneval_repair import operators
from benchmarks.suites.humaneval_repair.operators import Operator, Place
from benchmarks.suites.humaneval_repair.source_text import SourceText

PLACE = Place(variables=frozenset({"a", "b"}), texts=("'x'", "'y'"))


def changed(operator: Operator, text: str) -> set[str]:
    source = SourceText(text)
    nodes = list(ast.walk(source.tree))
    return {source.apply(change) for node in nodes for change in operator(node, source, PLACE)}


CASES: list[tuple[Operator, str, set[str]]] = [
    (operators.comparison, "a < b", {"a <= b", "a > b"}),
    (operators.comparison, "(a)  ==  (b)", {"(a)  !=  (b)"}),
    (operators.comparison, "a not  in b", {"a in b"}),
    (operators.comparison, "a < b < 3", {"a <= b < 3", "a > b < 3", "a < b <= 3", "a < b > 3"}),
    (operators.arithmetic, "a + b", {"a - b"}),
    (operators.arithmetic, "a // b", {"a * b"}),
    (operators.arithmetic, "a  += 1", {"a  -= 1"}),
    (operators.boolean, "a and b", {"a or b", "(a)", "(b)"}),
    (operators.negation, "a if not b else 1", {"a if b else 1"}),
    (operators.negation, "while a < b: pass", {"while not (a < b): pass"}),
    (operators.negation, "[a for a in b if a]", {"[a for a in b if not a]"}),
    (operators.filter_dropped, "[a for a in b if a > 1]", {"[a for a in b if True]"}),
    (operators.constant, "a[3]", {"a[4]", "a[2]"}),
    (operators.constant, "a[-1]", {"a[-2]", "a[-0]"}),
    (operators.constant, "True", {"False"}),
    (operators.constant, "0.5", set()),
    (operators.text_swapped, "'x'", {"'y'"}),
    (operators.range_bounds, "range(a)", {"range(1, a)", "range(a + 1)", "range(a - 1)"}),
    (
        operators.range_bounds,
        "range(a, b - 1)",
        {"range(a, b)", "range(a + 1, b - 1)", "range(a - 1, b - 1)"},
    ),
    (operators.slice_bounds, "a[b:]", {"a[b + 1:]", "a[b - 1:]"}),
    (operators.slice_bounds, "a[:b if b else a]", {"a[:(b if b else a) + 1]", "a[:(b if b else a) - 1]"}),
    (operators.subscript, "a[b + 1]", {"a[b]"}),
    (operators.variable_swapped, "a * c", {"b * c"}),
    (operators.operands_swapped, "a -  b", {"b -  a"}),
    (operators.operands_swapped, "f(a, 1)", {"f(1, a)"}),
    (operators.lookalike, "min(a)", {"max(a)"}),
    (operators.lookalike, "a.upper()", {"a.lower()"}),
    (operators.call_changed, "len(a)", {"(len(a) - 1)"}),
    (operators.call_changed, "f(f(a))", {"f(a)"}),
    (operators.call_changed, "sorted(a)", {"sorted(a, reverse=True)"}),
    (operators.jump, "while a: break", {"while a: continue"}),
    (operators.statement_dropped, "a.append(b)", {"pass"}),
    (operators.return_dropped, "def f():\n    if a: return 1", {"def f():\n    if a: pass"}),
]


@pytest.mark.parametrize(("operator", "text", "expected"), CASES, ids=[case[1] for case in CASES])
def test_operator_makes_its_changes(operator: Operator, text: str, expected: set[str]) -> None:
    """The single changes at all places of a text."""
    assert changed(operator, text) == expected


def test_text_before_and_after_stays() -> None:
    """Comments, spaces and letters beyond ASCII are kept as they were."""
    text = "x = 'größe'  # ← as ever\ny = x   <   3  # three\n"

    assert text.replace("<", "<=") in changed(operators.comparison, text)


def test_every_operator_has_a_weight() -> None:
    """An operator that is not weighted would never be used."""
    tested = {case[0] for case in CASES}

    assert set(operators.WEIGHTS) == tested
