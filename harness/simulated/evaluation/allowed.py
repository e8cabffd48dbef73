"""The builtins, methods and modules that a program run in the head may use."""

from __future__ import annotations

import ast
import collections
import functools
import math
import string
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any

from harness.simulated.evaluation.limits import MAX_SIZE, Meter, TooLongError, UnsupportedError, check_size
from harness.simulated.evaluation.operators import BINARY, check_template

_TYPES = (int, float, str, bool, list, tuple, dict, set, frozenset, complex)
_ERRORS = (
    Exception, ArithmeticError, AssertionError, AttributeError, IndexError, KeyError, LookupError, NameError,
    NotImplementedError, OverflowError, RecursionError, RuntimeError, StopIteration, TypeError, ValueError,
    ZeroDivisionError,
)  # fmt: skip
_FUNCTIONS = (
    abs, all, any, bin, chr, divmod, enumerate, filter, hex, isinstance, iter, len, map, max, min, next,
    oct, ord, pow, range, repr, reversed, round, sorted, sum, type, zip,
)  # fmt: skip

BUILTINS: Mapping[str, Any] = MappingProxyType(
    {"print": lambda *_, **__: None, **{each.__name__: each for each in (*_TYPES, *_ERRORS, *_FUNCTIONS)}}
)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_STRING_METHODS = _words(
    "capitalize casefold center count endswith find format index isalnum isalpha isascii isdecimal "
    "isdigit islower isnumeric isspace istitle isupper join ljust lower lstrip partition removeprefix "
    "removesuffix replace rfind rindex rjust rpartition rsplit rstrip split splitlines startswith strip "
    "swapcase title upper zfill"
)
_DICT_METHODS = _words("clear copy get items keys pop popitem setdefault update values")
_SET_METHODS = _words(
    "add clear copy difference discard intersection isdisjoint issubset issuperset remove "
    "symmetric_difference union update difference_update intersection_update"
)

METHODS: Mapping[type, frozenset[str]] = MappingProxyType(
    {
        str: _STRING_METHODS,
        list: _words("append clear copy count extend index insert pop remove reverse sort"),
        tuple: frozenset({"count", "index"}),
        dict: _DICT_METHODS,
        collections.Counter: _DICT_METHODS | {"most_common", "elements", "subtract"},
        collections.defaultdict: _DICT_METHODS,
        collections.deque: _words("append appendleft clear count extend index pop popleft remove"),
        set: _SET_METHODS,
        frozenset: _SET_METHODS,
        int: frozenset({"bit_length", "bit_count"}),
        float: frozenset({"is_integer"}),
    }
)

_WIDE = frozenset({"center", "ljust", "rjust", "zfill"})
_TAKES_ITERABLE = _words(
    "join extend update union intersection difference symmetric_difference difference_update "
    "intersection_update issubset issuperset isdisjoint"
)


class Module:
    """The allowed part of a module."""

    def __init__(self, members: Mapping[str, Any]) -> None:
        self.members = members


def _from(module: Any, names: str) -> Module:
    return Module({name: getattr(module, name) for name in names.split()})


MODULES: Mapping[str, Module] = MappingProxyType(
    {
        "math": _from(
            math,
            "sqrt floor ceil gcd pi e inf log log2 log10 exp pow sin cos tan fabs isqrt fsum trunc hypot isclose",
        ),
        "string": _from(string, "ascii_letters ascii_lowercase ascii_uppercase digits punctuation"),
        "collections": _from(collections, "Counter defaultdict deque OrderedDict"),
        "functools": _from(functools, "reduce"),
        "typing": Module({}),
        "__future__": Module({}),
    }
)


def listed(value: Any, meter: Meter) -> Any:
    """An iterable as something finite to walk over; sets come in a fixed order, whatever the hash seed."""
    if isinstance(value, str | list | tuple | dict):
        meter.tick(len(value) >> 3)
        return value
    if isinstance(value, set | frozenset):
        return (
            list(value) if all(isinstance(each, int | float) for each in value) else sorted(value, key=repr)
        )
    if isinstance(value, range):
        if len(value) > MAX_SIZE:
            raise TooLongError("a long range")
        meter.tick(len(value) >> 3)
        return value
    return list(value) if isinstance(value, Iterable) else value


def guarded_calls(meter: Meter) -> dict[Any, Callable[..., Any]]:
    """Stand-ins for builtins that walk over iterables, keyed by the builtin itself."""

    def over(function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            return function(*[listed(each, meter) if _is_walked(each) else each for each in args], **kwargs)

        return call

    def finite(function: Callable[..., Any]) -> Callable[..., Any]:
        walk = over(function)
        return lambda *args, **kwargs: list(walk(*args, **kwargs))

    guards: dict[Any, Callable[..., Any]] = {
        each: finite(each) for each in (map, filter, zip, enumerate, reversed)
    }
    guards |= {
        each: over(each)
        for each in (list, tuple, set, frozenset, dict, sum, sorted, max, min, any, all, iter)
    }
    guards |= {collections.Counter: over(collections.Counter), collections.deque: over(collections.deque)}
    return guards | {
        pow: _power,
        type: _type_of,
        str: _text_of,
        functools.reduce: over(functools.reduce),
    }


def call_method(owner: Any, name: str, args: list[Any], kwargs: dict[str, Any], meter: Meter) -> Any:
    """Call a method of a builtin value; raises ``UnsupportedError`` for one that is not allowed."""
    kind = type(owner)
    if kind is type and owner in METHODS:  # str.lower(text)
        return call_method(args[0], name, args[1:], kwargs, meter) if args else None
    if kind not in METHODS:
        raise UnsupportedError(f"method {name} of {kind.__name__}")
    if name not in METHODS[kind]:
        return _missing_method(owner, name)
    _check_method(owner, name, args)
    if name in _TAKES_ITERABLE:
        args = [listed(each, meter) for each in args]
    return getattr(owner, name)(*args, **kwargs)


def _missing_method(owner: Any, name: str) -> Any:
    if hasattr(owner, name):
        raise UnsupportedError(f"method {name}")
    raise AttributeError(f"{type(owner).__name__!r} object has no attribute {name!r}")


def _check_method(owner: Any, name: str, args: list[Any]) -> None:
    if name in _WIDE and args and isinstance(args[0], int) and args[0] > MAX_SIZE:
        raise TooLongError("a wide field")
    if name == "format":
        check_template(owner)
    if name == "replace" and len(args) > 1 and isinstance(args[1], str):
        _check_replacement(owner, args[1])
    if isinstance(owner, list | dict | set):
        check_size(owner)


def _check_replacement(owner: str, new: str) -> None:
    if (len(owner) + 1) * max(len(new), 1) > MAX_SIZE:
        raise TooLongError("a large replacement")


def _is_walked(value: Any) -> bool:
    return isinstance(value, set | frozenset | range)


def _power(base: Any, exponent: Any, modulus: int | None = None) -> Any:
    return BINARY[ast.Pow](base, exponent) if modulus is None else pow(base, exponent, modulus)


def _type_of(value: Any) -> type:
    return type(value)


def _text_of(value: Any = "") -> str:
    if isinstance(value, set | frozenset):
        raise UnsupportedError("the text of a set depends on the hash seed")
    return str(value)
