"""Reading attributes whose types are not to be relied on."""

from __future__ import annotations

import math

from traces.span import Attributes


def text_of(attributes: Attributes, key: str) -> str:
    """The attribute as text; empty where there is none."""
    value = attributes.get(key, "")
    return value if isinstance(value, str) else str(value)


def texts_of(attributes: Attributes, key: str) -> tuple[str, ...]:
    """The attribute as texts: a list's items, or the one value there is."""
    value = attributes.get(key, ())
    return tuple(str(item) for item in value) if isinstance(value, tuple) else (str(value),)


def number_of(attributes: Attributes, key: str) -> float | None:
    """The attribute as a finite number, also if it came as text; ``None`` where it is none."""
    value = attributes.get(key)
    if not isinstance(value, (int, float, str)):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def whole_of(attributes: Attributes, key: str, default: int = 0) -> int:
    """The attribute as a whole number, or ``default`` where it is none."""
    value = attributes.get(key)
    if isinstance(value, int):
        return int(value)
    number = number_of(attributes, key)
    return default if number is None else int(number)
