"""How much memory a piece of work took: the most that this process and all its descendants held at once."""

from __future__ import annotations

import os
import threading
from collections import defaultdict
from pathlib import Path
from types import TracebackType
from typing import Self

EVERY_SECONDS = 1.0
_PROC = Path("/proc")


class MemoryWatch:
    """Samples the whole process tree from a thread; a context manager.

    Shared pages are counted once, in proportion, where the kernel tells (PSS), else in full (RSS).
    """

    def __init__(self, *, every_seconds: float = EVERY_SECONDS) -> None:
        self._every = every_seconds
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._sample, name="memory-watch", daemon=True)
        self.peak_mb = 0.0

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stopped.set()
        self._thread.join()

    def _sample(self) -> None:
        while True:
            self.peak_mb = max(self.peak_mb, tree_memory_mb(os.getpid()))
            if self._stopped.wait(self._every):
                return


def tree_memory_mb(root: int) -> float:
    """What a process and its descendants hold now, in MiB; processes that end meanwhile count nothing."""
    children: dict[int, list[int]] = defaultdict(list)
    for pid in (int(path.name) for path in _PROC.iterdir() if path.name.isdigit()):
        parent = _parent(pid)
        if parent is not None:
            children[parent].append(pid)
    waiting, total = [root], 0.0
    while waiting:
        pid = waiting.pop()
        total += _held_kb(pid) / 1024
        waiting += children[pid]
    return total


def _parent(pid: int) -> int | None:
    try:
        return int((_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()[1])
    except (OSError, IndexError, ValueError):
        return None


def _held_kb(pid: int) -> float:
    folder = _PROC / str(pid)
    try:
        rollup = (folder / "smaps_rollup").read_text()
        return float(next(line.split()[1] for line in rollup.splitlines() if line.startswith("Pss:")))
    except (OSError, StopIteration):
        return _resident_kb(folder)


def _resident_kb(folder: Path) -> float:
    try:
        return int((folder / "statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1024
    except (OSError, IndexError, ValueError):
        return 0.0
