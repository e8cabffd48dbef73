"""Whether the runs of one mechanism are several patterns: only where a person would name them differently."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

from analyzers.observation import Observation
from analyzers.patterns.grouping import dense_groups, stability
from analyzers.patterns.panel import Integers
from analyzers.patterns.words import WordSpace

_LEAST_PART = 12  # runs
_LEAST_SHARE = 0.15  # of the mechanism's runs
_MOST_PARTS = 4
_STABLE = 0.8  # adjusted Rand index with either half of the runs
_TELLS, _QUIET = 0.7, 0.15  # shares of runs that say a part's word, within it and elsewhere
_LEAST_TASKS = 3
_ONE_ORIGIN = 0.5  # of a part's runs may be of one task or repository


@dataclass(frozen=True, kw_only=True, eq=False)
class Part:
    """Places of runs, and the word that tells them from the mechanism's others; empty where it is not split."""

    rows: Integers
    word: str = ""


def parts_of(rows: Integers, space: WordSpace, observations: Sequence[Observation]) -> tuple[Part, ...]:
    """The parts of a mechanism's runs, the largest first; one part where a split would not pay.

    A split pays if each part is large, comes out of either half of the runs again, has a word that most of its runs
    say and hardly any other, and is not merely what one task or repository talks about. ``rows`` are places both in the
    space and among the ``observations``.
    """
    whole = (Part(rows=rows),)
    least = max(_LEAST_PART, round(_LEAST_SHARE * len(rows)))
    if len(rows) < 2 * least:
        return whole
    matrix, names = space.matrix[rows], [observations[row].run_id for row in rows]
    groups = dense_groups(matrix, names, least=least)
    found = [rows[groups == number] for number in range(groups.max() + 1)]
    if not 2 <= len(found) <= _MOST_PARTS or any(
        _is_of_one_origin(part, rows, observations) for part in found
    ):
        return whole
    words = [_telling(space, part, np.setdiff1d(rows, part)) for part in found]
    if not all(words) or stability(matrix, names, groups, least=least) < _STABLE:
        return whole
    return tuple(Part(rows=part, word=word) for part, word in zip(found, words, strict=True))


def _telling(space: WordSpace, part: Integers, others: Integers) -> str:
    """The word that tells the part best, if any does; empty if none."""
    inside, outside = space.counts(part) / len(part), space.counts(others) / len(others)
    good = np.flatnonzero((inside >= _TELLS) & (outside <= _QUIET))
    ranked = sorted((round(float(outside[word] - inside[word]), 6), space.names[word]) for word in good)
    return next((name for _, name in ranked if name not in ENGLISH_STOP_WORDS), "")


def _is_of_one_origin(part: Integers, rows: Integers, observations: Sequence[Observation]) -> bool:
    tasks = Counter(observations[row].task for row in part if observations[row].task)
    if tasks and (len(tasks) < _LEAST_TASKS or max(tasks.values()) > _ONE_ORIGIN * len(part)):
        return True
    everywhere = {observations[row].repository for row in rows}
    repositories = Counter(observations[row].repository for row in part if observations[row].repository)
    return len(everywhere) > 1 and max(repositories.values(), default=0) > _ONE_ORIGIN * len(part)
