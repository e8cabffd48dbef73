"""Python's operators, guarded so that no single operation can take much time or memory."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from harness.simulated.evaluation.limits import MAX_BITS, MAX_SIZE, TooLongError

_SEQUENCES = (str, list, tuple, bytes)
_LONGEST_TEMPLATE = 200


def _add(left: Any, right: Any) -> Any:
    if isinstance(left, _SEQUENCES) and isinstance(right, _SEQUENCES) and len(left) + len(right) > MAX_SIZE:
        raise TooLongError("a concatenation grew too large")
    return left + right


def _multiply(left: Any, right: Any) -> Any:
    for sequence, times in ((left, right), (right, left)):
        if isinstance(sequence, _SEQUENCES) and isinstance(times, int) and len(sequence) * times > MAX_SIZE:
            raise TooLongError("a repetition grew too large")
    if isinstance(left, int) and isinstance(right, int) and _bits(left) + _bits(right) > MAX_BITS:
        raise TooLongError("a product grew too large")
    return left * right


def _power(base: Any, exponent: Any) -> Any:
    if isinstance(base, int) and isinstance(exponent, int) and _bits(base) * abs(exponent) > MAX_BITS:
        raise TooLongError("a power grew too large")
    return base**exponent


def _shift_left(value: Any, places: Any) -> Any:
    if isinstance(value, int) and isinstance(places, int) and _bits(value) + places > MAX_BITS:
        raise TooLongError("a shift grew too large")
    return value << places


def _modulo(left: Any, right: Any) -> Any:
    if isinstance(left, str):
        check_template(left)
    return left % right


def _bits(value: int) -> int:
    return int(value).bit_length()


def check_template(template: str) -> None:
    """Refuse a format template that could make a huge text or reach into objects."""
    digits = sum(letter.isdigit() for letter in template)
    if len(template) > _LONGEST_TEMPLATE or digits > 6 or "*" in template or "__" in template:
        raise TooLongError("an elaborate format template")


BINARY: Mapping[type[ast.operator], Callable[[Any, Any], Any]] = MappingProxyType(
    {
        ast.Add: _add,
        ast.Sub: operator.sub,
        ast.Mult: _multiply,
        ast.Div: operator.truediv,
        ast.FloorDiv: operator.floordiv,
        ast.Mod: _modulo,
        ast.Pow: _power,
        ast.LShift: _shift_left,
        ast.RShift: operator.rshift,
        ast.BitAnd: operator.and_,
        ast.BitOr: operator.or_,
        ast.BitXor: operator.xor,
    }
)

UNARY: Mapping[type[ast.unaryop], Callable[[Any], Any]] = MappingProxyType(
    {ast.USub: operator.neg, ast.UAdd: operator.pos, ast.Not: operator.not_, ast.Invert: operator.invert}
)

COMPARE: Mapping[type[ast.cmpop], Callable[[Any, Any], Any]] = MappingProxyType(
    {
        ast.Eq: operator.eq,
        ast.NotEq: operator.ne,
        ast.Lt: operator.lt,
        ast.LtE: operator.le,
        ast.Gt: operator.gt,
        ast.GtE: operator.ge,
        ast.Is: operator.is_,
        ast.IsNot: operator.is_not,
        ast.In: lambda left, right: left in right,
        ast.NotIn: lambda left, right: left not in right,
    }
)
