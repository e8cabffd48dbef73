"""Keeping what was received small: closed segments are compressed, old ones deleted, now and then."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from traces.receiver.config import ReceiverConfig
from traces.segments import compress_closed, retain

_PAUSE_SECONDS = 60.0


class Upkeep:
    """Looks after the folder of received segments, at most once a minute of ``clock`` (seconds).

    Segments of our own supervisors are nobody's to delete here. ``now_ns`` is the time of the Unix epoch.
    """

    def __init__(
        self,
        config: ReceiverConfig,
        *,
        clock: Callable[[], float] = time.monotonic,
        now_ns: Callable[[], int] = time.time_ns,
    ) -> None:
        self._config = config
        self._clock = clock
        self._now_ns = now_ns
        self._next = clock() + _PAUSE_SECONDS

    @property
    def is_due(self) -> bool:
        """Whether a minute has passed since the last time, or since the start."""
        return self._clock() >= self._next

    def work(self) -> Counter[str]:
        """Do it now; how many segments were compressed and deleted. Raises ``SegmentError``."""
        self._next = self._clock() + _PAUSE_SECONDS
        folder = self._config.store.foreign
        done: Counter[str] = Counter()
        if folder.is_dir():
            done["compressed_segments"] = self._compress(folder)
            done["deleted_segments"] = self._retain(folder)
        return done

    def _compress(self, folder: Path) -> int:
        return len(compress_closed(folder).segments) if self._config.compress else 0

    def _retain(self, folder: Path) -> int:
        if self._config.keep_seconds is None and self._config.keep_bytes is None:
            return 0
        report = retain(
            folder,
            max_age_seconds=self._config.keep_seconds,
            max_bytes=self._config.keep_bytes,
            now_ns=self._now_ns(),
            dry_run=False,
        )
        return len(report.taken)
