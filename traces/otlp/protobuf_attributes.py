"""Attributes of protobuf messages."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue

from traces.otlp.filing import filed_keys
from traces.otlp.values import from_list, to_base64, to_json_text
from traces.span import AttributeValue

_SCALARS: Final = frozenset({"string_value", "bool_value", "int_value", "double_value"})


def read_attributes(pairs: Iterable[KeyValue]) -> dict[str, AttributeValue]:
    """The attributes that have a value, with keys under our prefix filed apart; the last of a key counts.

    The hot path of receiving. Texts and whole numbers are by far the most frequent, and asking a message
    which field it holds costs more than reading one.
    """
    found: dict[str, AttributeValue] = {}
    for pair in pairs:
        value = pair.value
        text = value.string_value
        if text:
            found[pair.key] = text
        elif value.HasField("int_value"):
            found[pair.key] = value.int_value
        else:
            other = _read_other(value)
            if other is not None:
                found[pair.key] = other
    return filed_keys(found)


def read_value(value: AnyValue) -> AttributeValue | None:
    """The value, or ``None`` where none is set."""
    return value.int_value if value.HasField("int_value") else _read_other(value)


def _read_other(value: AnyValue) -> AttributeValue | None:
    kind = value.WhichOneof("value")
    if kind == "kvlist_value":
        return to_json_text(_plain(value))
    if kind == "array_value":
        return from_list([_plain(item) for item in value.array_value.values])
    return _read_scalar(value, kind)


def _read_scalar(value: AnyValue, kind: str | None) -> str | bool | int | float | None:
    if kind == "bytes_value":
        return to_base64(value.bytes_value)
    if kind in _SCALARS:
        found: str | bool | int | float = getattr(value, kind)
        return found
    return None


def _plain(value: AnyValue) -> object:
    kind = value.WhichOneof("value")
    if kind == "kvlist_value":
        return {pair.key: _plain(pair.value) for pair in value.kvlist_value.values}
    if kind == "array_value":
        return [_plain(item) for item in value.array_value.values]
    return _read_scalar(value, kind)
