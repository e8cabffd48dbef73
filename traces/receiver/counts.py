"""What a receiver's processes count, and how the counts of all become one."""

from __future__ import annotations

import contextlib
import os
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path

import orjson

_MOST_REASONS = 200
_REASON_LENGTH = 80
_OTHER = "other"


@dataclass(kw_only=True)
class Counts:
    """Sums since the start of a process, each by a key.

    ``received`` items by signal; ``stored`` spans under ``spans``, those made of log records under
    ``from_logs``; ``rejected`` items that are no OTLP, by reason; ``dropped`` items of no use to us, by what they
    are; ``refused`` requests by status; ``redacted`` secrets by rule; ``indexed`` by what catching up counts, with
    ``read`` spans and ``errors``; ``kept`` is what became of segments.
    """

    received: Counter[str] = field(default_factory=Counter)
    stored: Counter[str] = field(default_factory=Counter)
    rejected: Counter[str] = field(default_factory=Counter)
    dropped: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    redacted: Counter[str] = field(default_factory=Counter)
    indexed: Counter[str] = field(default_factory=Counter)
    kept: Counter[str] = field(default_factory=Counter)

    def add(self, other: Counts) -> None:
        """Add another's sums to these."""
        for name in _NAMES:
            tally(getattr(self, name), dict(getattr(other, name)))

    def to_json(self) -> dict[str, dict[str, int]]:
        """As a JSON object of objects."""
        return {name: dict(getattr(self, name)) for name in _NAMES}


_NAMES = tuple(found.name for found in fields(Counts))


def tally(sums: Counter[str], more: Mapping[str, int]) -> None:
    """Add counts by reason. Reasons may come from senders: their number and their length are bounded."""
    for reason, count in more.items():
        key = reason[:_REASON_LENGTH]
        sums[key if key in sums or len(sums) < _MOST_REASONS else _OTHER] += count


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """The counts of one process at one moment, and what it is busy with then, such as ``waiting`` requests."""

    counts: Counts
    now: Mapping[str, float] = field(default_factory=dict)


class CountsFile:
    """The last snapshot of one process, where the others find it; it outlives the process."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._written = b""

    def write(self, snapshot: Snapshot) -> None:
        """Replace the file, if anything has changed. A disk that is full keeps the old snapshot."""
        text = orjson.dumps({"counts": snapshot.counts.to_json(), "now": dict(snapshot.now)})
        if text == self._written:
            return
        beside = self.path.with_suffix(".new")
        with contextlib.suppress(OSError):
            beside.write_bytes(text)
            os.replace(beside, self.path)  # noqa: PTH105  # as quick as it gets: several times a second
            self._written = text


def read_snapshots(folder: Path, *, but: Path | None = None) -> list[Snapshot]:
    """The last snapshots of all processes that ever counted into ``folder``, ``but`` for one of them."""
    paths = (path for path in folder.glob("*.json") if path != but)
    return [snapshot for path in paths if (snapshot := _read(path)) is not None]


def total(snapshots: Iterable[Snapshot]) -> Snapshot:
    """One snapshot for all."""
    counts = Counts()
    now: Counter[str] = Counter()
    for snapshot in snapshots:
        counts.add(snapshot.counts)
        for name, value in snapshot.now.items():
            now[name] += value  # type: ignore[assignment]  # seconds among them
    return Snapshot(counts=counts, now=now)


def settle(path: Path) -> None:
    """Note that the process of a snapshot is gone: it is busy with nothing any more."""
    snapshot = _read(path)
    if snapshot is not None:
        CountsFile(path).write(Snapshot(counts=snapshot.counts))


def _read(path: Path) -> Snapshot | None:
    try:
        found = orjson.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    counts = Counts(**{name: Counter(found["counts"].get(name, {})) for name in _NAMES})
    return Snapshot(counts=counts, now=found["now"])
