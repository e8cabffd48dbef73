"""Attributes, numbers, texts and ids of JSON bodies, in all the forms that exporters write them."""

from __future__ import annotations

import base64
from collections.abc import Callable
from types import MappingProxyType
from typing import Any, Final

from traces.otlp.filing import filed_keys
from traces.otlp.json_body import objects
from traces.otlp.rejection import Rejection
from traces.otlp.values import from_list, to_json_text
from traces.span import AttributeValue

_LEAST, _MOST = -(2**63), 2**63 - 1
_DEEPEST = 64  # nested values; protobuf's runtime stops at about 30
_TOO_DEEP = "[nested too deeply]"
_HEXADECIMAL: Final = frozenset("0123456789abcdef")
_BASE64_LENGTHS: Final = frozenset({24, 12})  # of 16 and 8 bytes
_FROM_URL_SAFE: Final = MappingProxyType(str.maketrans("-_", "+/"))


def read_attributes(value: object) -> dict[str, AttributeValue]:
    """The attributes that have a value, with keys under our prefix filed under ``foreign.``; the last of a key counts."""
    found: dict[str, AttributeValue] = {}
    for pair in objects(value):
        key, item = pair.get("key"), pair.get("value")
        text = item.get("stringValue") if isinstance(item, dict) else None
        read = text if isinstance(text, str) else read_value(item)
        if read is not None and isinstance(key, str):
            found[key] = read
    return filed_keys(found)


def read_value(value: object) -> AttributeValue | None:
    """The attribute of an ``AnyValue`` (or of a bare scalar); ``None`` where none is set. Deep nesting is cut."""
    found = _plain(value, 0)
    if isinstance(found, list):
        return from_list(found)
    if isinstance(found, dict):
        return to_json_text(found)
    return found  # type: ignore[return-value]  # a scalar or None


def text_of(value: object) -> str:
    """The text of a value that should be one."""
    if isinstance(value, str):
        return value
    if value is None or isinstance(value, (dict, list)):
        return ""
    return to_json_text(value)


def nanoseconds_of(value: object) -> int:
    """Nanoseconds of a number or its text, 0 for none; raises ``Rejection`` for what is no number."""
    if value is None or value == "":
        return 0
    found = _whole(value)
    if found is None:
        raise Rejection("time is no number")
    return found


def id_digits(value: object) -> str:
    """The lower-case digits of an id in hexadecimal or padded base64, empty for none; raises ``Rejection``."""
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Rejection("id is no text")
    digits = value.lower()
    if _HEXADECIMAL.issuperset(digits):
        return digits
    if len(value) not in _BASE64_LENGTHS or not value.endswith("="):
        raise Rejection("id is not hexadecimal")
    try:
        return base64.b64decode(value.translate(_FROM_URL_SAFE), validate=True).hex()
    except ValueError:
        raise Rejection("id is not hexadecimal") from None


def _plain(value: object, depth: int) -> object:
    if isinstance(value, dict):
        for name, item in value.items():
            read = _READERS.get(name)
            if read is not None and item is not None:
                return read(item, depth + 1)
        return None
    if isinstance(value, int) and not isinstance(value, bool):
        return _int(value, depth)
    return None if isinstance(value, list) else value


def _text(value: object, _depth: int) -> str:
    return text_of(value)


def _bool(value: object, _depth: int) -> object:
    if isinstance(value, str):
        return {"true": True, "false": False}.get(value.lower(), value)
    return value if isinstance(value, bool) else text_of(value)


def _int(value: object, _depth: int) -> int | str:
    found = _whole(value)
    return found if found is not None and _LEAST <= found <= _MOST else text_of(value)


def _double(value: object, _depth: int) -> float | str:
    try:
        return float(value) if isinstance(value, (int, float, str)) else text_of(value)
    except (ValueError, OverflowError):
        return text_of(value)


def _array(value: object, depth: int) -> list[object] | str:
    if depth > _DEEPEST:
        return _TOO_DEEP
    items = value.get("values") if isinstance(value, dict) else value
    return [_plain(item, depth) for item in items] if isinstance(items, list) else []


def _key_values(value: object, depth: int) -> dict[str, object] | str:
    if depth > _DEEPEST:
        return _TOO_DEEP
    pairs = value.get("values") if isinstance(value, dict) else value
    return {
        pair["key"]: _plain(pair.get("value"), depth)
        for pair in objects(pairs)
        if isinstance(pair.get("key"), str)
    }


def _whole(value: Any) -> int | None:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    if isinstance(value, int):
        return value
    try:
        return int(value) if isinstance(value, str) else _whole_of_float(value)
    except ValueError:
        return _whole_of_float(value)


def _whole_of_float(value: float | str) -> int | None:
    try:
        number = float(value)
    except ValueError:
        return None
    return int(number) if number.is_integer() else None


_READERS: Final[MappingProxyType[str, Callable[[Any, int], object]]] = MappingProxyType(
    {
        "stringValue": _text,
        "intValue": _int,
        "doubleValue": _double,
        "boolValue": _bool,
        "arrayValue": _array,
        "kvlistValue": _key_values,
        "bytesValue": _text,
        "string_value": _text,
        "int_value": _int,
        "double_value": _double,
        "bool_value": _bool,
        "array_value": _array,
        "kvlist_value": _key_values,
        "bytes_value": _text,
    }
)
