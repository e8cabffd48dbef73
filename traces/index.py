"""What an index of runs and spans answers, whichever engine stands behind it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from traces.run import Run

Operator = Literal["=", "!=", ">", ">=", "<", "<="]


@dataclass(frozen=True, kw_only=True)
class Where:
    """One condition, such as ``outcome=failed`` or ``seconds>30``."""

    field: str
    operator: Operator
    value: str


@dataclass(frozen=True, kw_only=True)
class Sort:
    """Order by a field; hits that are equal in it come by run and then by place in the run."""

    field: str
    descending: bool = False


@dataclass(frozen=True, kw_only=True)
class Query:
    """Free text (empty matches all) under conditions that must all hold.

    ``facets`` names fields to count. ``sort`` empty: by relevance where there is text or a vector, else
    the newest run first. ``by_run``: one hit for each run, its best; totals and facets then count runs.
    ``near`` is a vector: only runs that have one are found, by their cosine similarity to it. Where there
    is text too, it must match, and similarity and relevance are mixed (reciprocal rank fusion).
    """

    text: str = ""
    where: tuple[Where, ...] = ()
    facets: tuple[str, ...] = ()
    sort: tuple[Sort, ...] = ()
    by_run: bool = False
    near: tuple[float, ...] = ()
    limit: int = 20
    offset: int = 0


@dataclass(frozen=True, kw_only=True)
class Hit:
    """A span that matches, with the run it belongs to and the text around the match.

    ``similarity`` is the cosine similarity of its run, within -1..1, where the query had a vector.
    """

    run_id: str
    span_id: str
    name: str
    snippet: str
    fields: Mapping[str, str | int | float] = field(default_factory=dict)
    similarity: float | None = None


@dataclass(frozen=True, kw_only=True)
class Page:
    """Hits in a stable order, how many there are in all, and per facet the count of each value.

    Where ``capped`` is true, ``total`` and the counts are lower bounds.
    """

    hits: tuple[Hit, ...]
    total: int
    facets: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    capped: bool = False


class TraceIndex(Protocol):
    """Derived from the segments: delete it, rebuild it, nothing is lost."""

    def add(self, runs: Iterable[Run]) -> int:
        """Index runs; one that is there already is replaced. Returns how many spans were written."""
        ...

    def search(self, query: Query) -> Page:
        """Answer a query; raises ``QueryError`` naming the valid fields for an unknown one."""
        ...

    def annotate(
        self,
        run_id: str,
        annotations: Mapping[str, Sequence[str]],
        *,
        vector: Sequence[float] | None = None,
    ) -> None:
        """Set generic annotations of a run (``signal``, ``pattern``, ``label``), each a list of values.

        ``vector`` is the run's place among similar ones; all vectors of an index have the same length.
        """
        ...

    def delete(self, where: Sequence[Where]) -> int:
        """Remove the runs for which all conditions hold, at least one; returns how many runs went.

        The conditions are on fields of runs; raises ``QueryError`` for one on a field of spans.
        """
        ...
