"""The mutation operators: each names the single changes it can make at a node of the tree.

They follow the operators of mutation testing (Offutt et al. 1996, "An experimental determination of
sufficient mutant operators"; the operators of mutmut and cosmic-ray), with the slips that Python invites:
bounds of ranges and slices, ``min`` for ``max``, a condition turned round.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from benchmarks.suites.humaneval_repair.source_text import Change, SourceText

COMPARISONS: Mapping[type[ast.cmpop], tuple[str, tuple[str, ...]]] = {
    ast.Lt: (r"<", ("<=", ">")),
    ast.LtE: (r"<=", ("<", ">=")),
    ast.Gt: (r">", (">=", "<")),
    ast.GtE: (r">=", (">", "<=")),
    ast.Eq: (r"==", ("!=",)),
    ast.NotEq: (r"!=", ("==",)),
    ast.In: (r"\bin\b", ("not in",)),
    ast.NotIn: (r"\bnot\s+in\b", ("in",)),
    ast.Is: (r"\bis\b", ("is not",)),
    ast.IsNot: (r"\bis\s+not\b", ("is",)),
}
ARITHMETIC: Mapping[type[ast.operator], tuple[str, tuple[str, ...]]] = {
    ast.Add: (r"\+", ("-",)),
    ast.Sub: (r"-", ("+",)),
    ast.Mult: (r"\*", ("+",)),
    ast.Div: (r"/", ("*", "//")),
    ast.FloorDiv: (r"//", ("*",)),
    ast.Mod: (r"%", ("//",)),
    ast.Pow: (r"\*\*", ("*",)),
    ast.BitXor: (r"\^", ("|",)),
}
NON_COMMUTATIVE = (ast.Sub, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow)
LOOKALIKES: Mapping[str, str] = {
    one: other
    for pair in (
        ("min", "max"),
        ("any", "all"),
        ("floor", "ceil"),
        ("upper", "lower"),
        ("isupper", "islower"),
        ("startswith", "endswith"),
        ("lstrip", "rstrip"),
        ("find", "rfind"),
        ("isalpha", "isdigit"),
        ("round", "int"),
        ("title", "swapcase"),
    )
    for one, other in (pair, pair[::-1])
}
SIMPLE = (ast.Name, ast.Call, ast.Attribute, ast.Subscript, ast.Constant)


@dataclass(frozen=True, kw_only=True)
class Place:
    """What operators may know besides the node: the function's variable names and its text constants."""

    variables: frozenset[str]
    texts: tuple[str, ...]


Operator = Callable[[ast.AST, SourceText, Place], Iterator[Change]]


def comparison(node: ast.AST, source: SourceText, _: Place) -> Iterator[Change]:
    """``<`` for ``<=``, ``==`` for ``!=`` and the like."""
    if not isinstance(node, ast.Compare):
        return
    left = node.left
    for operator, right in zip(node.ops, node.comparators, strict=True):
        pattern, others = COMPARISONS[type(operator)]
        for other in others:
            yield from source.token("comparison", left, right, pattern, other)
        left = right


def arithmetic(node: ast.AST, source: SourceText, _: Place) -> Iterator[Change]:
    """``+`` for ``-`` and the like, in expressions and in augmented assignments."""
    if isinstance(node, ast.BinOp):
        left, right, suffix = node.left, node.right, ""
    elif isinstance(node, ast.AugAssign):
        left, right, suffix = node.target, node.value, "="
    else:
        return
    pattern, others = ARITHMETIC.get(type(node.op), ("", ()))
    for other in others:
        yield from source.token("arithmetic", left, right, pattern + suffix, other + suffix)


def boolean(node: ast.AST, source: SourceText, _: Place) -> Iterator[Change]:
    """``and`` for ``or``, or one side left out."""
    if not isinstance(node, ast.BoolOp):
        return
    word, other = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
    for left, right in zip(node.values, node.values[1:], strict=False):
        yield from source.token("boolean", left, right, rf"\b{word}\b", other)
    if len(node.values) == 2:
        for value in node.values:
            yield source.replace("condition_dropped", node, f"({source.of(value)})")


def negation(node: ast.AST, source: SourceText, _: Place) -> Iterator[Change]:
    """A condition turned round."""
    tests: list[ast.expr] = []
    if isinstance(node, ast.If | ast.While | ast.IfExp):
        tests = [node.test]
    elif isinstance(node, ast.comprehension):
        tests = node.ifs
    elif isinstance(node, ast.Return) and isinstance(node.value, ast.Compare | ast.BoolOp):
        tests = [node.value]
    for test in tests:
        yield source.replace("negation", test, _negated(test, source))


def _negated(test: ast.expr, source: SourceText) -> str:
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return source.of(test.operand)
    return f"not {source.of(test)}" if isinstance(test, SIMPLE) else f"not ({source.of(test)})"


def filter_dropped(node: ast.AST, source: SourceText, _: Place) -> Iterator[Change]:
    """A comprehension's filter that lets everything through."""
    if isinstance(node, ast.comprehension):
        for test in node.ifs:
            yield source.replace("filter_dropped", test, "True")


def constant(node: ast.AST, source: SourceText, _: Place) -> Iterator[Change]:
    """A number off by one, a truth value turned round."""
    if not isinstance(node, ast.Constant):
        return
    if isinstance(node.value, bool):
        yield source.replace("constant", node, str(not node.value))
    elif isinstance(node.value, int) and source.of(node).isdigit():
        yield source.replace("constant", node, str(node.value + 1))
        if node.value > 0:
            yield source.replace("constant", node, str(node.value - 1))


def text_swapped(node: ast.AST, source: SourceText, place: Place) -> Iterator[Change]:
    """Another text constant of the same function, or a space for the empty text."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.lineno == node.end_lineno:
        if not node.value:
            yield source.replace("text_swapped", node, "' '")
        for text in place.texts:
            if text != source.of(node):
                yield source.replace("text_swapped", node, text)


def range_bounds(node: ast.AST, source: SourceText, _: Place) -> Iterator[Change]:
    """A range that starts or ends one off."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "range"):
        return
    if len(node.args) == 1:
        yield source.replace("range_bounds", node.args[0], f"1, {source.of(node.args[0])}")
    stop = node.args[0] if len(node.args) == 1 else node.args[1]
    yield from _shifted("range_bounds", stop, source)
    if len(node.args) > 1:
        yield from _shifted("range_bounds", node.args[0], source)


def slice_bounds(node: ast.AST, source: SourceText, _: Place) -> Iterator[Change]:
    """A slice that starts or ends one off."""
    if isinstance(node, ast.Slice):
        for bound in (node.lower, node.upper):
            if bound is not None:
                yield from _shifted("slice_bounds", bound, source)


def subscript(node: ast.AST, source: SourceText, _: Place) -> Iterator[Change]:
    """An index one off."""
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Name | ast.BinOp):
        yield from _shifted("subscript", node.slice, source)


def _shifted(operator: str, bound: ast.expr, source: SourceText) -> Iterator[Change]:
    if isinstance(bound, ast.Constant | ast.UnaryOp):
        return  # the constant's own operator does it
    text = source.of(bound)
    plain = isinstance(bound, SIMPLE) or (
        isinstance(bound, ast.BinOp) and isinstance(bound.op, ast.Add | ast.Sub)
    )
    for sign in ("+", "-"):
        if plain and re.search(r"[+-] 1$", text):
            yield source.replace(operator, bound, text[:-4])
            return
        yield source.replace(operator, bound, f"{text if plain else f'({text})'} {sign} 1")


def variable_swapped(node: ast.AST, source: SourceText, place: Place) -> Iterator[Change]:
    """Another variable of the same function."""
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in place.variables:
        for name in sorted(place.variables - {node.id}):
            yield source.replace("variable_swapped", node, name)


def operands_swapped(node: ast.AST, source: SourceText, _: Place) -> Iterator[Change]:
    """``b - a`` for ``a - b``, or two arguments in the wrong order."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, NON_COMMUTATIVE):
        pair = (node.left, node.right)
    elif isinstance(node, ast.Call) and len(node.args) == 2 and not node.keywords:
        pair = (node.args[0], node.args[1])
    else:
        return
    between = source.content[source.end(pair[0]) : source.start(pair[1])].decode()
    if all(isinstance(part, SIMPLE) for part in pair):
        yield Change(
            operator="operands_swapped",
            start=source.start(pair[0]),
            end=source.end(pair[1]),
            text=source.of(pair[1]) + between + source.of(pair[0]),
        )


def lookalike(node: ast.AST, source: SourceText, _: Place) -> Iterator[Change]:
    """``min`` for ``max`` and other names that are easily taken for each other."""
    if not isinstance(node, ast.Call):
        return
    function = node.func
    if isinstance(function, ast.Name) and function.id in LOOKALIKES:
        yield source.replace("lookalike", function, LOOKALIKES[function.id])
    elif isinstance(function, ast.Attribute) and function.attr in LOOKALIKES:
        end = source.end(function)
        start = end - len(function.attr)
        yield Change(operator="lookalike", start=start, end=end, text=LOOKALIKES[function.attr])


def call_changed(node: ast.AST, source: SourceText, _: Place) -> Iterator[Change]:
    """``len(x) - 1`` for ``len(x)``, a missing ``abs``, an order turned round."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and len(node.args) == 1):
        return
    text = source.of(node)
    if node.func.id == "len":
        yield source.replace("call_changed", node, f"({text} - 1)")
    elif node.func.id == "abs":
        yield source.replace("call_changed", node, f"({source.of(node.args[0])})")
    elif node.func.id == "sorted" and not node.keywords:
        yield source.replace("call_changed", node, f"{text[:-1]}, reverse=True)")
    elif isinstance(node.args[0], ast.Call) and ast.dump(node.args[0].func) == ast.dump(node.func):
        yield source.replace("call_changed", node, source.of(node.args[0]))


def jump(node: ast.AST, source: SourceText, _: Place) -> Iterator[Change]:
    """``continue`` for ``break``."""
    if isinstance(node, ast.Break | ast.Continue):
        yield source.replace("jump", node, "continue" if isinstance(node, ast.Break) else "break")


def statement_dropped(node: ast.AST, source: SourceText, _: Place) -> Iterator[Change]:
    """A statement that is not there any more."""
    droppable = isinstance(node, ast.AugAssign | ast.Continue | ast.Break) or (
        isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
    )
    if droppable and isinstance(node, ast.stmt):
        yield source.replace("statement_dropped", node, "pass")


def return_dropped(node: ast.AST, source: SourceText, _: Place) -> Iterator[Change]:
    """An early return that is not taken."""
    if isinstance(node, ast.If) and len(node.body) == 1 and isinstance(node.body[0], ast.Return):
        yield source.replace("return_dropped", node.body[0], "pass")


WEIGHTS: Mapping[Operator, float] = {  # how often each is chosen where all apply
    comparison: 4.0,
    arithmetic: 4.0,
    constant: 4.0,
    boolean: 3.0,
    negation: 2.0,
    range_bounds: 3.0,
    slice_bounds: 3.0,
    subscript: 2.0,
    lookalike: 3.0,
    call_changed: 2.0,
    operands_swapped: 2.0,
    variable_swapped: 2.0,
    text_swapped: 1.0,
    filter_dropped: 1.0,
    jump: 1.0,
    statement_dropped: 0.5,
    return_dropped: 0.5,
}
