"""Patterns against what was planted: matched one to one, and what is neither planted nor the model's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from flywheel.bench_mining.planted.answers import answers, weaknesses_of
from flywheel.bench_mining.planted.failure import Failure

LEAST_SHARE = 0.05  # of the failures a weakness must account for by itself
LEAST_PURITY = 0.8  # of a pattern's runs must show the weakness
LEAST_HELD = 0.5  # of the weakness's own failures must be in the pattern
CHOICES = 3  # the first proposals, among which the right remedy must be


@dataclass(frozen=True, kw_only=True)
class FoundPattern:
    """A pattern as the bench sees it: its ``mechanism``, its own ``runs`` and the remedies of its first proposals."""

    mechanism: str
    runs: frozenset[str]
    remedies: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Instance:
    """One planted weakness of one seed.

    ``share`` is that of the failures which pass without it. ``mechanism`` is the matched pattern's, empty where there
    is none; ``purity``, ``held`` and ``remedy_is_right`` are of that pattern.
    """

    seed: int
    weakness: str
    strength: float
    failures: int
    owing: int
    share: float
    mechanism: str = ""
    purity: float = 0.0
    held: float = 0.0
    remedy_is_right: bool = False

    @property
    def counts(self) -> bool:
        """Whether it accounts for enough failures to be looked for."""
        return self.share >= LEAST_SHARE

    @property
    def is_matched(self) -> bool:
        """Whether a pattern holds it, whatever is proposed against it."""
        return bool(self.mechanism)

    @property
    def is_found(self) -> bool:
        """Whether a pattern holds it and the right remedy is among the first proposals."""
        return self.is_matched and self.remedy_is_right


@dataclass(frozen=True, kw_only=True)
class SeedFigures:
    """One seed: its ``instances``, how many patterns there are of what is not planted (``false``) and why, and counts.

    ``own`` are patterns most of whose runs fail with everything off: the model's own, which nobody planted.
    """

    seed: int
    instances: tuple[Instance, ...]
    runs: int
    failures: int
    over_determined: int
    alone: int
    patterns: int
    own: tuple[str, ...]
    false: tuple[str, ...]


def seed_figures(
    seed: int,
    strengths: Mapping[str, float],
    failures: Mapping[str, Failure],
    patterns: Sequence[FoundPattern],
    *,
    runs: int,
) -> SeedFigures:
    """Judge the patterns of one seed."""
    return SeedFigures(
        seed=seed,
        instances=_instances(seed, strengths, failures, patterns),
        runs=runs,
        failures=len(failures),
        over_determined=sum(failure.over_determined for failure in failures.values()),
        alone=sum(failure.alone for failure in failures.values()),
        patterns=len(patterns),
        own=tuple(each.mechanism for each in patterns if _is_own(each, failures)),
        false=tuple(each.mechanism for each in patterns if is_false(each, strengths, failures)),
    )


def matches(
    weaknesses: Sequence[str], failures: Mapping[str, Failure], patterns: Sequence[FoundPattern]
) -> Mapping[str, FoundPattern]:
    """The pattern of each weakness that has one, each pattern at most once: as many as possible, then the best held."""
    if not weaknesses or not patterns:
        return {}
    worth = np.array([[_worth(name, each, failures) for each in patterns] for name in weaknesses])
    rows, columns = linear_sum_assignment(worth, maximize=True)
    return {
        weaknesses[row]: patterns[column]
        for row, column in zip(rows, columns, strict=True)
        if worth[row, column] > 0
    }


def is_false(pattern: FoundPattern, strengths: Mapping[str, float], failures: Mapping[str, Failure]) -> bool:
    """Whether a pattern is of a weakness that is not there.

    So is one whose signal speaks of weaknesses none of which is planted, and one in which no planted weakness
    prevails and most of whose runs would pass without the planted ones: it is neither theirs nor the model's own.
    """
    spoken = weaknesses_of(pattern.mechanism)
    if spoken:
        return not spoken & strengths.keys()
    is_theirs = any(_purity(name, pattern, failures) >= LEAST_PURITY for name in strengths)
    return not is_theirs and not _is_own(pattern, failures)


def _instances(
    seed: int,
    strengths: Mapping[str, float],
    failures: Mapping[str, Failure],
    patterns: Sequence[FoundPattern],
) -> tuple[Instance, ...]:
    owing = {name: _owing(name, failures) for name in strengths}
    matched = matches(sorted(strengths), failures, patterns)
    right = answers()
    found = []
    for name, strength in sorted(strengths.items()):
        pattern = matched.get(name)
        found.append(
            Instance(
                seed=seed,
                weakness=name,
                strength=strength,
                failures=len(failures),
                owing=len(owing[name]),
                share=len(owing[name]) / max(1, len(failures)),
                mechanism=pattern.mechanism if pattern else "",
                purity=_purity(name, pattern, failures) if pattern else 0.0,
                held=_held(name, pattern, failures) if pattern else 0.0,
                remedy_is_right=pattern is not None
                and not right[name].remedies.isdisjoint(pattern.remedies[:CHOICES]),
            )
        )
    return tuple(found)


def _worth(name: str, pattern: FoundPattern, failures: Mapping[str, Failure]) -> float:
    """0 where the pattern is not the weakness's; a match is worth more than all that better ones can add."""
    purity, held = _purity(name, pattern, failures), _held(name, pattern, failures)
    return 100 + held + purity if purity >= LEAST_PURITY and held >= LEAST_HELD else 0.0


def _owing(name: str, failures: Mapping[str, Failure]) -> frozenset[str]:
    return frozenset(run for run, failure in failures.items() if name in failure.owes)


def _purity(name: str, pattern: FoundPattern, failures: Mapping[str, Failure]) -> float:
    return sum(name in failures[run].shows for run in pattern.runs) / len(pattern.runs)


def _held(name: str, pattern: FoundPattern, failures: Mapping[str, Failure]) -> float:
    owing = _owing(name, failures)
    return len(owing & pattern.runs) / len(owing) if owing else 0.0


def _is_own(pattern: FoundPattern, failures: Mapping[str, Failure]) -> bool:
    return 2 * sum(failures[run].alone for run in pattern.runs) > len(pattern.runs)
