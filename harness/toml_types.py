"""Which TOML values a constructor's annotation admits, read from a live annotation or from source code."""

from __future__ import annotations

import ast
import types
import typing
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import reduce
from operator import or_
from types import MappingProxyType
from typing import Any, Literal

AnnotationForm = Any  # a typing form, such as ``int``, ``Literal["a"]`` or ``tuple[str, ...]``
Lookup = Callable[[str], Any]  # a name → a typing form, an ``ast.expr`` (an alias), or ``None``

ANYTHING: AnnotationForm = str | bool | int | float | tuple[str, ...] | tuple[float, ...]
_SCALARS = (str, bool, int, float)
_LISTS = (list, tuple, Sequence, Iterable, Collection)
_NAMES: Mapping[str, Any] = MappingProxyType({
    **{kind.__name__: kind for kind in _SCALARS},
    "list": list, "tuple": tuple, "Sequence": Sequence, "Iterable": Iterable, "Collection": Collection,
    "Any": Any, "Literal": Literal, "Optional": typing.Optional, "Union": typing.Union,
})  # fmt: skip
_MAX_DEPTH = 20  # of nested annotations and aliases; a candidate's file may define an alias by itself


def toml_form(annotation: Any, lookup: Lookup = _NAMES.get, depth: int = 0) -> AnnotationForm | None:
    """The part of ``annotation`` that TOML can express, as a typing form; ``None`` if there is none.

    ``int | None`` gives ``int``, ``Callable[[], float]`` gives ``None``, ``list[str]`` gives
    ``tuple[str, ...]`` (lists become tuples). ``annotation`` is a typing form, source text or an
    ``ast.expr``; names in the latter two are resolved by ``lookup``, and never by running code.
    """
    if depth > _MAX_DEPTH:
        return None
    if isinstance(annotation, str):
        annotation = _parsed(annotation)
    if isinstance(annotation, ast.expr):
        return _form_of_source(annotation, lookup, depth + 1)
    return _form_of_live(annotation, lookup, depth + 1)


def _form_of_live(annotation: Any, lookup: Lookup, depth: int) -> AnnotationForm | None:
    if annotation is Any:
        return ANYTHING
    if annotation in _SCALARS:
        return annotation
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is Literal:
        return annotation
    if origin in {typing.Union, types.UnionType}:
        return _union([toml_form(part, lookup, depth) for part in arguments])
    if origin in _LISTS:
        return _list(origin, [toml_form(part, lookup, depth) for part in arguments if part is not Ellipsis])
    return None


def _form_of_source(node: ast.expr, lookup: Lookup, depth: int) -> AnnotationForm | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return toml_form(node.value, lookup, depth)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return _union([toml_form(side, lookup, depth) for side in (node.left, node.right)])
    if isinstance(node, ast.Subscript):
        return _subscripted(_named(node.value, lookup), node.slice, lookup, depth)
    found = _named(node, lookup)
    return None if found is None else toml_form(found, lookup, depth)


def _subscripted(origin: Any, inner: ast.expr, lookup: Lookup, depth: int) -> AnnotationForm | None:
    parts = inner.elts if isinstance(inner, ast.Tuple) else [inner]
    if origin is Literal:
        values = tuple(part.value for part in parts if isinstance(part, ast.Constant))
        return Literal[values] if values and len(values) == len(parts) else None
    forms = [toml_form(part, lookup, depth) for part in parts if not _is_ellipsis(part)]
    if origin in {typing.Optional, typing.Union}:
        return _union(forms)
    return _list(origin, forms) if origin in _LISTS else None


def _named(node: ast.expr, lookup: Lookup) -> Any:
    if isinstance(node, ast.Name):
        found = lookup(node.id)
        return _NAMES.get(node.id) if found is None else found
    # "typing.Literal", "collections.abc.Sequence": the last name tells.
    return _NAMES.get(node.attr) if isinstance(node, ast.Attribute) else None


def _union(forms: Iterable[AnnotationForm | None]) -> AnnotationForm | None:
    present = [form for form in forms if form is not None]
    return reduce(or_, present) if present else None


def _list(origin: Any, forms: list[AnnotationForm | None]) -> AnnotationForm | None:
    """Lists of one element type; ``tuple[int, int]`` keeps its length."""
    if not forms or any(form is None for form in forms):
        return None
    # Built by hand, since a type checker reads tuple[...] as a type of its own.
    length = forms if origin is tuple and len(forms) > 1 else [forms[0], ...]
    return types.GenericAlias(tuple, tuple(length))


def _is_ellipsis(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is Ellipsis


def _parsed(text: str) -> ast.expr | None:
    try:
        return ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
