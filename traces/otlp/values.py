"""Values of attributes that OTLP has and spans have not: nested ones become JSON text, bytes become base64."""

from __future__ import annotations

import base64
import math
from collections.abc import Sequence

import orjson

from traces.span import AttributeValue

_SCALARS = (str, bool, int, float)


def from_list(items: Sequence[object]) -> AttributeValue:
    """A tuple where all items are scalars of one type, else JSON text."""
    kinds = {type(item) for item in items}
    if not kinds or (len(kinds) == 1 and kinds.pop() in _SCALARS):
        return tuple(items)  # type: ignore[return-value]  # of one type, as was just seen
    return to_json_text(list(items))


def to_json_text(value: object) -> str:
    """JSON text of dicts, lists and scalars; floats that are not finite become their names, as in protobuf's JSON."""
    return orjson.dumps(_finite(value)).decode()


def to_base64(value: bytes) -> str:
    """Standard base64 with padding, as protobuf's JSON has it."""
    return base64.b64encode(value).decode("ascii")


def name_of_float(value: float) -> str:
    """The name of a float that is not finite, as protobuf's JSON writes it."""
    if math.isnan(value):
        return "NaN"
    return "Infinity" if value > 0 else "-Infinity"


def _finite(value: object) -> object:
    if isinstance(value, float) and not math.isfinite(value):
        return name_of_float(value)
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_finite(item) for item in value]
    return value
