"""Edits of expressions: the inverses of the classic mutation operators (DeMillo, Lipton and Sayward 1978)."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from harness.simulated.repairs.place import Place, is_call_of
from harness.simulated.repairs.repair import Repair

Pieces = Iterator[tuple[ast.expr, float]]

_COMPARISONS: tuple[type[ast.cmpop], ...] = (ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq)
_OPPOSITE: Mapping[type[ast.cmpop], type[ast.cmpop]] = MappingProxyType(
    {
        ast.Lt: ast.GtE, ast.GtE: ast.Lt, ast.Gt: ast.LtE, ast.LtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
        ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
    }
)  # fmt: skip
_NEIGHBOUR: Mapping[type[ast.cmpop], type[ast.cmpop]] = MappingProxyType(
    {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt}
)
_TURNED: Mapping[type[ast.cmpop], type[ast.cmpop]] = MappingProxyType(
    {ast.Lt: ast.Gt, ast.Gt: ast.Lt, ast.LtE: ast.GtE, ast.GtE: ast.LtE}
)
_TRUTHS = (ast.Compare, ast.BoolOp, ast.Call)
_EQUALITY = (ast.Eq, ast.NotEq, ast.In, ast.NotIn, ast.Is, ast.IsNot)
_ARITHMETIC: tuple[type[ast.operator], ...] = (
    ast.Add,
    ast.Sub,
    ast.Mult,
    ast.Div,
    ast.FloorDiv,
    ast.Mod,
    ast.Pow,
)
_BITWISE: tuple[type[ast.operator], ...] = (ast.BitAnd, ast.BitOr, ast.BitXor, ast.LShift, ast.RShift)
_LIKELY: frozenset[frozenset[type[ast.operator]]] = frozenset(
    frozenset(pair)
    for pair in ((ast.Add, ast.Sub), (ast.Mult, ast.Div), (ast.Mult, ast.FloorDiv), (ast.Div, ast.FloorDiv),
                 (ast.Mod, ast.FloorDiv), (ast.Mod, ast.Mult), (ast.Mult, ast.Pow), (ast.Mod, ast.Div))
)  # fmt: skip
_ALIKE = (
    ("min", "max"), ("any", "all"), ("ceil", "floor"), ("int", "float", "round", "str"), ("list", "tuple", "set"),
    ("sum", "len", "max", "min"), ("sorted", "list", "reversed"), ("ord", "chr", "int"), ("map", "filter"),
    ("upper", "lower", "swapcase"), ("isupper", "islower", "isalpha", "isdigit", "isalnum"),
    ("startswith", "endswith"), ("find", "rfind", "index", "rindex"), ("strip", "lstrip", "rstrip"),
    ("keys", "values", "items"), ("append", "extend", "remove"), ("ljust", "rjust"), ("add", "remove", "discard"),
    ("capitalize", "title", "upper", "lower"), ("union", "intersection", "difference"), ("sqrt", "floor"),
)  # fmt: skip
_WRAPPERS = frozenset(
    ("abs", "sorted", "set", "list", "int", "str", "reversed", "round", "float", "len", "bool")
)


def expression_repairs(place: Place) -> Iterator[Repair]:
    """Edits of the expression at a place."""
    node = place.node
    if not isinstance(node, ast.expr) or _is_target(node):
        return
    for kind, operator in _operators():
        for piece, weight in operator(place):
            yield Repair(target=node, piece=piece, kind=kind, weight=weight)


def _operators() -> tuple[tuple[str, Callable[[Place], Pieces]], ...]:
    return (
        ("comparison", _comparison),
        ("arithmetic", _arithmetic),
        ("boolean operator", _boolean),
        ("negation", _negation),
        ("number", _number),
        ("constant", _constant),
        ("off by one", _off_by_one),
        ("variable", _variable),
        ("call", _call),
        ("arguments", _arguments),
        ("slice", _slice),
        ("branches", _branches),
        ("sign", _sign),
        ("missing call", _missing_call),
        ("missing condition", _missing_condition),
    )


def _is_target(node: ast.expr) -> bool:
    return isinstance(getattr(node, "ctx", None), ast.Store | ast.Del) or isinstance(
        node, ast.Starred | ast.JoinedStr
    )


def _comparison(place: Place) -> Pieces:
    node = place.node
    if not isinstance(node, ast.Compare):
        return
    for index, op in enumerate(node.ops):
        for other in _other_comparisons(type(op)):
            ops = [other() if number == index else each for number, each in enumerate(node.ops)]
            piece = ast.Compare(left=node.left, ops=ops, comparators=node.comparators)
            yield piece, _likelihood(type(op), other)
    if len(node.ops) > 1:
        yield ast.Compare(left=node.left, ops=node.ops[:-1], comparators=node.comparators[:-1]), 0.3


def _likelihood(op: type[ast.cmpop], other: type[ast.cmpop]) -> float:
    if other is _NEIGHBOUR.get(op) or (op in _EQUALITY and other is _OPPOSITE[op]):
        return 3.0
    if other is _TURNED.get(op):
        return 2.0
    return 1.5 if other is _OPPOSITE[op] else 0.6


def _other_comparisons(op: type[ast.cmpop]) -> tuple[type[ast.cmpop], ...]:
    if op in _COMPARISONS:
        return tuple(each for each in _COMPARISONS if each is not op)
    return (_OPPOSITE[op],)


def _arithmetic(place: Place) -> Pieces:
    node = place.node
    if not isinstance(node, ast.BinOp):
        return
    family = _ARITHMETIC if isinstance(node.op, _ARITHMETIC) else _BITWISE
    for op in family:
        if op is not type(node.op):
            likely = frozenset({op, type(node.op)}) in _LIKELY
            weight = 0.1 if _does_nothing(op, node.right) else 3.0 if likely else 1.0
            yield ast.BinOp(left=node.left, op=op(), right=node.right), weight
    if not isinstance(node.op, ast.Mult):
        yield ast.BinOp(left=node.right, op=node.op, right=node.left), 0.8
    yield node.left, 1.2 if _is_one(node.right) else 0.5
    yield node.right, 0.3


def _is_one(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and type(node.value) is int and node.value == 1


def _does_nothing(op: type[ast.operator], right: ast.expr) -> bool:
    return _is_one(right) and op in {ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow}


def _boolean(place: Place) -> Pieces:
    node = place.node
    if not isinstance(node, ast.BoolOp):
        return
    other = ast.And() if isinstance(node.op, ast.Or) else ast.Or()
    yield ast.BoolOp(op=other, values=node.values), 3.0
    for index in range(len(node.values)):
        rest = [each for number, each in enumerate(node.values) if number != index]
        yield rest[0] if len(rest) == 1 else ast.BoolOp(op=node.op, values=rest), 0.5


def _negation(place: Place) -> Pieces:
    node = place.node
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield node.operand, 2.5
        return
    returned = place.field == "value" and isinstance(place.parent, ast.Return)
    if isinstance(node, ast.expr) and (place.is_condition or (returned and isinstance(node, _TRUTHS))):
        unlikely = isinstance(node, ast.Compare) and len(node.ops) == 1
        yield ast.UnaryOp(op=ast.Not(), operand=node), 0.2 if unlikely else 1.5


def _number(place: Place) -> Pieces:
    node = place.node
    if (
        not isinstance(node, ast.Constant)
        or isinstance(node.value, bool)
        or not isinstance(node.value, int | float)
    ):
        return
    value = node.value
    near = {
        value + 1: 2.0,
        value - 1: 2.0,
        0: 1.2,
        1: 1.2,
        2: 0.6,
        -value: 0.8,
        value * 2: 0.4,
        -1: 0.6,
        10: 0.3,
    }
    if isinstance(value, int):
        near |= {value // 2: 0.4, value + 2: 0.3, value - 2: 0.3}
    others = dict.fromkeys(place.surroundings.numbers, 0.5)
    for number, weight in {**others, **near}.items():
        if number != value:
            yield _literal(number), weight


def _constant(place: Place) -> Pieces:
    node = place.node
    if not isinstance(node, ast.Constant):
        return
    if isinstance(node.value, bool):
        yield ast.Constant(value=not node.value), 3.0
    if node.value is None:
        for value in (True, False, 0, ""):
            yield ast.Constant(value=value), 0.5
        for name in place.surroundings.variables:
            yield ast.Name(id=name, ctx=ast.Load()), 0.7
    if isinstance(node.value, str):
        yield from _text(node.value, place.surroundings.texts)
    elif place.parent.__class__ is ast.Return and node.value is not None:
        yield ast.Constant(value=None), 0.5


def _text(value: str, others: tuple[str, ...]) -> Pieces:
    if len(value) > 3 and value[:2] == value[-2:] == "XX":
        yield ast.Constant(value=value[2:-2]), 4.0
    known = {" ": 1.5, "": 1.0, ",": 0.3, **dict.fromkeys(others, 0.8)}
    for change in (
        value.upper(),
        value.lower(),
        value.swapcase(),
        value[::-1],
        value[1:],
        value[:-1],
        value.strip(),
    ):
        known.setdefault(change, 1.0)
    for text, weight in known.items():
        if text != value:
            yield ast.Constant(value=text), weight


def _off_by_one(place: Place) -> Pieces:
    node = place.node
    if not isinstance(node, ast.Name | ast.Call | ast.BinOp | ast.Subscript | ast.UnaryOp):
        return
    if place.field in {"func", "keywords", "iter"} or isinstance(place.parent, ast.Attribute):
        return
    likely = place.is_bound or isinstance(place.parent, ast.Compare)
    weight = 2.0 if likely else 0.4
    if isinstance(node, ast.BinOp) and isinstance(node.right, ast.Constant):
        weight *= 0.2  # the number itself is the more natural place
    for op in (ast.Add(), ast.Sub()):
        yield ast.BinOp(left=node, op=op, right=ast.Constant(value=1)), weight


def _variable(place: Place) -> Pieces:
    node, known = place.node, place.surroundings
    if not isinstance(node, ast.Name):
        return
    names, weight = (known.functions, 0.5) if place.field == "func" else (known.variables, 1.5)
    if node.id not in names:
        return
    for name in names:
        if name != node.id:
            yield ast.Name(id=name, ctx=ast.Load()), weight
    if place.is_bound:
        yield ast.Constant(value=0), 0.4


def _call(place: Place) -> Pieces:
    node = place.node
    if isinstance(node, ast.Attribute) and place.field == "func":
        for name in _alike(node.attr):
            yield ast.Attribute(value=node.value, attr=name, ctx=ast.Load()), 2.0
    elif isinstance(node, ast.Name) and place.field in {"func", "args"}:
        for name in _alike(node.id):
            yield ast.Name(id=name, ctx=ast.Load()), 2.0
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and not node.args:
        yield node.func.value, 0.4
    elif isinstance(node, ast.Call) and is_call_of(node, *_WRAPPERS) and len(node.args) == 1:
        yield node.args[0], 0.8


def _alike(name: str) -> Iterator[str]:
    yield from dict.fromkeys(each for family in _ALIKE if name in family for each in family if each != name)


def _arguments(place: Place) -> Pieces:
    node = place.node
    if not isinstance(node, ast.Call):
        return
    args = node.args
    for index in range(len(args) - 1):
        swapped = [*args[:index], args[index + 1], args[index], *args[index + 2 :]]
        yield ast.Call(func=node.func, args=swapped, keywords=node.keywords), 1.2
    if is_call_of(node, "range"):
        yield from _range(node)
    if is_call_of(node, "sorted", "max", "min") or (
        isinstance(node.func, ast.Attribute) and node.func.attr == "sort"
    ):
        yield from _ordering(node)


def _range(node: ast.Call) -> Pieces:
    if len(node.args) == 1:
        for start in (1, 0, 2):
            yield ast.Call(func=node.func, args=[ast.Constant(value=start), *node.args], keywords=[]), 1.2
    if len(node.args) > 1:
        yield ast.Call(func=node.func, args=node.args[1:2], keywords=[]), 1.0
    if len(node.args) == 3:
        yield ast.Call(func=node.func, args=node.args[:2], keywords=[]), 0.8
    if len(node.args) == 2:
        for step in (2, -1):
            yield ast.Call(func=node.func, args=[*node.args, _literal(step)], keywords=[]), 0.5


def _ordering(node: ast.Call) -> Pieces:
    names = {each.arg for each in node.keywords}
    if "reverse" in names:
        kept = [each for each in node.keywords if each.arg != "reverse"]
        yield ast.Call(func=node.func, args=node.args, keywords=kept), 1.0
    elif not is_call_of(node, "max", "min"):
        backwards = ast.keyword(arg="reverse", value=ast.Constant(value=True))
        yield ast.Call(func=node.func, args=node.args, keywords=[*node.keywords, backwards]), 1.5
    if "key" in names:
        kept = [each for each in node.keywords if each.arg != "key"]
        yield ast.Call(func=node.func, args=node.args, keywords=kept), 0.4
    else:
        for key in ("abs", "len"):
            by = ast.keyword(arg="key", value=ast.Name(id=key, ctx=ast.Load()))
            yield ast.Call(func=node.func, args=node.args, keywords=[*node.keywords, by]), 0.4


def _slice(place: Place) -> Pieces:
    node = place.node
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Slice):
        yield node.value, 0.6
    if not isinstance(node, ast.Slice):
        return
    one, last = ast.Constant(value=1), _literal(-1)
    lower, upper, step = node.lower, node.upper, node.step
    if lower is None:
        yield ast.Slice(lower=one, upper=upper, step=step), 1.5
    else:
        yield ast.Slice(upper=upper, step=step), 1.0
    if upper is None:
        yield ast.Slice(lower=lower, upper=last, step=step), 1.5
    else:
        yield ast.Slice(lower=lower, step=step), 1.0
    if (lower is None) != (upper is None):
        yield ast.Slice(lower=upper, upper=lower, step=step), 1.2
    for other in (None, last, ast.Constant(value=2)):
        if ast.dump(other or one) != ast.dump(step or one):
            yield ast.Slice(lower=lower, upper=upper, step=other), 0.8


def _branches(place: Place) -> Pieces:
    node = place.node
    if isinstance(node, ast.IfExp):
        yield ast.IfExp(test=node.test, body=node.orelse, orelse=node.body), 2.0
        yield node.body, 0.4
        yield node.orelse, 0.4


def _sign(place: Place) -> Pieces:
    node = place.node
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield node.operand, 2.0
        return
    has_value = place.field in {"value", "right", "left"}
    if not has_value or isinstance(place.parent, ast.Attribute | ast.Subscript | ast.Expr):
        return
    if isinstance(node, ast.Name | ast.Call | ast.BinOp):
        yield ast.UnaryOp(op=ast.USub(), operand=node), 0.3


def _missing_call(place: Place) -> Pieces:
    node = place.node
    if place.field in {"func", "slice"} or isinstance(place.parent, ast.Attribute | ast.Expr):
        return
    if isinstance(node, ast.Name | ast.BinOp | ast.Subscript | ast.Call):
        for name in ("abs", "len", "sorted", "set", "int", "str"):
            if not is_call_of(node, name):
                yield ast.Call(func=ast.Name(id=name, ctx=ast.Load()), args=[node], keywords=[]), 0.3
    if isinstance(node, ast.Name | ast.Subscript) and not place.is_bound:
        backwards = ast.Slice(step=_literal(-1))
        yield ast.Subscript(value=node, slice=backwards, ctx=ast.Load()), 0.4


def _missing_condition(place: Place) -> Pieces:
    node = place.node
    if not (isinstance(node, ast.Constant) and node.value is True and place.field in {"test", "ifs"}):
        return
    for variable in place.surroundings.variables:
        name = ast.Name(id=variable, ctx=ast.Load())
        yield name, 0.8
        yield ast.UnaryOp(op=ast.Not(), operand=name), 0.8
        for op in (ast.Gt, ast.Lt, ast.Eq, ast.NotEq):
            yield ast.Compare(left=name, ops=[op()], comparators=[ast.Constant(value=0)]), 0.6
        for rest in (0, 1):
            half = ast.BinOp(left=name, op=ast.Mod(), right=ast.Constant(value=2))
            yield ast.Compare(left=half, ops=[ast.Eq()], comparators=[ast.Constant(value=rest)]), 0.6
        for method in ("isdigit", "isalpha", "isupper", "islower"):
            call = ast.Attribute(value=name, attr=method, ctx=ast.Load())
            yield ast.Call(func=call, args=[], keywords=[]), 0.4


def _literal(number: float) -> ast.expr:
    if number < 0:
        return ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=-number))
    return ast.Constant(value=number)
