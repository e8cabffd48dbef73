"""Tests of reading from an annotation which TOML values it admits."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, Optional, Union

import pytest

from harness.toml_types import ANYTHING, toml_form

LIVE_AND_SOURCE = [
    (int, "int", int),
    (str | None, "str | None", str),
    (Optional[int], "Optional[int]", int),  # noqa: UP045 - the older spelling must be read too
    (Union[int, str], "typing.Union[int, str]", int | str),  # noqa: UP007
    (list[str], "list[str]", tuple[str, ...]),
    (tuple[float, ...], "tuple[float, ...]", tuple[float, ...]),
    (tuple[int, str], "tuple[int, str]", tuple[int, str]),
    (Sequence[str] | None, "collections.abc.Sequence[str] | None", tuple[str, ...]),
    (Literal["a", "b"], "Literal['a', 'b']", Literal["a", "b"]),
    (Callable[[str], str] | int, "Callable[[str], str] | int", int),
    (Callable[[], float], "Callable[[], float]", None),
    (Mapping[str, int], "Mapping[str, int]", None),
    (dict[str, str], "dict[str, str]", None),
    (list[dict[str, str]], "list[dict[str, str]]", None),
    (list, "list", None),
    (bytes, "bytes", None),
    (None, "None", None),
    (Any, "Any", ANYTHING),
]


@pytest.mark.parametrize(("live", "source", "expected"), LIVE_AND_SOURCE)
def test_live_annotations_and_their_source_mean_the_same(live: object, source: str, expected: object) -> None:
    """An imported class and one that is only read are held to the same types."""
    assert toml_form(live) == expected
    assert toml_form(source) == expected
    assert toml_form(ast.parse(repr(source), mode="eval").body) == expected


def test_names_are_resolved_where_the_class_was_written() -> None:
    """An alias of the same module counts, live or as source."""
    alias = ast.parse("Literal['x', 'y']", mode="eval").body

    assert toml_form("Mode | None", {"Mode": alias}.get) == Literal["x", "y"]
    assert toml_form("Mode", {"Mode": int | str}.get) == int | str
    assert toml_form("Unknown") is None


def test_hostile_annotations_end_in_nothing() -> None:
    """Aliases that mean themselves, broken text and deep nesting are no error and no endless loop."""
    itself = ast.parse("A", mode="eval").body

    assert toml_form("A", {"A": itself}.get) is None
    assert toml_form("int |") is None
    assert toml_form("list[" * 3000 + "]" * 3000) is None
    assert toml_form("Literal[1 + 1]") is None
