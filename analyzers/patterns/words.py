"""Words of failing regions as vectors, and the words that set one group of runs apart from the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS, TfidfVectorizer

from analyzers.patterns.panel import Floats, Integers

_MOST_WORDS = 20_000
_TERMS = 5
_COMMON = 0.2  # of a group's runs must say a word that stands for the group


@dataclass(frozen=True, kw_only=True, eq=False)
class WordSpace:
    """TF-IDF vectors of unit length, a row per run; ``names`` are the words of the columns, in order."""

    matrix: csr_matrix
    names: tuple[str, ...]

    def counts(self, rows: Integers) -> Floats:
        """In how many of the runs each word occurs."""
        return np.asarray(np.bincount(self.matrix[rows].indices, minlength=len(self.names)), dtype=float)


def word_space(texts: Sequence[Sequence[str]]) -> WordSpace:
    """The space of the words that at least two runs say, all of them where there are few runs."""
    least = 2 if len(texts) > 20 else 1
    vectorizer = TfidfVectorizer(
        analyzer=tuple, min_df=least, max_features=_MOST_WORDS, binary=True, dtype=np.float32
    )
    if not _any_shared(texts, least):
        return WordSpace(matrix=csr_matrix((len(texts), 1), dtype=np.float32), names=("",))
    matrix = vectorizer.fit_transform(texts)
    return WordSpace(matrix=matrix.tocsr(), names=tuple(vectorizer.get_feature_names_out()))


def telling_words(
    space: WordSpace, group: Integers, others: Integers, *, most: int = _TERMS
) -> tuple[str, ...]:
    """The words that set a group apart, the surest first.

    By the z-score of the log-odds of saying a word at all, smoothed by how many say it anywhere (after Monroe, Colaresi &
    Quinn, "Fightin' Words", 2008). Words that fewer than a fifth of the group say, or only one run, stand for nobody.
    """
    inside, outside = space.counts(group), space.counts(others)
    scores = _scores(inside, len(group), outside, len(others))
    least = max(min(2, len(group)), _COMMON * len(group))
    order = sorted(
        np.flatnonzero((inside >= least) & (scores > 0)),
        key=lambda word: (-round(float(scores[word]), 6), space.names[word]),
    )
    said = (space.names[word] for word in order)
    return tuple([word for word in said if word and word not in ENGLISH_STOP_WORDS][:most])


def most_central(space: WordSpace, group: Integers) -> Integers:
    """The group's rows, the most central first; by row where they say nothing."""
    rows = space.matrix[group]
    nearness = np.asarray(rows @ np.asarray(rows.mean(axis=0)).ravel()).ravel()
    return np.asarray(group[np.lexsort((group, -np.round(nearness.astype(float), 6)))])


def _scores(inside: Floats, group: int, outside: Floats, others: int) -> Floats:
    """z-scores of log-odds ratios, with a prior of one run that says each word as often as all do."""
    prior = (inside + outside + 0.5) / (group + others + 1)
    said, unsaid = inside + prior, group - inside + 1 - prior
    said_by_others, unsaid_by_others = outside + prior, others - outside + 1 - prior
    odds = np.log(said / unsaid) - np.log(said_by_others / unsaid_by_others)
    return np.asarray(odds / np.sqrt(1 / said + 1 / said_by_others))


def _any_shared(texts: Sequence[Sequence[str]], least: int) -> bool:
    """Whether any word is said by enough runs."""
    seen: set[str] = set()
    for words in texts:
        if any(least == 1 or word in seen for word in words):
            return True
        seen.update(words)
    return False
