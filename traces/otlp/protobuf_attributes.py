"""Attributes of protobuf messages."""

from __future__ import annotations

from collections.abc import Iterable

from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue

from traces.attributes import PREFIX
from traces.foreign import FOREIGN
from traces.otlp.values import from_list, to_base64, to_json_text
from traces.span import AttributeValue


def read_attributes(pairs: Iterable[KeyValue]) -> dict[str, AttributeValue]:
    """The attributes that have a value, with keys under our prefix filed under ``foreign.``; the last of a key counts.

    The hot path of receiving: text, by far the most frequent, is asked for first, because asking a
    message which field it holds costs more than reading one.
    """
    found: dict[str, AttributeValue] = {}
    for pair in pairs:
        value = pair.value
        key = pair.key
        if key.startswith(PREFIX):
            key = FOREIGN + key
        text = value.string_value
        if text:
            found[key] = text
            continue
        other = read_value(value)
        if other is not None:
            found[key] = other
    return found


def read_value(value: AnyValue) -> AttributeValue | None:
    """The value, or ``None`` where none is set."""
    kind = value.WhichOneof("value")
    if kind == "int_value":
        return value.int_value
    if kind == "double_value":
        return value.double_value
    if kind == "bool_value":
        return value.bool_value
    return _read_rare(value, kind)


def _read_rare(value: AnyValue, kind: str | None) -> AttributeValue | None:
    if kind == "array_value":
        return from_list([_plain(item) for item in value.array_value.values])
    if kind == "kvlist_value":
        return to_json_text(_plain(value))
    if kind == "bytes_value":
        return to_base64(value.bytes_value)
    if kind == "string_value":
        return value.string_value
    return None


def _plain(value: AnyValue) -> object:
    kind = value.WhichOneof("value")
    if kind == "kvlist_value":
        return {pair.key: _plain(pair.value) for pair in value.kvlist_value.values}
    if kind == "array_value":
        return [_plain(item) for item in value.array_value.values]
    return _read_rare(value, kind) if kind in (None, "bytes_value", "string_value") else read_value(value)
