"""Values of JSON bodies, as exporters write them and as they should not."""

from __future__ import annotations

import math
from typing import Any

import pytest

from traces.otlp.json_values import read_attributes, read_value


def test_each_kind_of_value() -> None:
    """Scalars are kept; bytes stay base64; lists of one type are tuples."""
    values: list[tuple[Any, object]] = [
        ({"stringValue": "a"}, "a"),
        ({"stringValue": ""}, ""),
        ({"boolValue": False}, False),
        ({"intValue": "-5"}, -5),
        ({"intValue": 5}, 5),
        ({"doubleValue": 5}, 5.0),
        ({"bytesValue": "//4="}, "//4="),
        ({"arrayValue": {"values": [{"intValue": 1}, {"intValue": "2"}]}}, (1, 2)),
        ({"arrayValue": {}}, ()),
        ({"array_value": {"values": [{"string_value": "a"}]}}, ("a",)),
    ]

    for written, expected in values:
        found = read_value(written)
        assert (found, type(found)) == (expected, type(expected))


def test_structures_become_json_text() -> None:
    """Nested values, mixed lists and lists with nothing in a place."""
    nested = {"values": [{"key": "parts", "value": {"arrayValue": {"values": [{"doubleValue": "NaN"}, {}]}}}]}

    assert read_value({"kvlistValue": nested}) == '{"parts":["NaN",null]}'
    assert read_value({"arrayValue": {"values": [{"stringValue": "é"}, {"intValue": 1}]}}) == '["é",1]'


def test_what_is_not_set_is_left_out() -> None:
    """Null values, unknown kinds and pairs without a key cost nothing."""
    written = [
        {"key": "none", "value": {}},
        {"key": "null", "value": None},
        {"key": "null text", "value": {"stringValue": None}},
        {"key": "later", "value": {"quantumValue": 1}},
        {"value": {"stringValue": "no key"}},
        {"key": 7, "value": {"stringValue": "no text"}},
        "no pair",
        {"key": "kept", "value": {"stringValue": "x"}},
    ]

    assert read_attributes(written) == {"kept": "x"}


def test_bare_scalars_are_values() -> None:
    """Some hand-written exporters do not wrap them."""
    written = [{"key": "a", "value": "x"}, {"key": "b", "value": 1}, {"key": "c", "value": [1]}]

    assert read_attributes(written) == {"a": "x", "b": 1}


def test_doubles_that_are_not_finite_are_floats() -> None:
    """By the names that protobuf's JSON gives them."""
    found = [read_value({"doubleValue": name}) for name in ("NaN", "Infinity", "-Infinity")]

    assert math.isnan(float(str(found[0])))
    assert found[1:] == [math.inf, -math.inf]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ({"intValue": "99999999999999999999"}, "99999999999999999999"),
        ({"intValue": "many"}, "many"),
        ({"intValue": 2.0}, 2),
        ({"intValue": 2.5}, "2.5"),
        ({"intValue": "2.5"}, "2.5"),
        ({"intValue": "9" * 5000}, "9" * 5000),
        ({"intValue": True}, "true"),
        ({"doubleValue": "much"}, "much"),
        ({"doubleValue": {}}, ""),
        ({"boolValue": "TRUE"}, True),
        ({"boolValue": "perhaps"}, "perhaps"),
        ({"boolValue": 1}, "1"),
        ({"stringValue": 1.5}, "1.5"),
        ({"arrayValue": 7}, ()),
        ({"kvlistValue": {"values": 7}}, "{}"),
    ],
)
def test_values_of_wrong_types_are_kept_as_text(written: object, expected: object) -> None:
    """Better the text of a value than none."""
    assert read_value(written) == expected


def test_deep_nesting_is_cut() -> None:
    """No value is so deep that reading or writing it fails."""
    value: dict[str, Any] = {"stringValue": "bottom"}
    for _ in range(100):
        value = {"arrayValue": {"values": [value]}}
    found = read_value(value)

    assert isinstance(found, str)
    assert "[nested too deeply]" in found
    assert "bottom" not in found
