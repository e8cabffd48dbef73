"""Lists that a dialect flattened into attributes: ``prompt.0.role``, ``prompt.0.content``, ``prompt.1.role``."""

from __future__ import annotations

from traces.span import Attributes, AttributeValue

_DIGITS = 9  # of an index; a longer one is no index


def numbered(attributes: Attributes, prefix: str) -> list[Attributes]:
    """What stands below ``<prefix>0.``, ``<prefix>1.``, … without that prefix, in the order of the numbers."""
    found: dict[int, dict[str, AttributeValue]] = {}
    start = len(prefix)
    for key, value in attributes.items():
        if key.startswith(prefix):
            number, _, rest = key[start:].partition(".")
            if number.isdecimal() and number.isascii() and len(number) <= _DIGITS:
                found.setdefault(int(number), {})[rest] = value
    return [found[number] for number in sorted(found)]
