"""The agent asked for the same thing again right away, in the same or in other words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from analyzers.account import account_of
from analyzers.act import Act
from analyzers.detectors.observation import observe, shown
from analyzers.signal import Signal
from traces.run import Run

SAME = 0.9  # the overlap from which people call two calls a repetition; see ``flywheel.bench_mining.labels``


@dataclass(frozen=True, kw_only=True)
class RestatedCall:
    """Sees ``least`` calls each of which names the same values as the call right before it.

    Keys, order, notation and empty values do not count: ``{"line": 4}`` restates ``{"start": "4", "tags": []}``.
    Calls whose arguments are redacted are not compared.
    """

    name: str = "restated_call"
    title: str = "Asks for the same thing again right away"
    least: int = 2
    overlap: float = SAME

    def detect(self, run: Run) -> tuple[Signal, ...]:
        """One signal that cites the calls that restate the one before."""
        again = restated(account_of(run).acts, overlap=self.overlap)
        if len(again) < self.least:
            return ()
        sentence = (
            f"{len(again)} calls repeat the call before them, the first of {shown(again[0].call.name)}."
        )
        return observe(
            self, run, again, sentence, severity=min(0.8, 0.4 + 0.05 * len(again)), shows="arguments"
        )


def restated(acts: Sequence[Act], *, overlap: float = SAME) -> list[Act]:
    """The calls that ask for what the call right before them asked for."""
    return [later for earlier, later in pairwise(acts) if earlier.request.overlap(later.request) >= overlap]
