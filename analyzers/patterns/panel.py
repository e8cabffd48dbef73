"""Observations as arrays: a hundred thousand runs are compared without a loop over them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from analyzers.observation import Observation, Sighting
from analyzers.pattern import Basis

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]
LEVELS: tuple[Basis, ...] = ("task", "repository", "suite")
_MOST_WINDOWS = 8  # of a run; detectors cite no more steps either
_ENDINGS = 0.9  # of the runs that show it cite their last step


@dataclass(frozen=True, kw_only=True, eq=False)
class Showing:
    """In which runs a mechanism is seen, and where.

    ``rows`` are places of runs in the panel, ascending. Of each, ``first`` and ``last`` are the ends of the shortest
    stretches of steps that suffice for the detector, padded with empty ones (``first`` > ``last``); ``reach`` is up to
    which step it is known where they are. All three are empty for an ``is_ending``: it can be seen once per run, at
    its end, however long the run is.
    """

    rows: Integers
    first: Integers
    last: Integers
    reach: Integers
    is_ending: bool
    severity: float
    is_symptom: bool


@dataclass(frozen=True, kw_only=True, eq=False)
class Panel:
    """All observations, ordered by run id. ``strata`` has a code for each run, -1 where it is in no stratum."""

    observations: tuple[Observation, ...]
    steps: Integers
    strata: Mapping[Basis, Integers]
    showing: Mapping[str, Showing]

    def where(self, rows: Iterable[int]) -> NDArray[np.bool_]:
        """A mask of the panel that is true at ``rows``."""
        mask = np.zeros(len(self.observations), dtype=bool)
        mask[np.fromiter(rows, dtype=np.int64)] = True
        return mask


def panel_of(observations: Iterable[Observation]) -> Panel:
    """The panel of the observations, in whatever order they come."""
    ordered = tuple(sorted(observations, key=lambda seen: seen.run_id))
    return Panel(
        observations=ordered,
        steps=np.array([max(1, seen.steps) for seen in ordered], dtype=np.int64),
        strata=MappingProxyType(
            {level: _codes([getattr(seen, level) for seen in ordered], level) for level in LEVELS}
        ),
        showing=MappingProxyType(_showing(ordered)),
    )


def _codes(names: Sequence[str], level: Basis) -> Integers:
    """A code per name; what has no task or repository is in no stratum of those, but a suite may be nameless."""
    numbers = {name: code for code, name in enumerate(sorted(set(names)))}
    return np.array([numbers[name] if name or level == "suite" else -1 for name in names], dtype=np.int64)


def _showing(observations: Sequence[Observation]) -> dict[str, Showing]:
    found: dict[str, dict[int, list[Sighting]]] = defaultdict(dict)
    for row, seen in enumerate(observations):
        for sighting in seen.sightings:
            found[sighting.signal.detector].setdefault(row, []).append(sighting)
    return {name: _shown(found[name], observations) for name in sorted(found)}


def _shown(seen: Mapping[int, Sequence[Sighting]], observations: Sequence[Observation]) -> Showing:
    rows = np.fromiter(seen, dtype=np.int64, count=len(seen))
    sightings = [sighting for group in seen.values() for sighting in group]
    is_ending = _is_ending(seen, observations)
    windows = [] if is_ending else [_windows(group) for group in seen.values()]
    first, last = (_padded(windows, side) for side in (0, 1))
    reach = [] if is_ending else [_reach(group, observations[row].steps) for row, group in seen.items()]
    return Showing(
        rows=rows,
        first=first,
        last=last,
        reach=np.array(reach, dtype=np.int64),
        is_ending=is_ending,
        severity=max(sighting.signal.severity for sighting in sightings),
        is_symptom=all(sighting.signal.symptom for sighting in sightings),
    )


def _is_ending(seen: Mapping[int, Sequence[Sighting]], observations: Sequence[Observation]) -> bool:
    """Whether nearly all of the runs that show it do so in their last step, or in no step at all."""
    at_end = sum(
        any(not sighting.steps or sighting.steps[-1] >= observations[row].steps - 1 for sighting in group)
        for row, group in seen.items()
    )
    return at_end >= _ENDINGS * len(seen)


def _windows(sightings: Sequence[Sighting]) -> list[tuple[int, int]]:
    """The shortest stretches that hold enough cited steps, those within which no shorter one lies."""
    stretches = [
        (steps[place], steps[place + needed - 1])
        for sighting in sightings
        if (steps := sighting.steps)
        for needed in (sighting.needed or len(steps),)
        for place in range(len(steps) - needed + 1)
    ]
    kept: list[tuple[int, int]] = []
    for start, end in sorted(stretches, key=lambda stretch: (-stretch[0], stretch[1])):
        if not kept or end < kept[-1][1]:
            kept.append((start, end))
    return kept[::-1][:_MOST_WINDOWS]


def _reach(sightings: Sequence[Sighting], steps: int) -> int:
    """How many steps are known: a detector that cites as many as it may says nothing of those behind."""
    full = [sighting.steps[-1] + 1 for sighting in sightings if len(sighting.steps) >= _MOST_WINDOWS]
    return max(1, min([steps, *full]))


def _padded(windows: Sequence[Sequence[tuple[int, int]]], side: int) -> Integers:
    width = max((len(each) for each in windows), default=0)
    empty = (1, 0)
    return np.array(
        [[stretch[side] for stretch in (*each, *[empty] * (width - len(each)))] for each in windows],
        dtype=np.int64,
    ).reshape(len(windows), width)
