"""A repair is written into the text and leaves the rest as it was."""

from __future__ import annotations

import ast

from harness.simulated.repairs.repair import Repair
from harness.simulated.repairs.rewriting import rewrite


def _repair(tree: ast.Module, kind: type[ast.AST], piece: str | tuple[str, ...]) -> Repair:
    target = next(node for node in ast.walk(tree) if isinstance(node, kind))
    assert isinstance(target, ast.expr | ast.stmt)
    if isinstance(piece, str):
        return Repair(target=target, piece=ast.parse(piece, mode="eval").body, kind="test", weight=1.0)
    statements = tuple(target if part == "*" else ast.parse(part).body[0] for part in piece)
    return Repair(target=target, piece=statements, kind="test", weight=1.0)  # type: ignore[arg-type]


def _rewrite(source: str, kind: type[ast.AST], piece: str | tuple[str, ...]) -> str | None:
    tree = ast.parse(source)
    return rewrite(source, tree, _repair(tree, kind, piece))


def test_everything_else_stays() -> None:
    """Comments, spacing and quotes are not touched."""
    source = "def f(a):   # why\n    x = a+1  # keep\n    return  'q'\n"

    assert _rewrite(source, ast.BinOp, "a - 1") == source.replace("a+1", "a - 1")


def test_parentheses_are_put_where_the_meaning_needs_them() -> None:
    """A looser operator inside a tighter one is wrapped."""
    source = "def f(a):\n    return 2 * len(a)\n"

    assert _rewrite(source, ast.Call, "len(a) + 1") == "def f(a):\n    return 2 * (len(a) + 1)\n"


def test_positions_count_bytes() -> None:
    """Letters beyond ASCII before the place do not shift it."""
    source = "def f(a):\n    return 'äöü' + a\n"

    assert _rewrite(source, ast.BinOp, "a + 'äöü'") == "def f(a):\n    return a + 'äöü'\n"


def test_a_statement_may_become_two() -> None:
    """The companion gets the same indentation; the old text is kept as it was."""
    source = "def f(a):\n    for x in a:\n        a  =  x # odd\n    return a\n"

    assert _rewrite(source, ast.Assign, ("*", "break")) == source.replace(
        "a  =  x", "a  =  x\n        break"
    ).replace("a  =  x\n        break # odd", "a  =  x\n        break # odd")


def test_a_statement_behind_a_colon_stays_on_its_line() -> None:
    """Two of them are joined by a semicolon."""
    source = "def f(a):\n    if a: return 1\n    return 2\n"

    assert _rewrite(source, ast.If, ("pass",)) == "def f(a):\n    pass\n    return 2\n"
    assert _rewrite(source, ast.Return, ("a = 2", "*")) is not None


def test_what_would_mean_something_else_is_not_written() -> None:
    """An ``elif`` cannot become a plain statement."""
    source = "def f(a):\n    if a:\n        return 1\n    elif a > 2:\n        return 2\n"
    tree = ast.parse(source)
    branch = [node for node in ast.walk(tree) if isinstance(node, ast.If)][1]
    repair = Repair(target=branch, piece=(ast.Pass(),), kind="test", weight=1.0)

    assert rewrite(source, tree, repair) is None
    assert ast.unparse(tree) == ast.unparse(ast.parse(source))
