"""Statements of the Python subset, turned into closures over a frame."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from harness.simulated.evaluation.allowed import MODULES, Module
from harness.simulated.evaluation.expressions import ExpressionCompiler, Switch, walked
from harness.simulated.evaluation.limits import PROGRAM_ERRORS, UnsupportedError
from harness.simulated.evaluation.operators import BINARY
from harness.simulated.evaluation.scope import (
    Expression,
    Frame,
    Scope,
    assigned_names,
    parameter_names,
)

Signal = tuple[str, Any] | None  # how a statement ended: nothing, or what it jumps to
Statement = Callable[[Frame], Signal]

_BREAK: Signal = ("break", None)
_CONTINUE: Signal = ("continue", None)


class Compiler(ExpressionCompiler):
    """Compiles whole programs; see ``ExpressionCompiler`` for the places that can be switched."""

    def block(self, body: list[ast.stmt], scope: Scope) -> Statement:
        """One closure for a list of statements."""
        statements = [self.statement(each, scope) for each in body]
        if len(statements) == 1:
            return statements[0]

        def run(f: Frame) -> Signal:
            for statement in statements:
                signal = statement(f)
                if signal is not None:
                    return signal
            return None

        return run

    def statement(self, node: ast.stmt, scope: Scope) -> Statement:
        """The closure that runs a statement; the same one for the same node."""
        key = id(node)
        if key not in self._made:
            method = getattr(self, f"_do_{type(node).__name__.lower()}", None)
            run: Statement = method(node, scope) if method else _refuse(type(node).__name__)
            if key in self.sites:
                run = self.switches.setdefault(key, Switch(run, scope))
            self._keep(node, run)
        return self._made[key]

    def replacement_block(self, target: ast.stmt, body: list[ast.stmt]) -> Statement:
        """A closure for ``body`` in the place of the statement ``target``, which may occur within it."""
        switch = self.switches[id(target)]
        self._made[id(target)] = switch.original
        try:
            return self.block(body, switch.scope)
        finally:
            self._made[id(target)] = switch

    def _do_expr(self, node: ast.Expr, scope: Scope) -> Statement:
        value = self.expression(node.value, scope)

        def run(f: Frame) -> None:
            value(f)

        return run

    def _do_pass(self, _node: ast.Pass, _scope: Scope) -> Statement:
        return lambda _: None

    def _do_global(self, _node: ast.Global, _scope: Scope) -> Statement:
        return _refuse("global")

    def _do_break(self, _node: ast.Break, _scope: Scope) -> Statement:
        return lambda _: _BREAK

    def _do_continue(self, _node: ast.Continue, _scope: Scope) -> Statement:
        return lambda _: _CONTINUE

    def _do_return(self, node: ast.Return, scope: Scope) -> Statement:
        if node.value is None:
            return lambda _: ("return", None)
        value = self.expression(node.value, scope)
        return lambda f: ("return", value(f))

    def _do_assign(self, node: ast.Assign, scope: Scope) -> Statement:
        value = self.expression(node.value, scope)
        targets = [self.target(each, scope) for each in node.targets]

        def run(f: Frame) -> None:
            result = value(f)
            for target in targets:
                target(f, result)

        return run

    def _do_annassign(self, node: ast.AnnAssign, scope: Scope) -> Statement:
        if node.value is None:
            return lambda _: None
        value, target = self.expression(node.value, scope), self.target(node.target, scope)
        return lambda f: target(f, value(f))

    def _do_augassign(self, node: ast.AugAssign, scope: Scope) -> Statement:
        function, value = BINARY.get(type(node.op)), self.expression(node.value, scope)
        if function is None or isinstance(node.target, ast.Attribute):
            return _refuse("augmented assignment")
        old, target = self.expression(_as_load(node.target), scope), self.target(node.target, scope)

        def run(f: Frame) -> None:
            left, right = old(f), value(f)
            if isinstance(left, list) and isinstance(right, str | tuple):
                left.extend(right)
            else:
                target(f, function(left, right))

        return run

    def _do_delete(self, _node: ast.Delete, _scope: Scope) -> Statement:
        return _refuse("del")

    def _do_if(self, node: ast.If, scope: Scope) -> Statement:
        test = self.expression(node.test, scope)
        body, other = self.block(node.body, scope), self.block(node.orelse, scope)
        return lambda f: body(f) if test(f) else other(f)

    def _do_while(self, node: ast.While, scope: Scope) -> Statement:
        test, meter = self.expression(node.test, scope), self.meter
        body, other = self.block(node.body, scope), self.block(node.orelse, scope)

        def run(f: Frame) -> Signal:
            while test(f):
                meter.tick()
                signal = body(f)
                if signal is None or signal is _CONTINUE:
                    continue
                return None if signal is _BREAK else signal
            return other(f)

        return run

    def _do_for(self, node: ast.For, scope: Scope) -> Statement:
        source, assign, meter = self.expression(node.iter, scope), self.target(node.target, scope), self.meter
        body, other = self.block(node.body, scope), self.block(node.orelse, scope)

        def run(f: Frame) -> Signal:
            for item in walked(source(f), meter):
                meter.tick()
                assign(f, item)
                signal = body(f)
                if signal is None or signal is _CONTINUE:
                    continue
                return None if signal is _BREAK else signal
            return other(f)

        return run

    def _do_assert(self, node: ast.Assert, scope: Scope) -> Statement:
        test = self.expression(node.test, scope)

        def run(f: Frame) -> None:
            if not test(f):
                raise AssertionError

        return run

    def _do_raise(self, node: ast.Raise, scope: Scope) -> Statement:
        if node.exc is None:
            return _refuse("bare raise")
        value = self.expression(node.exc, scope)

        def run(f: Frame) -> None:
            error = value(f)
            made = error() if isinstance(error, type) else error
            if not isinstance(made, PROGRAM_ERRORS):
                raise UnsupportedError("exception type")
            raise made

        return run

    def _do_try(self, node: ast.Try, scope: Scope) -> Statement:
        if node.finalbody or node.orelse or any(each.name for each in node.handlers):
            return _refuse("elaborate try")
        body = self.block(node.body, scope)
        handlers = [(self._caught(each, scope), self.block(each.body, scope)) for each in node.handlers]

        def run(f: Frame) -> Signal:
            try:
                return body(f)
            except PROGRAM_ERRORS as error:
                for caught, handler in handlers:
                    if isinstance(error, caught(f)):
                        return handler(f)
                raise

        return run

    def _caught(self, handler: ast.ExceptHandler, scope: Scope) -> Expression:
        return self.expression(handler.type, scope) if handler.type else lambda _: Exception

    def _do_functiondef(self, node: ast.FunctionDef, scope: Scope) -> Statement:
        if node.decorator_list or any(isinstance(each, ast.Yield | ast.YieldFrom) for each in ast.walk(node)):
            return _refuse("decorator or generator")
        names = frozenset(parameter_names(node.args)) | assigned_names(node.body)
        body = self.block(node.body, Scope(names=names, parent=scope))
        make = self.function(node.args, lambda f: _result(body(f)), scope)

        def run(f: Frame) -> None:
            f[node.name] = make(f)

        return run

    def _do_import(self, node: ast.Import, _scope: Scope) -> Statement:
        modules = {each.asname or each.name: MODULES.get(each.name, Module({})) for each in node.names}
        return lambda f: f.update(modules)

    def _do_importfrom(self, node: ast.ImportFrom, _scope: Scope) -> Statement:
        members = MODULES.get(node.module or "", Module({})).members
        found = {each.asname or each.name: members.get(each.name, _absent) for each in node.names}
        return lambda f: f.update(found)


def _absent(*_: Any, **__: Any) -> Any:
    raise UnsupportedError("a name from a module that is not allowed")


def _result(signal: Signal) -> Any:
    return signal[1] if signal is not None else None


def _refuse(what: str) -> Statement:
    def run(_: Frame) -> Signal:
        raise UnsupportedError(what)

    return run


def _as_load(node: ast.expr) -> ast.expr:
    if isinstance(node, ast.Subscript):
        return ast.Subscript(value=node.value, slice=node.slice, ctx=ast.Load())
    return ast.Name(id=node.id, ctx=ast.Load()) if isinstance(node, ast.Name) else node
