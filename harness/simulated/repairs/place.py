"""Where in a program an expression or statement stands."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from harness.simulated.evaluation.scope import assigned_names, parameter_names


@dataclass(frozen=True, kw_only=True, eq=False)
class Place:
    """A node of a function's body with what surrounds it.

    ``field`` is the parent's field that holds the node; ``variables`` are the function's parameters
    and local variables in order; ``names`` are functions of the module; ``numbers`` and ``texts`` are
    the constants of the function.
    """

    node: ast.expr | ast.stmt
    parent: ast.AST
    field: str
    surroundings: Surroundings

    @property
    def is_condition(self) -> bool:
        """Whether the node decides what happens next."""
        return self.field in {"test", "ifs"} or isinstance(self.parent, ast.BoolOp)

    @property
    def is_bound(self) -> bool:
        """Whether the node is an index, a slice's bound or an argument of ``range``."""
        if isinstance(self.parent, ast.Slice) or (
            isinstance(self.parent, ast.Subscript) and self.field == "slice"
        ):
            return True
        return is_call_of(self.parent, "range") and self.field == "args"


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What one function offers as material for edits."""

    variables: tuple[str, ...]
    functions: tuple[str, ...]
    numbers: tuple[int | float, ...]
    texts: tuple[str, ...]
    in_loop: frozenset[int]


def places(tree: ast.Module) -> Iterator[Place]:
    """All places of the module's functions where an edit could be made, in the order of the text."""
    functions = tuple(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
    for function in (node for node in tree.body if isinstance(node, ast.FunctionDef)):
        surroundings = _surroundings(function, functions)
        for default in function.args.defaults:
            yield Place(node=default, parent=function.args, field="defaults", surroundings=surroundings)
        yield from _within(function, "body", without_docstring(function.body), surroundings)


def without_docstring(body: list[ast.stmt]) -> list[ast.stmt]:
    """A function's statements after its docstring, wherever among the first two it stands."""
    return [
        each for each in body if not (isinstance(each, ast.Expr) and isinstance(each.value, ast.Constant))
    ]


def is_call_of(node: ast.AST, *names: str) -> bool:
    """Whether a node calls one of these functions by its plain name."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names


def _within(
    parent: ast.AST, field: str, nodes: Sequence[ast.stmt | ast.expr], surroundings: Surroundings
) -> Iterator[Place]:
    for node in nodes:
        yield Place(node=node, parent=parent, field=field, surroundings=surroundings)
        if isinstance(node, ast.JoinedStr | ast.Import | ast.ImportFrom):
            continue  # positions inside a formatted string are not reliable
        yield from _children(node, surroundings)


def _children(node: ast.AST, surroundings: Surroundings) -> Iterator[Place]:
    for field, value in ast.iter_fields(node):
        if field in {"annotation", "returns", "args"} and isinstance(
            node, ast.FunctionDef | ast.AnnAssign | ast.Lambda
        ):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.expr | ast.stmt):
                if not (isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant)):
                    yield from _within(node, field, [child], surroundings)
            elif isinstance(child, ast.comprehension | ast.ExceptHandler | ast.keyword):
                yield from _children(child, surroundings)


def _surroundings(function: ast.FunctionDef, functions: tuple[str, ...]) -> Surroundings:
    body = without_docstring(function.body)
    nodes = [node for statement in body for node in ast.walk(statement)]
    constants = [node.value for node in nodes if isinstance(node, ast.Constant)]
    local = sorted(assigned_names(body) - set(functions))
    numbers = {each for each in constants if isinstance(each, int | float) and not isinstance(each, bool)}
    loops = [node for node in nodes if isinstance(node, ast.For | ast.While)]
    return Surroundings(
        variables=tuple(dict.fromkeys((*parameter_names(function.args), *local))),
        functions=functions,
        numbers=tuple(sorted(numbers)),
        texts=tuple(sorted({each for each in constants if isinstance(each, str)})),
        in_loop=frozenset(id(node) for loop in loops for node in ast.walk(loop)),
    )
