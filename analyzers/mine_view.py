"""The only door through which an analyst sees runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Protocol

from analyzers.span_text import texts_of
from traces.errors import QueryError
from traces.index import Hit, Page, Query, Where
from traces.run import Run
from traces.span import Span

_FIELDS = ("outcome", "reason", "cause", "task", "group", "run", "name")
_SNIPPET = 160


class MineView(Protocol):
    """Runs of ``mine`` and nothing else; built by ``flywheel`` from an index and the ledger."""

    def run(self, run_id: str) -> Run:
        """One run with its raw spans; raises ``KeyError`` for a run outside the view."""
        ...

    def runs(self) -> tuple[Run, ...]:
        """All runs of the view, in a stable order."""
        ...

    def search(self, query: Query) -> Page:
        """Search within the view."""
        ...


class RunsView:
    """A view over runs that are given to it; nothing else can be reached from it.

    ``search`` looks at the spans of these runs only, so that not even a count tells of others.
    """

    def __init__(self, runs: Iterable[Run]) -> None:
        self._runs = {run.run_id: run for run in sorted(runs, key=lambda run: run.run_id)}

    def run(self, run_id: str) -> Run:
        """One run with its raw spans; raises ``KeyError`` for a run outside the view."""
        return self._runs[run_id]

    def runs(self) -> tuple[Run, ...]:
        """All runs of the view, by id."""
        return tuple(self._runs.values())

    def search(self, query: Query) -> Page:
        """Spans that hold all words of the query, under its conditions; raises ``QueryError``."""
        for name in (*query.facets, *(where.field for where in query.where)):
            if name not in _FIELDS:
                raise QueryError(f"unknown field {name!r}; valid fields: {', '.join(_FIELDS)}")
        hits = [
            hit
            for run in self._runs.values()
            for span in run.spans
            if all(_holds(_fields(run, span), where) for where in query.where)
            for hit in _hits(run, span, query.text)
        ]
        facets = {name: dict(Counter(str(hit.fields[name]) for hit in hits)) for name in query.facets}
        return Page(
            hits=tuple(hits[query.offset : query.offset + query.limit]), total=len(hits), facets=facets
        )


def _fields(run: Run, span: Span) -> Mapping[str, str]:
    values = (run.outcome.value, run.reason, run.cause, run.task, run.group, run.run_id, span.name)
    return dict(zip(_FIELDS, values, strict=True))


def _holds(fields: Mapping[str, str], where: Where) -> bool:
    if where.operator not in {"=", "!="}:
        raise QueryError(f"{where.field} is text: use = or != instead of {where.operator}")
    return (fields[where.field] == where.value) is (where.operator == "=")


def _hits(run: Run, span: Span, text: str) -> Iterator[Hit]:
    """The span as a hit when each word is in one of its texts."""
    words = text.lower().split()
    texts = texts_of(span)
    if not all(any(word in candidate.lower() for candidate in texts) for word in words):
        return
    shown = max(texts, key=lambda candidate: sum(word in candidate.lower() for word in words), default="")
    start = max(0, shown.lower().find(words[0]) - _SNIPPET // 2) if words else 0
    snippet = shown[start : start + _SNIPPET]
    yield Hit(
        run_id=run.run_id,
        span_id=span.span_id,
        name=span.name,
        snippet=snippet,
        fields=dict(_fields(run, span)),
    )
