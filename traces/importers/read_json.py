"""Reading parsed JSON whose types are not to be relied on, and writing any of it back."""

from __future__ import annotations

import json
import math
from typing import Any

import orjson

_LARGEST = 2**63 - 1  # what a database and a protobuf can hold
_TOO_DEEP = '"(nested too deeply)"'


def text(value: object) -> str:
    """The value if it is a text, else an empty one."""
    return value if isinstance(value, str) else ""


def mapping(value: object) -> dict[str, Any]:
    """The value if it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def items(value: object) -> list[Any]:
    """The value if it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def count(value: object) -> int:
    """The value as a whole number from 0 to 2**63 - 1; 0 for everything else."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return 0
    if isinstance(value, float) and not math.isfinite(value):
        return 0
    return int(value) if 0 <= value <= _LARGEST else 0


def whole(value: object) -> int | None:
    """The value if it is a whole number of at most 63 bits, else ``None``."""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) <= _LARGEST:
        return value
    return None


def amount(value: object) -> float:
    """The value as a finite number from 0 on, such as a cost; 0.0 for everything else."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return 0.0
    number = float(value) if abs(value) <= _LARGEST else 0.0
    return number if number >= 0 else 0.0  # a NaN compares as false


def parse_json(content: bytes | str) -> Any:
    """The document, read as forgivingly as Python reads JSON; raises ``ValueError`` for no JSON.

    Lone surrogates and NaN, which ``orjson`` refuses, are taken; bytes that are no UTF-8 become U+FFFD.
    """
    try:
        return orjson.loads(content)
    except ValueError:
        try:
            found = content if isinstance(content, str) else content.decode("utf-8-sig", "replace")
            return json.loads(found, parse_int=bounded)
        except RecursionError as error:
            raise ValueError("nested too deeply") from error


def bounded(digits: str) -> int | float:
    """A whole number as ``orjson`` would read it: one of more than 64 bits is a float, if an infinite one."""
    return int(digits) if len(digits) < 19 else float(digits)


def to_json(value: object) -> str:
    """The value as JSON text, whatever JSON it is; nesting beyond all measure becomes a short note."""
    try:
        return orjson.dumps(value).decode()
    except TypeError:
        try:
            return json.dumps(value, separators=(",", ":"), default=str)
        except (RecursionError, ValueError):
            return _TOO_DEEP


def as_text(value: object) -> str:
    """A text as it is, nothing for ``None``, all else as JSON text."""
    if value is None:
        return ""
    return value if isinstance(value, str) else to_json(value)
