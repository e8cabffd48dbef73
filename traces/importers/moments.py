"""Moments and durations in every way that trace formats write them, in nanoseconds."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime
from typing import Final

MOST_NS: Final = 2**63 - 1  # the year 2262; segments and indexes hold signed numbers
_SECOND: Final = 1_000_000_000
_ISO: Final = re.compile(
    r"(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2})(?:[.,](\d{1,12}))?\s?(Z|[+-]\d{2}:?\d{2})?", re.IGNORECASE
)
_DURATION: Final = re.compile(
    r"P(?:(\d{1,6})D)?T?(?:(\d{1,6})H)?(?:(\d{1,9})M)?(?:(\d{1,12}(?:\.\d{1,12})?)S)?"
)


def moment_of(value: object) -> int | None:
    """Nanoseconds from the Unix epoch, or ``None`` for no moment.

    Of an ISO 8601 text (UTC where it names no zone), of a number or its text in whichever unit puts it into
    this age, or of JavaScript's ``[seconds, nanoseconds]``.
    """
    if isinstance(value, str):
        return _of_text(value[:64].strip())
    if isinstance(value, list):
        return _of_pair(value)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not abs(value) <= MOST_NS:
        return None  # NaN among them; and math.isfinite raises for a whole number of 400 digits
    return _within(_scaled(value))


def duration_of(value: object) -> int | None:
    """Nanoseconds of an ISO 8601 duration such as ``PT1M2.5S`` or of a ``[seconds, nanoseconds]`` pair."""
    if isinstance(value, list):
        return _of_pair(value)
    found = _DURATION.fullmatch(value[:64]) if isinstance(value, str) else None
    if found is None:
        return None
    days, hours, minutes, seconds = (float(part or 0) for part in found.groups())
    return _within(int((((days * 24 + hours) * 60 + minutes) * 60 + seconds) * _SECOND))


def _of_text(text: str) -> int | None:
    found = _ISO.fullmatch(text)
    if found is None:
        return _within(_scaled(int(text))) if text.isascii() and text.isdigit() else None
    day, time, fraction, zone = found.groups()
    try:
        moment = datetime.fromisoformat(f"{day}T{time}{'+00:00' if zone in (None, 'Z', 'z') else zone}")
    except ValueError:
        return None
    seconds = moment - datetime(1970, 1, 1, tzinfo=UTC)  # astimezone overflows in the years 1 and 9999
    whole = (seconds.days * 86400 + seconds.seconds) * _SECOND
    return _within(whole + int((fraction or "0").ljust(9, "0")[:9]))


def _of_pair(value: list[object]) -> int | None:
    if len(value) != 2:
        return None
    seconds, nanoseconds = value
    if not isinstance(seconds, int) or not isinstance(nanoseconds, (int, float)):
        return None
    return _within(seconds * _SECOND + int(nanoseconds)) if math.isfinite(nanoseconds) else None


def _scaled(value: float) -> int:
    """Of seconds, milliseconds, microseconds or nanoseconds since 1970: told apart by size."""
    for limit, factor in ((10**11, _SECOND), (10**14, 10**6), (10**17, 10**3)):
        if abs(value) < limit:
            return int(value * factor) if isinstance(value, int) else round(value * factor)
    return int(value)


def _within(nanoseconds: int) -> int | None:
    return nanoseconds if 0 <= nanoseconds <= MOST_NS else None
