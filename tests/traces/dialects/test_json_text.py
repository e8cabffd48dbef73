"""JSON in attributes is read where it is JSON and does no harm where it is not."""

from __future__ import annotations

import pytest

from traces.dialects.json_text import json_of, json_text, list_of, literal_object_of, object_of

_DEEP = "[" * 200_000


@pytest.mark.parametrize("text", ["", "{", _DEEP, "\ud800", "1" * 5000, None, 7, ("a",)])
def test_what_is_no_json_is_nothing(text: object) -> None:
    """Broken, endless, too deep, or no text at all."""
    assert json_of(text) is None
    assert object_of(text) == {}
    assert list_of(text) == []
    assert literal_object_of(text) == {}


def test_objects_and_lists() -> None:
    """Each reader gives only its own kind."""
    assert (object_of('{"a": 1}'), object_of("[1]")) == ({"a": 1}, {})
    assert (list_of("[1]"), list_of('{"a": 1}')) == ([1], [])


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("{'a': None, 'b': True}", {"a": None, "b": True}),
        ('{"a": null}', {"a": None}),
        ("{'a': __import__('os')}", {}),
        ("{'a'}", {}),
        ("{" * 50_000, {}),
        ("{'a': '" + "x" * 200_000 + "'}", {}),
    ],
)
def test_python_literals(text: str, value: dict[str, object]) -> None:
    """Python's own notation of a dictionary is read; code, sets and what is too long are not."""
    assert literal_object_of(text) == value


def test_writing() -> None:
    """Texts stay, values become JSON, and what JSON cannot hold becomes nothing or its own text."""
    circle: list[object] = []
    circle.append(circle)

    assert json_text("as it is") == "as it is"
    assert json_text({"ä": [1, None]}) == '{"ä": [1, null]}'
    assert json_text(circle) == ""
    assert json_text({"a": {1}}) == '{"a": "{1}"}'
