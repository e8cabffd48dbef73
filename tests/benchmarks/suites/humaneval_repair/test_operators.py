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


COMPARED = ("<", "<=", ">", ">=", "==", "!=", "in", "not in", "is", "is not")


@pytest.mark.parametrize("word", COMPARED)
def test_every_comparison_becomes_another_one_and_back(word: str) -> None:
    """Its mirror or its neighbour, and what it becomes can become it again."""
    made = {text[2:-2] for text in changed(operators.comparison, f"a {word} b")}

    assert made
    assert made < set(COMPARED)
    assert all(word in changed_words(operators.comparison, other) for other in made)


def changed_words(operator: Operator, word: str) -> set[str]:
    return {text[2:-2] for text in changed(operator, f"a {word} b")}


@pytest.mark.parametrize(
    ("word", "others"),
    [
        ("+", {"-"}),
        ("-", {"+"}),
        ("*", {"+"}),
        ("/", {"*", "//"}),
        ("//", {"*"}),
        ("%", {"//"}),
        ("**", {"*"}),
        ("^", {"|"}),
        ("@", set()),
        ("<<", set()),
    ],
)
def test_arithmetic_in_expressions_and_assignments_changes_alike(word: str, others: set[str]) -> None:
    """The same operators for ``a + b`` and for ``a += b``; those without a likely slip stay."""
    assert changed_words(operators.arithmetic, word) == others
    assert changed_words(operators.arithmetic, f"{word}=") == {f"{other}=" for other in others}


@pytest.mark.parametrize("one", sorted(operators.LOOKALIKES))
def test_names_that_look_alike_are_exchanged_both_ways(one: str) -> None:
    """As functions and as methods, and only where they are called."""
    other = operators.LOOKALIKES[one]

    assert operators.LOOKALIKES[other] == one
    assert changed(operators.lookalike, f"{one}(a)") == {f"{other}(a)"}
    assert changed(operators.lookalike, f"a.{one} (b)") == {f"a.{other} (b)"}
    assert changed(operators.lookalike, f"key = {one}") == set()


NOTHING: list[tuple[Operator, str]] = [
    (operators.comparison, "a + b"),
    (operators.comparison, "(a  # <\n < b)"),
    (operators.boolean, "not a"),
    (operators.negation, "a < b"),
    (operators.negation, "def f(): return a"),
    (operators.filter_dropped, "[a for a in b]"),
    (operators.constant, "'1'"),
    (operators.constant, "0x10"),
    (operators.constant, "1_000"),
    (operators.constant, "None"),
    (operators.text_swapped, "b'x'"),
    (operators.text_swapped, "'''x\ny'''"),
    (operators.range_bounds, "arrange(a)"),
    (operators.range_bounds, "a.range(b)"),
    (operators.range_bounds, "range(1, 9)[a]"),
    (operators.slice_bounds, "a[:]"),
    (operators.slice_bounds, "a[1:-1]"),
    (operators.subscript, "a['b']"),
    (operators.subscript, "a[1:b]"),
    (operators.variable_swapped, "c + d"),
    (operators.variable_swapped, "a = f(c)"),
    (operators.operands_swapped, "a + b"),
    (operators.operands_swapped, "f(a, b, c)"),
    (operators.operands_swapped, "f(a, b, key=c)"),
    (operators.operands_swapped, "(a + 1) - (b * 2)"),
    (operators.call_changed, "len"),
    (operators.call_changed, "sorted(a, key=b)"),
    (operators.call_changed, "f(g(a))"),
    (operators.call_changed, "a.abs(b)"),
    (operators.jump, "return_value = 1"),
    (operators.statement_dropped, "a = f(b)"),
    (operators.statement_dropped, "'a docstring'"),
    (operators.return_dropped, "def f(): return a"),
    (operators.return_dropped, "def f():\n    if a:\n        b = 1\n        return b"),
]


@pytest.mark.parametrize(
    ("operator", "text"), NOTHING, ids=[f"{case[0].__name__}: {case[1]!r}" for case in NOTHING]
)
def test_an_operator_leaves_the_rest_alone(operator: Operator, text: str) -> None:
    """What only looks like its place, and what would be caught at once or change nothing."""
    assert changed(operator, text) == set()


MORE: list[tuple[Operator, str, set[str]]] = [
    (operators.comparison, "a is not b", {"a is b"}),
    (operators.boolean, "a or b or 1", {"a and b or 1", "a or b and 1"}),
    (operators.negation, "if f(a): pass", {"if not f(a): pass"}),
    (
        operators.negation,
        "[a for a in b if a if b > 1]",
        {"[a for a in b if not a if b > 1]", "[a for a in b if a if not (b > 1)]"},
    ),
    (operators.negation, "def f():\n    return a == b", {"def f():\n    return not (a == b)"}),
    (operators.constant, "0", {"1"}),
    (operators.constant, "False", {"True"}),
    (operators.text_swapped, "''", {"' '", "'x'", "'y'"}),
    (operators.text_swapped, '"x"', {"'x'", "'y'"}),
    (operators.range_bounds, "range(5)", {"range(1, 5)"}),
    (
        operators.range_bounds,
        "range(1, len(a), 2)",
        {"range(1, len(a) + 1, 2)", "range(1, len(a) - 1, 2)"},
    ),
    (operators.slice_bounds, "a[b - 1:c + 1]", {"a[b:c + 1]", "a[b - 1:c]"}),
    (operators.slice_bounds, "a[b * 2:]", {"a[(b * 2) + 1:]", "a[(b * 2) - 1:]"}),
    (operators.subscript, "a[b]", {"a[b + 1]", "a[b - 1]"}),
    (operators.operands_swapped, "a // 2", {"2 // a"}),
    (operators.operands_swapped, "a[0] % f(b)", {"f(b) % a[0]"}),
    (operators.call_changed, "abs(a - b)", {"(a - b)"}),
    (operators.call_changed, "str(str(a))", {"str(a)"}),
    (operators.jump, "while a: continue", {"while a: break"}),
    (operators.statement_dropped, "while a:\n    a -= 1", {"while a:\n    pass"}),
]


@pytest.mark.parametrize(("operator", "text", "expected"), MORE, ids=[case[1] for case in MORE])
def test_operator_makes_its_further_changes(operator: Operator, text: str, expected: set[str]) -> None:
    """The other forms in which its place may stand."""
    assert changed(operator, text) == expected


PROGRAM = '''
def f(a, b):
    """Text."""
    total = 0
    for i in range(1, len(a)):
        if not a[i] or b and a[i - 1] >= 3:
            continue
        total += abs(a[i]) // 2 - min(b, 4)
    b.append(total)
    return sorted(a[1:total], reverse=True) if total in b else [x for x in a if x != 'x']
'''


@pytest.mark.parametrize("operator", list(operators.WEIGHTS), ids=lambda operator: operator.__name__)
def test_a_change_is_named_after_its_operator_and_changes_one_line(operator: Operator) -> None:
    """So that a report can say what was done, and a repair has one place."""
    source = SourceText(PROGRAM)
    changes = [c for node in ast.walk(source.tree) for c in operator(node, source, PLACE)]
    lines = PROGRAM.split("\n")

    assert {change.operator for change in changes} <= {operator.__name__, "condition_dropped"}
    for change in changes:
        texts = source.apply(change).split("\n")

        assert sum(old != new for old, new in zip(lines, texts, strict=True)) == 1


WRONG: list[tuple[Operator, str, set[object]]] = [
    (operators.comparison, "def f(n): return n > 2", {(2,), (0, 1, 3, 4)}),
    (operators.range_bounds, "def f(n): return len(range(n)) > 2", {(2,), (3,)}),
    (operators.constant, "def f(n): return n > 2", {(3,), (2,)}),
    (operators.negation, "def f(n): return n > 2", {(0, 1, 2, 3, 4)}),
]


@pytest.mark.parametrize(("operator", "text", "differing"), WRONG, ids=[case[0].__name__ for case in WRONG])
def test_a_mutant_answers_wrongly_where_its_slip_matters(
    operator: Operator, text: str, differing: set[object]
) -> None:
    """Run: the arguments, of five, at which a mutant and the original disagree."""
    found = {tuple(n for n in range(5) if run(made, n) != run(text, n)) for made in changed(operator, text)}

    assert differing <= found


def run(text: str, argument: int) -> object:
    namespace: dict[str, object] = {}
    exec(text, namespace)
    function = namespace["f"]
    assert callable(function)
    return function(argument)
