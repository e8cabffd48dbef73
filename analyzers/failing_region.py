"""Words of the failing region: which runs of a cluster are typical, and which terms set it apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

from traces.run import ModelCall, Run

_STEPS = 8  # the end of a run is where it went wrong
_CHARACTERS = 1500  # of each step
_WORD = r"(?u)\b[A-Za-z_][A-Za-z_]{2,}\b"
_TERMS = 5


@dataclass(frozen=True, kw_only=True)
class Portrait:
    """The most central run of a cluster, the two next to it, and the terms that set it apart."""

    medoid: str
    typical: tuple[str, ...]
    terms: tuple[str, ...]


def portray(cluster: Sequence[Run], others: Sequence[Run]) -> Portrait:
    """The portrait of a cluster against other failing runs, by TF-IDF; by order alone where content is redacted.

    Raises ``ValueError`` for an empty cluster.
    """
    runs = [*cluster, *others]
    texts = [failing_region(run) for run in runs]
    size = len(cluster)
    vectorizer = TfidfVectorizer(token_pattern=_WORD, sublinear_tf=True, max_features=4000)
    if not any(vectorizer.build_analyzer()(text) for text in texts):
        return _portrait([run.run_id for run in cluster], ())
    matrix = vectorizer.fit_transform(texts)
    inside = np.asarray(matrix[:size].mean(axis=0)).ravel()
    outside = np.asarray(matrix[size:].mean(axis=0)).ravel() if others else np.zeros_like(inside)
    nearness = np.asarray(matrix[:size] @ inside).ravel()
    central = np.lexsort((np.array([run.run_id for run in cluster]), -np.round(nearness, 9)))
    words = vectorizer.get_feature_names_out()
    distinct = np.lexsort((words, -np.round(inside - outside, 9)))[:_TERMS]
    terms = tuple(str(words[index]) for index in distinct if inside[index] > outside[index])
    return _portrait([cluster[index].run_id for index in central], terms)


def failing_region(run: Run) -> str:
    """What was said and done in the last steps of a run; empty where content is redacted."""
    return "\n".join(_text(step)[-_CHARACTERS:] for step in run.steps[-_STEPS:])


def _text(step: object) -> str:
    if isinstance(step, ModelCall):
        return step.text
    error, result = getattr(step, "error", None), getattr(step, "result", "")
    return f"{getattr(step, 'name', '')} {error or ''} {result}"


def _portrait(ordered: list[str], terms: tuple[str, ...]) -> Portrait:
    if not ordered:
        raise ValueError("a cluster without runs has no portrait")
    return Portrait(medoid=ordered[0], typical=tuple(ordered[1:3]), terms=terms)
