"""The times of a run's spans: as stated where they are, and always in the order of what happened."""

from __future__ import annotations

from traces.importers.importer import Source
from traces.importers.json_lines import Line, read_lines
from traces.importers.moments import moment_of

_STEP_NS = 1


class Clock:
    """Gives the moments of one run, none before or equal to the one before.

    What states no time, or one before its predecessor's, gets the next nanosecond after that. ``start_ns``
    is a moment to start from: the first that the source states anywhere.
    """

    def __init__(self, start_ns: int | None = None) -> None:
        self._last = (start_ns or _STEP_NS) - _STEP_NS

    @property
    def now(self) -> int:
        """The latest moment that was given."""
        return self._last

    def tick(self, stated: int | None = None) -> int:
        """The next moment: the stated one if it is later than all before."""
        self._last = max(stated or 0, self._last + _STEP_NS)
        return self._last


def first_moment(source: Source, key: str = "timestamp") -> int | None:
    """The first moment that a file of JSON lines states under ``key``; ``None`` where there is none."""
    for line in read_lines(source):
        if isinstance(line, Line) and (found := moment_of(line.value.get(key))):
            return found
    return None
