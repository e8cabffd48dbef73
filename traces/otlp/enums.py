"""OTLP's enums as numbers and names, in the words of ``Span``."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from traces.span import SpanKind, StatusCode

# In the order of their numbers. 0 is "unspecified", which the specification lets readers take as internal.
KINDS: Final[tuple[SpanKind, ...]] = ("internal", "internal", "server", "client", "producer", "consumer")
STATUSES: Final[tuple[StatusCode, ...]] = ("unset", "ok", "error")
# Four numbers each, from 1.
SEVERITIES: Final = ("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL")

_KIND_NAMES: Final[Mapping[str, SpanKind]] = MappingProxyType({name: name for name in KINDS})
_STATUS_NAMES: Final[Mapping[str, StatusCode]] = MappingProxyType({name: name for name in STATUSES})
_SEVERITY_NAMES: Final = MappingProxyType({name.lower(): place for place, name in enumerate(SEVERITIES)})


def kind_of(value: object) -> SpanKind:
    """The kind of a JSON value: 3, ``"3"``, ``"SPAN_KIND_CLIENT"`` or ``"client"``; internal for anything else."""
    found = _KIND_NAMES.get(_name(value, "span_kind_"))
    return found or KINDS[_number(value, len(KINDS))]


def status_of(value: object) -> StatusCode:
    """The status of a JSON value: 2, ``"2"``, ``"STATUS_CODE_ERROR"`` or ``"error"``; unset for anything else."""
    found = _STATUS_NAMES.get(_name(value, "status_code_"))
    return found or STATUSES[_number(value, len(STATUSES))]


def severity_number_of(value: object) -> int:
    """The number of a JSON value: 17, ``"17"``, ``"SEVERITY_NUMBER_ERROR"`` or ``"error2"``; 0 for anything else."""
    name = _name(value, "severity_number_")
    place = _SEVERITY_NAMES.get(name.rstrip("234"))
    if place is None:
        return _number(value, 4 * len(SEVERITIES) + 1)
    return 4 * place + int(name[-1:] if name[-1:].isdigit() else 1)


def _name(value: object, prefix: str) -> str:
    return value.lower().removeprefix(prefix) if isinstance(value, str) else ""


def _number(value: object, count: int) -> int:
    if isinstance(value, str) and len(value) <= 2 and value.isdecimal():
        value = int(value)
    if isinstance(value, int) and 0 <= value < count:
        return value
    return 0
