"""Expressions of the Python subset, turned into closures over a frame."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable, Mapping
from typing import Any

from harness.simulated.evaluation.allowed import (
    BUILTINS,
    METHODS,
    Module,
    call_method,
    guarded_calls,
    listed,
)
from harness.simulated.evaluation.limits import MAX_DEPTH, MAX_SIZE, Meter, TooLongError, UnsupportedError
from harness.simulated.evaluation.operators import BINARY, COMPARE, UNARY
from harness.simulated.evaluation.scope import UP, Expression, Frame, Scope, assigned_names, parameter_names

Assigner = Callable[[Frame, Any], None]


class Switch:
    """A place in a program where another piece can be put in; remembers whether it was reached."""

    __slots__ = ("original", "reached", "run", "scope")

    def __init__(self, original: Callable[[Frame], Any], scope: Scope) -> None:
        self.original = original
        self.run = original
        self.scope = scope
        self.reached = False

    def __call__(self, frame: Frame) -> Any:
        """Run whatever is put in."""
        self.reached = True
        return self.run(frame)


class ExpressionCompiler:
    """Compiles expressions; places in ``sites`` get a ``Switch``.

    ``switches`` maps the identity of a node to its switch. The caller keeps the nodes alive.
    """

    def __init__(self, meter: Meter, sites: frozenset[int]) -> None:
        self.meter = meter
        self.sites = sites
        self.switches: dict[int, Switch] = {}
        self._guards = guarded_calls(meter)
        self._made: dict[int, Callable[[Frame], Any]] = {}
        self._alive: list[ast.AST] = []

    def expression(self, node: ast.expr, scope: Scope) -> Expression:
        """The closure that evaluates a node; the same one for the same node."""
        key = id(node)
        if key not in self._made:
            run: Expression = self._compile(node, scope)
            if key in self.sites:
                run = self.switches.setdefault(key, Switch(run, scope))
            self._keep(node, run)
        return self._made[key]

    def _keep(self, node: ast.AST, run: Callable[[Frame], Any]) -> None:
        self._made[id(node)] = run
        self._alive.append(node)  # so that no other node gets its identity

    def replacement(self, target: ast.expr, new: ast.expr) -> Expression:
        """A closure for ``new`` in the place of ``target``, which may occur within it."""
        switch = self.switches[id(target)]
        self._made[id(target)] = switch.original
        try:
            return self.expression(new, switch.scope)
        finally:
            self._made[id(target)] = switch

    def _compile(self, node: ast.expr, scope: Scope) -> Expression:
        method = getattr(self, f"_{type(node).__name__.lower()}", None)
        if method is None:
            return _unsupported(type(node).__name__)
        made: Expression = method(node, scope)
        return made

    def _constant(self, node: ast.Constant, _scope: Scope) -> Expression:
        value = node.value
        return lambda _: value

    def _name(self, node: ast.Name, scope: Scope) -> Expression:
        name = node.id
        distance = scope.distance(name)
        if distance is None:
            return _builtin(name)
        if distance == 0:
            return _local(name)
        return _enclosing(name, distance)

    def _binop(self, node: ast.BinOp, scope: Scope) -> Expression:
        left, right = self.expression(node.left, scope), self.expression(node.right, scope)
        function = BINARY.get(type(node.op))
        if function is None:
            return _unsupported(type(node.op).__name__)
        return lambda f: function(left(f), right(f))

    def _unaryop(self, node: ast.UnaryOp, scope: Scope) -> Expression:
        operand, function = self.expression(node.operand, scope), UNARY[type(node.op)]
        return lambda f: function(operand(f))

    def _boolop(self, node: ast.BoolOp, scope: Scope) -> Expression:
        values = [self.expression(each, scope) for each in node.values]
        stops_at = isinstance(node.op, ast.Or)

        def run(f: Frame) -> Any:
            result = None
            for value in values:
                result = value(f)
                if bool(result) is stops_at:
                    return result
            return result

        return run

    def _compare(self, node: ast.Compare, scope: Scope) -> Expression:
        first = self.expression(node.left, scope)
        rest = [
            (COMPARE[type(op)], self.expression(right, scope))
            for op, right in zip(node.ops, node.comparators, strict=True)
        ]
        if len(rest) == 1:
            function, other = rest[0]
            return lambda f: function(first(f), other(f))

        def run(f: Frame) -> Any:
            left = first(f)
            result: Any = True
            for compare, operand in rest:
                right = operand(f)
                result = compare(left, right)
                if not result:
                    return result
                left = right
            return result

        return run

    def _ifexp(self, node: ast.IfExp, scope: Scope) -> Expression:
        test, body, other = (self.expression(each, scope) for each in (node.test, node.body, node.orelse))
        return lambda f: body(f) if test(f) else other(f)

    def _namedexpr(self, node: ast.NamedExpr, scope: Scope) -> Expression:
        value, name = self.expression(node.value, scope), node.target.id

        def run(f: Frame) -> Any:
            f[name] = value(f)
            return f[name]

        return run

    def _subscript(self, node: ast.Subscript, scope: Scope) -> Expression:
        owner, index = self.expression(node.value, scope), self.expression(node.slice, scope)
        return lambda f: owner(f)[index(f)]

    def _slice(self, node: ast.Slice, scope: Scope) -> Expression:
        parts = [
            self.expression(each, scope) if each is not None else None
            for each in (node.lower, node.upper, node.step)
        ]
        return lambda f: slice(*[part(f) if part is not None else None for part in parts])

    def _starred(self, _node: ast.Starred, _scope: Scope) -> Expression:
        return _unsupported("starred expression")

    def _list(self, node: ast.List, scope: Scope) -> Expression:
        return self._elements(node.elts, scope)

    def _tuple(self, node: ast.Tuple, scope: Scope) -> Expression:
        elements = self._elements(node.elts, scope)
        return lambda f: tuple(elements(f))

    def _set(self, node: ast.Set, scope: Scope) -> Expression:
        elements = self._elements(node.elts, scope)
        return lambda f: set(elements(f))

    def _elements(self, nodes: list[ast.expr], scope: Scope) -> Expression:
        if any(isinstance(each, ast.Starred) for each in nodes):
            return self._spread(nodes, scope)
        parts = [self.expression(each, scope) for each in nodes]
        return lambda f: [part(f) for part in parts]

    def _spread(self, nodes: list[ast.expr], scope: Scope) -> Expression:
        parts = [(isinstance(each, ast.Starred), self.expression(_unstarred(each), scope)) for each in nodes]
        meter = self.meter

        def run(f: Frame) -> list[Any]:
            result: list[Any] = []
            for starred, part in parts:
                result.extend(listed(part(f), meter) if starred else [part(f)])
            return result

        return run

    def _dict(self, node: ast.Dict, scope: Scope) -> Expression:
        if any(key is None for key in node.keys):
            return _unsupported("dict unpacking")
        keys = [self.expression(key, scope) for key in node.keys if key is not None]
        values = [self.expression(value, scope) for value in node.values]
        return lambda f: {key(f): value(f) for key, value in zip(keys, values, strict=True)}

    def _joinedstr(self, node: ast.JoinedStr, scope: Scope) -> Expression:
        parts = [self.expression(each, scope) for each in node.values]
        return lambda f: "".join([part(f) for part in parts])

    def _formattedvalue(self, node: ast.FormattedValue, scope: Scope) -> Expression:
        value = self.expression(node.value, scope)
        spec = node.format_spec
        text = ast.literal_eval(spec.values[0]) if isinstance(spec, ast.JoinedStr) and spec.values else ""
        if not isinstance(text, str) or len(text) > 4:
            return _unsupported("format specification")
        convert = repr if node.conversion == ord("r") else lambda each: each
        return lambda f: format(convert(value(f)), text)

    def _attribute(self, node: ast.Attribute, scope: Scope) -> Expression:
        owner, name = self.expression(node.value, scope), node.attr

        def run(f: Frame) -> Any:
            value = owner(f)
            if isinstance(value, Module) and name in value.members:
                return value.members[name]
            if type(value) is type and value in METHODS and name in METHODS[value]:
                return lambda first, *rest: call_method(first, name, list(rest), {}, self.meter)
            raise UnsupportedError(f"attribute {name}")

        return run

    def _lambda(self, node: ast.Lambda, scope: Scope) -> Expression:
        names = frozenset(parameter_names(node.args)) | assigned_names([ast.Expr(value=node.body)])
        inner = Scope(names=names, parent=scope)
        return self.function(node.args, self.expression(node.body, inner), scope)

    def function(self, arguments: ast.arguments, body: Expression, scope: Scope) -> Expression:
        """A closure that makes the function whose ``body`` runs in a frame of its own."""
        if arguments.posonlyargs or arguments.kwonlyargs or arguments.kwarg:
            return _unsupported("parameter kind")
        names = [each.arg for each in arguments.args]
        vararg = arguments.vararg.arg if arguments.vararg else None
        defaults = [self.expression(each, scope) for each in arguments.defaults]

        def make(f: Frame) -> Any:
            known = dict(
                zip(names[len(names) - len(defaults) :], [each(f) for each in defaults], strict=True)
            )

            def call(*args: Any, **kwargs: Any) -> Any:
                return self._enter(body, {UP: f, **_bind(names, vararg, known, args, kwargs)})

            return call

        return make

    def _enter(self, body: Expression, frame: Frame) -> Any:
        meter = self.meter
        meter.tick()
        meter.depth += 1
        if meter.depth > MAX_DEPTH:
            raise TooLongError("deep recursion")
        result = body(frame)
        meter.depth -= 1
        return result

    def _call(self, node: ast.Call, scope: Scope) -> Expression:
        if any(keyword.arg is None for keyword in node.keywords):
            return _unsupported("keyword unpacking")
        arguments = self._elements(node.args, scope)
        keywords = [(each.arg, self.expression(each.value, scope)) for each in node.keywords if each.arg]
        if isinstance(node.func, ast.Attribute):
            return self._method_call(node.func, arguments, keywords, scope)
        callee, guards, meter = self.expression(node.func, scope), self._guards, self.meter

        def run(f: Frame) -> Any:
            function = callee(f)
            meter.tick()
            args = arguments(f)
            kwargs = {name: value(f) for name, value in keywords} if keywords else {}
            return _guarded(function, guards)(*args, **kwargs)

        return run

    def _method_call(
        self, func: ast.Attribute, arguments: Expression, keywords: list[tuple[str, Expression]], scope: Scope
    ) -> Expression:
        owner, name, guards, meter = self.expression(func.value, scope), func.attr, self._guards, self.meter

        def run(f: Frame) -> Any:
            value = owner(f)
            meter.tick()
            args = arguments(f)
            kwargs = {key: each(f) for key, each in keywords} if keywords else {}
            if isinstance(value, Module):
                if name not in value.members:
                    raise UnsupportedError(f"function {name}")
                return _guarded(value.members[name], guards)(*args, **kwargs)
            return call_method(value, name, args, kwargs, meter)

        return run

    def _listcomp(self, node: ast.ListComp, scope: Scope) -> Expression:
        element = self.expression(node.elt, scope)
        return self._comprehension(node.generators, scope, lambda f, out: out.append(element(f)))

    def _generatorexp(self, node: ast.GeneratorExp, scope: Scope) -> Expression:
        element = self.expression(node.elt, scope)
        return self._comprehension(node.generators, scope, lambda f, out: out.append(element(f)))

    def _setcomp(self, node: ast.SetComp, scope: Scope) -> Expression:
        element = self.expression(node.elt, scope)
        made = self._comprehension(node.generators, scope, lambda f, out: out.append(element(f)))
        return lambda f: set(made(f))

    def _dictcomp(self, node: ast.DictComp, scope: Scope) -> Expression:
        key, value = self.expression(node.key, scope), self.expression(node.value, scope)
        made = self._comprehension(node.generators, scope, lambda f, out: out.append((key(f), value(f))))
        return lambda f: dict(made(f))

    def _comprehension(
        self, generators: list[ast.comprehension], scope: Scope, emit: Callable[[Frame, list[Any]], None]
    ) -> Expression:
        walk = emit
        targets: set[str] = set()
        for generator in reversed(generators):
            walk = self._generator(generator, scope, walk)
            targets |= {each.id for each in ast.walk(generator.target) if isinstance(each, ast.Name)}

        def run(f: Frame) -> list[Any]:
            saved = {name: f[name] for name in targets if name in f}
            out: list[Any] = []
            walk(f, out)
            for name in targets:
                f.pop(name, None)
            f.update(saved)
            return out

        return run

    def _generator(
        self, node: ast.comprehension, scope: Scope, emit: Callable[[Frame, list[Any]], None]
    ) -> Callable[[Frame, list[Any]], None]:
        source, assign = self.expression(node.iter, scope), self.target(node.target, scope)
        tests = [self.expression(test, scope) for test in node.ifs]
        meter = self.meter

        def walk(f: Frame, out: list[Any]) -> None:
            for item in walked(source(f), meter):
                meter.tick()
                assign(f, item)
                if all(test(f) for test in tests):
                    emit(f, out)

        return walk

    def target(self, node: ast.expr, scope: Scope) -> Assigner:
        """A closure that assigns to a target."""
        if isinstance(node, ast.Name):
            return _assign_name(node.id, scope)
        if isinstance(node, ast.Tuple | ast.List):
            return self._unpack(node.elts, scope)
        if isinstance(node, ast.Subscript):
            return self._assign_item(node, scope)
        return lambda _f, _value: _raise_unsupported(type(node).__name__)

    def _unpack(self, nodes: list[ast.expr], scope: Scope) -> Assigner:
        if any(isinstance(each, ast.Starred) for each in nodes):
            return lambda _f, _value: _raise_unsupported("starred target")
        targets = [self.target(each, scope) for each in nodes]
        meter = self.meter

        def assign(f: Frame, value: Any) -> None:
            values = list(walked(value, meter))
            if len(values) != len(targets):
                raise ValueError("wrong number of values to unpack")
            for target, each in zip(targets, values, strict=True):
                target(f, each)

        return assign

    def _assign_item(self, node: ast.Subscript, scope: Scope) -> Assigner:
        owner, index = self.expression(node.value, scope), self.expression(node.slice, scope)

        def assign(f: Frame, value: Any) -> None:
            container = owner(f)
            if not isinstance(container, list | dict):
                raise TypeError("object does not support item assignment")
            container[index(f)] = value

        return assign


def walked(value: Any, meter: Meter) -> Any:
    """What a ``for`` loop walks over: like ``listed``, but a long range is walked step by step."""
    if isinstance(value, range):
        return value
    if not hasattr(value, "__iter__"):
        raise TypeError(f"{type(value).__name__!r} object is not iterable")
    return listed(value, meter)


def _guarded(function: Any, guards: Mapping[Any, Callable[..., Any]]) -> Callable[..., Any]:
    try:
        found: Callable[..., Any] = guards.get(function, function)
    except TypeError:  # an unhashable value is called: let Python say so
        return lambda *_, **__: function()
    return found


def _bind(
    names: list[str], vararg: str | None, known: dict[str, Any], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> dict[str, Any]:
    bound = {**known, **dict(zip(names, args, strict=False)), **kwargs}
    if vararg is not None:
        bound[vararg] = tuple(args[len(names) :])
    elif len(args) > len(names):
        raise TypeError("too many arguments")
    if len(bound) != len(names) + (vararg is not None):
        raise TypeError("wrong arguments")
    return bound


def _builtin(name: str) -> Expression:
    if name in BUILTINS:
        value = BUILTINS[name]
        return lambda _: value
    if hasattr(builtins, name):
        return _unsupported(name)

    def missing(_: Frame) -> Any:
        raise NameError(f"name {name!r} is not defined")

    return missing


def _local(name: str) -> Expression:
    def load(f: Frame) -> Any:
        try:
            return f[name]
        except KeyError:
            raise UnboundLocalError(name) from None

    return load


def _enclosing(name: str, distance: int) -> Expression:
    def load(f: Frame) -> Any:
        for _ in range(distance):
            f = f[UP]
        try:
            return f[name]
        except KeyError:
            raise NameError(f"name {name!r} is not defined") from None

    return load


def _assign_name(name: str, scope: Scope) -> Assigner:
    distance = scope.distance(name) or 0

    def assign(f: Frame, value: Any) -> None:
        for _ in range(distance):
            f = f[UP]
        if isinstance(value, str | list) and len(value) > MAX_SIZE:
            raise TooLongError("a value grew too large")
        f[name] = value

    return assign


def _unstarred(node: ast.expr) -> ast.expr:
    return node.value if isinstance(node, ast.Starred) else node


def _unsupported(what: str) -> Expression:
    return lambda _: _raise_unsupported(what)


def _raise_unsupported(what: str) -> Any:
    raise UnsupportedError(what)
