"""Searches as people make them: text, a filter and two facets, at match rates from rare to nearly everything."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from random import Random

from flywheel.bench_traces.vocabulary import rank_at, word
from flywheel.memory import tree_memory_mb
from traces.embedded import EmbeddedIndex
from traces.index import Query, Where
from traces.store import TraceStore

RATES = (0.0001, 0.001, 0.01, 0.1)
BEYOND = (0.2, 0.5, 0.9)
_WORDS_OF_A_SPAN = 100
_WHERE = (
    Where(field="tool", operator="=", value="bash"),
    Where(field="kind", operator="=", value="model"),
    Where(field="duration", operator=">", value="1"),
    Where(field="model", operator="=", value="large-2"),
    Where(field="error", operator="!=", value=""),
    Where(field="agent", operator="=", value="coder"),
)
_FACETS = (("tool", "error"), ("model", "kind"), ("name", "agent"), ("tool", "model"))


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Milliseconds of each search for words of one ``rate``; ``matches`` is how many spans have the word, on average.

    ``passes`` holds one tuple for each time that all were asked. ``capped`` is how many answers were.
    """

    rate: float
    matches: float
    capped: int
    passes: tuple[tuple[float, ...], ...]


@dataclass(frozen=True, kw_only=True)
class Searched:
    """All searches of one index; times are milliseconds, memory that of the process afterwards, in MiB."""

    spans: int
    first_ms: float
    asked: tuple[Asked, ...]
    beyond: tuple[Asked, ...]
    facets_ms: tuple[float, ...]
    memory_mb: float

    def latencies(self) -> list[list[float]]:
        """Of each pass, the times of all searches at rates up to 10 %."""
        return [
            [time_ms for asked in self.asked for time_ms in asked.passes[number]]
            for number in range(len(self.asked[0].passes))
        ]


def search_all(root: Path, *, queries: int = 100, passes: int = 3) -> Searched:
    """Ask the index of a store so many queries, as often, in mixed order; in a fresh process, best."""
    each = max(1, queries // len(RATES))
    begin = time.perf_counter()
    with EmbeddedIndex(TraceStore(root=root).index) as index:
        index.search(_queries(RATES[1], 1)[0])
        first = _ms(begin)
        asked = _ask_all(index, RATES, each, passes)
        beyond = _ask_all(index, BEYOND, max(1, each // 5), passes)
        facets = tuple(_ask(index, Query(facets=facets, limit=0))[0] for facets in _FACETS * passes)
        return Searched(
            spans=index.stats().spans,
            first_ms=first,
            asked=asked,
            beyond=beyond,
            facets_ms=facets,
            memory_mb=tree_memory_mb(os.getpid()),
        )


def _ask_all(index: EmbeddedIndex, rates: Sequence[float], each: int, passes: int) -> tuple[Asked, ...]:
    order = [(rate, query) for rate in rates for query in _queries(rate, each)]
    Random(7).shuffle(order)
    times: dict[float, list[tuple[float, ...]]] = {rate: [] for rate in rates}
    capped = dict.fromkeys(rates, 0)
    for number in range(passes):
        found: dict[float, list[float]] = {rate: [] for rate in rates}
        for rate, query in order:
            milliseconds, is_capped = _ask(index, query)
            found[rate].append(milliseconds)
            capped[rate] += is_capped and not number
        for rate in rates:
            times[rate].append(tuple(found[rate]))
    return tuple(
        Asked(rate=rate, matches=_matches(index, rate, each), capped=capped[rate], passes=tuple(times[rate]))
        for rate in rates
    )


def _ask(index: EmbeddedIndex, query: Query) -> tuple[float, bool]:
    begin = time.perf_counter()
    page = index.search(query)
    return _ms(begin), page.capped


def _matches(index: EmbeddedIndex, rate: float, count: int) -> float:
    words = _words(rate, count)
    return sum(index.search(Query(text=text, limit=0)).total for text in words) / len(words)


def _queries(rate: float, count: int) -> list[Query]:
    conditions, facets = cycle(_WHERE), cycle(_FACETS)
    return [Query(text=text, where=(next(conditions),), facets=next(facets)) for text in _words(rate, count)]


def _words(rate: float, count: int) -> list[str]:
    """Different words that are about equally frequent; where such a word is one of few, its neighbours."""
    middle = rank_at(rate, words=_WORDS_OF_A_SPAN)
    begin = max(0, middle - count // 2)
    return [word(rank) for rank in range(begin, begin + count)]


def _ms(begin: float) -> float:
    return (time.perf_counter() - begin) * 1000
