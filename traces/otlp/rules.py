"""What a span must have to be taken: ids of the right length that are not zero, and times within 63 bits."""

from __future__ import annotations

from typing import Final

from traces.otlp.rejection import Rejection

_MOST_NS: Final = 2**63 - 1  # the year 2262; segments and indexes hold signed numbers
_NO_TRACE: Final = "0" * 32
_NO_SPAN: Final = "0" * 16


def trace_id_of(digits: str) -> str:
    """The id, given as lower-case hexadecimal digits; raises ``Rejection`` for none."""
    if len(digits) == 32 and digits != _NO_TRACE:
        return digits
    raise Rejection(_fault("trace id", digits, 32))


def span_id_of(digits: str) -> str:
    """The id, given as lower-case hexadecimal digits; raises ``Rejection`` for none."""
    if len(digits) == 16 and digits != _NO_SPAN:
        return digits
    raise Rejection(_fault("span id", digits, 16))


def parent_id_of(digits: str) -> str | None:
    """The parent's id; ``None`` for one that is empty or zero. One of a wrong length makes no root: it raises."""
    if not digits or digits == _NO_SPAN:
        return None
    if len(digits) == 16:
        return digits
    raise Rejection(_fault("parent id", digits, 16))


def times_of(start_ns: int, end_ns: int) -> tuple[int, int]:
    """Start and end, where one that is not known (0) is taken from the other; an end before the start is kept."""
    if 0 < start_ns <= _MOST_NS and 0 < end_ns <= _MOST_NS:
        return start_ns, end_ns
    if not (0 <= start_ns <= _MOST_NS and 0 <= end_ns <= _MOST_NS):
        raise Rejection("time out of range")
    return start_ns or end_ns, end_ns or start_ns


def time_of(time_ns: int) -> int:
    """The time of an event or log record; 0 is not known. Raises ``Rejection`` beyond 63 bits."""
    if 0 <= time_ns <= _MOST_NS:
        return time_ns
    raise Rejection("time out of range")


def _fault(what: str, digits: str, length: int) -> str:
    if not digits:
        return f"no {what}"
    return f"{what} of wrong length" if len(digits) != length else f"{what} is zero"
