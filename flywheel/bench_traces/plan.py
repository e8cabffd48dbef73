"""How much is measured."""

from __future__ import annotations

from dataclasses import dataclass

SPANS = 1_000_000
QUICK_SPANS = 10_000
PATIENCE_SECONDS = 240.0


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Sizes, all in spans, and how often.

    ``sizes`` are those of the stores, ascending; the largest is filled once, the others ``repetitions`` times.
    ``small`` spans of 1 KB and ``large`` ones of 10 KB are received at a time, ``added`` on top of each
    store, and ``phoenix`` by Phoenix, after ``warm`` that do not count. Searches are ``queries``, ``passes`` times. Before each
    measurement it waits for others to leave the machine alone, for ``patience_seconds`` in all.
    """

    sizes: tuple[int, ...]
    small: int = 61_440
    large: int = 10_240
    added: int = 30_720
    phoenix: int = 5_120
    warm: int = 512
    repetitions: int = 5
    queries: int = 100
    passes: int = 3
    patience_seconds: float = PATIENCE_SECONDS

    @property
    def disk_bytes(self) -> int:
        """About what it needs on the disk."""
        return 1_000_000_000 + self.sizes[-1] * 11_000


def plan_for(spans: int, *, quick: bool, patience_seconds: float = PATIENCE_SECONDS) -> Plan:
    """Stores of so many spans, of a tenth and of a hundredth of it; quick ones measure little, and badly."""
    sizes = tuple(sorted({max(1000, spans // 100), max(1000, spans // 10), spans}))
    if not quick:
        return Plan(sizes=sizes, patience_seconds=patience_seconds)
    return Plan(
        sizes=sizes,
        small=4096,
        large=512,
        added=2048,
        phoenix=1024,
        repetitions=1,
        queries=20,
        passes=1,
        patience_seconds=0.0,
    )
