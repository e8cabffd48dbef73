"""JSON texts in attributes: read as far as they are JSON, written as far as they can be."""

from __future__ import annotations

import ast
import json
from typing import Any

_LITERAL_LENGTH = 100_000  # characters of a Python literal that is still read: the reader is slow


def json_of(text: object) -> Any:
    """The value of a JSON text; ``None`` for anything that is none."""
    if not isinstance(text, str) or not text:
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def object_of(text: object) -> dict[str, Any]:
    """The object of a JSON text; empty for anything that is none."""
    value = json_of(text)
    return value if isinstance(value, dict) else {}


def list_of(text: object) -> list[Any]:
    """The list of a JSON text; empty for anything that is none."""
    value = json_of(text)
    return value if isinstance(value, list) else []


def literal_object_of(text: object) -> dict[str, Any]:
    """The object of a JSON text or of a Python literal (``str(dict)``); empty for anything that is none."""
    if not isinstance(text, str) or not text.lstrip().startswith("{"):
        return {}
    value = json_of(text)
    if value is None and len(text) <= _LITERAL_LENGTH:
        try:
            value = ast.literal_eval(text.strip())
        except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
            return {}
    return value if isinstance(value, dict) else {}


def json_text(value: object) -> str:
    """The value as JSON text; a text stays as it is; empty for what JSON cannot hold."""
    if isinstance(value, str):
        return value
    try:
        return json.dumps(value, ensure_ascii=False, default=str)
    except (ValueError, TypeError, RecursionError):
        return ""
