"""JSON bodies as plain values, also where they are not quite JSON, and the objects within them under any of their names."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import orjson

from traces.codec import mend
from traces.otlp.errors import OtlpError

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"

Fields = dict[str, Any]


def parse_json(body: bytes) -> object:
    """The value of a body; raises ``OtlpError``.

    NaN and infinities become their names (as protobuf's JSON writes them), halves of surrogate pairs and bytes that
    are not UTF-8 become U+FFFD.
    """
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return _parse_leniently(body)


def _parse_leniently(body: bytes) -> object:
    text = body.removeprefix(_BYTE_ORDER_MARK).decode(errors="replace")
    try:
        found = json.loads(text, parse_constant=str)
        return orjson.loads(mend(json.dumps(found, ensure_ascii=False)))
    except RecursionError as error:
        raise OtlpError("nested too deeply") from error
    except ValueError as error:
        raise OtlpError("not JSON") from error


def field(fields: Fields, *names: str) -> Any:
    """The first of the names that has a value (null is none), or ``None``."""
    for name in names:
        value = fields.get(name)
        if value is not None:
            return value
    return None


def objects(value: object) -> Iterator[Fields]:
    """The objects of a list, or the one object that stands where a list should."""
    if isinstance(value, dict):
        yield value
    elif isinstance(value, list):
        for item in value:
            if isinstance(item, dict):
                yield item


def object_of(value: object) -> Fields:
    """The object, or an empty one where something else stands."""
    return value if isinstance(value, dict) else {}


def groups(body: object, *names: str) -> Iterator[Fields]:
    """The groups (one per resource) of a body: under one of the names, a list of them, or a single one.

    ``{}`` is an empty request. Raises ``OtlpError`` where the body holds nothing of the kind.
    """
    if isinstance(body, list):
        for item in objects(body):
            yield from groups(item, *names)
        return
    if not isinstance(body, dict):
        raise OtlpError(f"JSON without {names[0]}")
    found = field(body, *names)
    if isinstance(found, (list, dict)):
        yield from objects(found)
    elif any(name.startswith(("scope", "instrumentation")) for name in body):
        yield body
    elif found is not None or not body.keys() <= {*names}:
        raise OtlpError(f"JSON without {names[0]}")
