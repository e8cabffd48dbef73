"""Which names belong to which function, and what a frame of interpreted variables looks like."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

UP = 0  # the key under which a frame holds the enclosing one; no variable can have it

Frame = dict[Any, Any]
Expression = Callable[[Frame], Any]


@dataclass(frozen=True, kw_only=True)
class Scope:
    """The names that one function (or the module) assigns, and the scope around it."""

    names: frozenset[str]
    parent: Scope | None = None

    def distance(self, name: str) -> int | None:
        """How many frames up a name lives; ``None`` when nobody assigns it."""
        scope: Scope | None = self
        steps = 0
        while scope is not None:
            if name in scope.names:
                return steps
            scope, steps = scope.parent, steps + 1
        return None


def assigned_names(body: list[ast.stmt]) -> frozenset[str]:
    """Names that these statements bind, those of nested functions' bodies excluded."""
    return frozenset(name for statement in body for name in _bound(statement))


def parameter_names(arguments: ast.arguments) -> tuple[str, ...]:
    """All parameters in order, the starred ones last."""
    plain = [each.arg for each in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]
    starred = [each.arg for each in (arguments.vararg, arguments.kwarg) if each is not None]
    return (*plain, *starred)


def _bound(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.FunctionDef):
        yield node.name
        return
    if isinstance(node, ast.Lambda):
        return
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        yield node.id
    if isinstance(node, ast.alias):
        yield (node.asname or node.name).split(".")[0]
    if isinstance(node, ast.ExceptHandler) and node.name:
        yield node.name
    for child in ast.iter_child_nodes(node):
        yield from _bound(child)
