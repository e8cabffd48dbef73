"""Edits of statements: wrong assignments, jumps and returns, and statements that are missing or too many."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from harness.simulated.repairs.place import Place
from harness.simulated.repairs.repair import Repair

Pieces = Iterator[tuple[tuple[ast.stmt, ...], float]]

_STEPS: tuple[type[ast.operator], ...] = (ast.Add, ast.Sub, ast.Mult, ast.FloorDiv, ast.Div, ast.Mod)
_DROPPABLE = (ast.Expr, ast.Assign, ast.AugAssign, ast.Break, ast.Continue, ast.If, ast.Return)


def statement_repairs(place: Place) -> Iterator[Repair]:
    """Edits that change, move or drop the statement at a place."""
    node = place.node
    if not isinstance(node, ast.stmt) or isinstance(node, ast.FunctionDef | ast.Import | ast.ImportFrom):
        return
    for kind, operator in (
        ("assignment", _assignment),
        ("jump", _jump),
        ("placeholder", _placeholder),
        ("branch", _branch),
        ("superfluous", _drop),
    ):
        for piece, weight in operator(place):
            yield Repair(target=node, piece=piece, kind=kind, weight=weight)


def missing_statements(place: Place) -> Iterator[Repair]:
    """Edits that put a short statement before or after the one at a place; many, and rarely right."""
    node = place.node
    if not isinstance(node, ast.stmt) or isinstance(
        node, ast.FunctionDef | ast.Import | ast.ImportFrom | ast.Pass
    ):
        return
    for statement, weight in _short_statements(place):
        ends = isinstance(statement, ast.Return | ast.Break | ast.Continue)
        if not ends:
            yield Repair(target=node, piece=(statement, node), kind="missing", weight=weight)
        if not isinstance(node, ast.Return | ast.Break | ast.Continue):
            yield Repair(target=node, piece=(node, statement), kind="missing", weight=weight)


def _assignment(place: Place) -> Pieces:
    node = place.node
    if isinstance(node, ast.AugAssign):
        for op in _STEPS:
            if op is not type(node.op):
                likely = {op, type(node.op)} in (
                    {ast.Add, ast.Sub},
                    {ast.Mult, ast.FloorDiv},
                    {ast.Mult, ast.Div},
                )
                yield (ast.AugAssign(target=node.target, op=op(), value=node.value),), 3.0 if likely else 0.8
        yield (ast.Assign(targets=[node.target], value=node.value, lineno=0),), 1.5
    if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
        yield from _other_assignments(node, node.targets[0].id, place.surroundings.variables)
    if isinstance(node, ast.Assign) and isinstance(node.value, ast.Tuple):
        swapped = ast.Tuple(elts=node.value.elts[::-1], ctx=ast.Load())
        yield (ast.Assign(targets=node.targets, value=swapped, lineno=0),), 1.5


def _other_assignments(node: ast.Assign, target: str, variables: tuple[str, ...]) -> Pieces:
    for op in (ast.Add, ast.Sub):
        yield (ast.AugAssign(target=ast.Name(id=target, ctx=ast.Store()), op=op(), value=node.value),), 1.0
    for name in variables:
        if name != target:
            other = ast.Name(id=name, ctx=ast.Store())
            yield (ast.Assign(targets=[other], value=node.value, lineno=0),), 0.4


def _jump(place: Place) -> Pieces:
    node, in_loop = place.node, id(place.node) in place.surroundings.in_loop
    if isinstance(node, ast.Break):
        yield (ast.Continue(),), 2.5
        yield (ast.Return(value=None),), 0.3
    if isinstance(node, ast.Continue):
        yield (ast.Break(),), 2.5
    if isinstance(node, ast.Return):
        yield from _returns(node, place.surroundings.variables)
        if in_loop:
            yield (ast.Break(),), 0.4
            yield (ast.Continue(),), 0.4


def _returns(node: ast.Return, variables: tuple[str, ...]) -> Pieces:
    plain = node.value is None or isinstance(node.value, ast.Constant)
    known = ast.dump(node.value) if node.value is not None else ""
    for value in _values(variables):
        if ast.dump(value) != known:
            yield (ast.Return(value=value),), 0.9 if plain else 0.3


def _values(variables: tuple[str, ...]) -> Iterator[ast.expr]:
    yield from (ast.Name(id=name, ctx=ast.Load()) for name in variables)
    yield from (ast.Constant(value=value) for value in (True, False, None, 0, 1, ""))
    yield ast.List(elts=[], ctx=ast.Load())
    yield ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=1))


def _placeholder(place: Place) -> Pieces:
    if not isinstance(place.node, ast.Pass):
        return
    for statement, weight in _short_statements(place):
        yield (statement,), 2.0 * weight
    for first in place.surroundings.variables:
        for second in place.surroundings.variables:
            yield from _with_two(first, second)


def _with_two(first: str, second: str) -> Pieces:
    container = ast.Name(id=first, ctx=ast.Load())
    for op in (ast.Add(), ast.Sub()):
        yield (ast.AugAssign(target=_store(first), op=op, value=ast.Name(id=second, ctx=ast.Load())),), 0.8
    if first != second:
        grow = ast.Attribute(value=container, attr="append", ctx=ast.Load())
        call = ast.Call(func=grow, args=[ast.Name(id=second, ctx=ast.Load())], keywords=[])
        yield (ast.Expr(value=call),), 0.8


def _branch(place: Place) -> Pieces:
    node = place.node
    if isinstance(node, ast.If):
        if node.orelse:
            yield (ast.If(test=node.test, body=node.orelse, orelse=node.body),), 1.0
        else:
            yield tuple(node.body), 0.4
            yield (ast.While(test=node.test, body=node.body, orelse=[]),), 0.4
    if isinstance(node, ast.While):
        yield (ast.If(test=node.test, body=node.body, orelse=[]),), 0.4
    if isinstance(node, ast.For):
        backwards = ast.Call(func=ast.Name(id="reversed", ctx=ast.Load()), args=[node.iter], keywords=[])
        yield (
            (ast.For(target=node.target, iter=backwards, body=node.body, orelse=node.orelse, lineno=0),),
            0.5,
        )


def _drop(place: Place) -> Pieces:
    if isinstance(place.node, _DROPPABLE):
        yield (ast.Pass(),), 0.6


def _short_statements(place: Place) -> Iterator[tuple[ast.stmt, float]]:
    variables = place.surroundings.variables
    if id(place.node) in place.surroundings.in_loop:
        yield ast.Break(), 1.0
        yield ast.Continue(), 1.0
    for value in _values(variables):
        yield ast.Return(value=value), 0.4
    for name in variables:
        for op in (ast.Add(), ast.Sub()):
            yield ast.AugAssign(target=_store(name), op=op, value=ast.Constant(value=1)), 0.7
        for other in variables:
            if other != name:
                yield from _from_one_to_the_other(name, other)


def _from_one_to_the_other(name: str, other: str) -> Iterator[tuple[ast.stmt, float]]:
    source = ast.Name(id=other, ctx=ast.Load())
    grow = ast.Attribute(value=ast.Name(id=name, ctx=ast.Load()), attr="append", ctx=ast.Load())
    yield ast.Assign(targets=[_store(name)], value=source, lineno=0), 0.5
    yield ast.AugAssign(target=_store(name), op=ast.Add(), value=source), 0.5
    yield ast.Expr(value=ast.Call(func=grow, args=[source], keywords=[])), 0.5


def _store(name: str) -> ast.Name:
    return ast.Name(id=name, ctx=ast.Store())
