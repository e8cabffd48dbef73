"""Answering a query: matches of the text, conditions, facets, and the page of hits in its order."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from traces.embedded.conditions import filter_spans, runs_that_hold
from traces.embedded.counting import check_facet, count_values
from traces.embedded.hits import HitReader
from traces.embedded.matching import find_matches, phrases_of, relevance
from traces.embedded.ordering import (
    Key,
    check_sort,
    first_of,
    first_runs,
    newest_first,
    of_run,
    place_keys,
    sort_keys,
)
from traces.embedded.snapshot import Snapshot, Spans
from traces.embedded.vectors import VectorCache
from traces.errors import QueryError
from traces.fields import field_named
from traces.index import Page, Query
from traces.where import check_where

MATCHES = 150_000  # of a text: where there are more, the newest are counted, and the page says so
RANKED = 3_000  # matches: where there are more, the newest come first
_FUSION = 60  # of reciprocal rank fusion: Cormack, Clarke, Büttcher (SIGIR 2009)


@dataclass(frozen=True, kw_only=True)
class _Found:
    spans: Spans
    capped: bool


def check_query(query: Query) -> None:
    """Raise ``QueryError`` for a query that no index could answer."""
    if query.limit < 0 or query.offset < 0:
        raise QueryError("limit and offset must not be negative")
    for where in query.where:
        check_where(where)
    for name in query.facets:
        check_facet(name)
    for sort in query.sort:
        check_sort(sort)
    if query.text.strip():
        phrases_of(query.text)


class Search:
    """One query on one snapshot."""

    def __init__(self, query: Query, snapshot: Snapshot, vectors: VectorCache) -> None:
        self._query = query
        self._snapshot = snapshot
        self._phrases = phrases_of(query.text) if query.text.strip() else ()
        self._similarity: NDArray[np.float32] | None = None
        if query.near:
            runs = len(snapshot.run_column("spans"))
            self._similarity = vectors.similarities(snapshot.connection, query.near, runs)

    def page(self) -> Page:
        """The answer."""
        query = self._query
        found = self._find()
        spans = found.spans
        facets = {name: count_values(spans, check_facet(name), by_run=query.by_run) for name in query.facets}
        hits = HitReader(self._snapshot, self._phrases, self._similarity).read(self._shown(spans))
        total = int(np.count_nonzero(np.bincount(spans.runs))) if query.by_run else len(spans)
        return Page(hits=hits, total=total, facets=facets, capped=found.capped)

    def _find(self) -> _Found:
        runs = self._runs()
        if not self._phrases:
            spans = self._snapshot.all_spans()
            return _Found(spans=filter_spans(spans, self._query.where, runs), capped=False)
        wanted = self._query.offset + self._query.limit
        found = self._matching(runs, limit=max(MATCHES, wanted), within=None)
        if found.capped and len(found.spans) < wanted:
            # The conditions leave too little of the newest matches, so all of them are looked at.
            return self._matching(runs, limit=None, within=self._within(runs))
        return found

    def _matching(
        self, runs: NDArray[np.bool_] | None, *, limit: int | None, within: tuple[int, int] | None
    ) -> _Found:
        matches = find_matches(self._snapshot.connection, self._phrases, limit=limit, within=within)
        spans = filter_spans(self._snapshot.spans_at(matches.ids), self._query.where, runs)
        return _Found(spans=spans, capped=matches.capped)

    def _runs(self) -> NDArray[np.bool_] | None:
        """The runs that may be in the answer, ``None`` for all."""
        runs = runs_that_hold(self._snapshot, self._query.where)
        masks = [] if runs is None else [runs]
        if self._query.by_run:
            masks.append(self._snapshot.run_column("agentic") > 0)
        if self._similarity is not None and not self._phrases:
            masks.append(~np.isnan(self._similarity))
        return np.logical_and.reduce(masks) if masks else None

    def _within(self, runs: NDArray[np.bool_] | None) -> tuple[int, int] | None:
        """The row ids between which the spans of a few runs lie."""
        if runs is None:
            return None
        (places,) = np.nonzero(runs[self._snapshot.span_column("run")])
        if not len(places):
            return 1, 0
        base = self._snapshot.base
        return int(places[0]) + base, int(places[-1]) + base

    def _shown(self, spans: Spans) -> Spans:
        query = self._query
        count = query.offset + query.limit
        keys = (*self._keys(spans), *place_keys(self._snapshot))
        if query.by_run:
            alike = all(field_named(sort.field).level == "run" for sort in query.sort)
            ordered = first_runs(spans, keys, count, by_run_keys=alike and not self._is_ranked(spans))
        else:
            ordered = first_of(spans, keys, count)
        return Spans(snapshot=self._snapshot, positions=ordered.places[query.offset :])

    def _keys(self, spans: Spans) -> tuple[Key, ...]:
        newest = newest_first(self._snapshot)
        if self._query.sort:
            return sort_keys(self._snapshot, self._query.sort)
        keys: list[Key] = []
        if self._is_ranked(spans):
            keys.append(self._relevance_key(spans))
        elif self._similarity is not None:
            keys.append(self._distance_key(self._similarity))
        return (*keys, newest)

    def _is_ranked(self, spans: Spans) -> bool:
        """Whether the hits come by the relevance of the text, alone or mixed with similarity."""
        return bool(self._phrases) and not self._query.sort and len(spans) <= RANKED

    def _distance_key(self, similarity: NDArray[np.float32]) -> Key:
        return of_run(np.where(np.isnan(similarity), np.inf, -similarity))

    def _relevance_key(self, spans: Spans) -> Key:
        ids = spans.ids
        scores = relevance(self._snapshot.connection, self._phrases, ids)
        if self._similarity is not None:
            scores = self._fused(spans, scores, self._similarity)
        return lambda some: scores[np.searchsorted(ids, some.ids)]

    def _fused(
        self, spans: Spans, scores: NDArray[np.float64], similarity: NDArray[np.float32]
    ) -> NDArray[np.float64]:
        """Reciprocal rank fusion of relevance and similarity, the smaller the better; equals share a rank."""
        by_text = np.unique(scores, return_inverse=True)[1]
        by_angle = np.unique(-similarity[spans.runs], return_inverse=True, equal_nan=True)[1]
        has_vector = ~np.isnan(similarity[spans.runs])
        fused = 1.0 / (_FUSION + 1 + by_text) + np.where(has_vector, 1.0 / (_FUSION + 1 + by_angle), 0.0)
        return -fused
