"""Answering a query: by the server's own order where it can keep it, else by an order made here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from traces.errors import QueryError
from traces.fields import field_named
from traces.index import Hit, Page, Query
from traces.typesense_index.answers import facets_in, hits_in, is_capped, read_hit, total_of
from traces.typesense_index.asking import (
    COUNTED_RUNS,
    IN_ORDER,
    MOST_HITS,
    SNIPPETS,
    Asked,
    phrase_checks,
    server_order,
)
from traces.typesense_index.filters import among_runs, one_of
from traces.typesense_index.nearest import NEAREST, Nearest, nearest_runs
from traces.typesense_index.ordering import Row, first_rows, needed_fields, read_row
from traces.typesense_index.schema import Names, key_field
from traces.typesense_index.server import Json, Server

GATHERED = (
    10_000  # matches: so many are fetched, by id, to bring them into an order that the server cannot keep
)


class Search:
    """One query."""

    def __init__(self, server: Server, names: Names, query: Query) -> None:
        self._server = server
        self._names = names
        self._query = query
        self._asked = Asked(collection=names.spans, query=query)
        self._nearest = Nearest()

    def page(self) -> Page:
        """The answer."""
        if self._has_phrase_of_nothing():
            return Page(hits=(), total=0, facets={name: {} for name in self._query.facets})
        if self._query.near:
            self._nearest = nearest_runs(self._server, self._names.runs, self._query)
            if not self._asked.has_text:
                runs = tuple(self._nearest.similarities)
                self._asked = replace(self._asked, more=(among_runs(runs),))
        order = server_order(self._query)
        return self._by_hand() if order is None else self._by_server(order)

    def _has_phrase_of_nothing(self) -> bool:
        alone = Asked(collection=self._names.spans, query=Query())
        checks = [
            alone.search(sort_by=IN_ORDER, limit=0) | {"q": check}
            for check in phrase_checks(self._query.text)
        ]
        return any(result["found"] == 0 for result in self._server.multi_search(checks))

    def _by_server(self, order: str) -> Page:
        first, last = self._query.offset, self._query.offset + self._query.limit
        searches = [
            self._asked.search(
                sort_by=order, limit=min(MOST_HITS, last - begin), offset=begin, **self._snippets()
            )
            for begin in range(first, max(last, first + 1), MOST_HITS)
        ]
        (counted,) = self._server.multi_search([searches[0] | self._asked.facets()])
        there = -(-(self._total(counted) - first) // MOST_HITS)
        results = [counted, *self._server.multi_search(searches[1 : max(1, there)])]
        similarities = self._nearest.similarities
        hits = tuple(read_hit(hit, similarities) for result in results for hit in hits_in(result))
        return self._page(counted, hits, capped=any(map(is_capped, results)) or self._nearest.capped)

    def _by_hand(self) -> Page:
        query = self._query
        (counted,) = self._server.multi_search(
            [self._asked.search(sort_by=IN_ORDER, limit=0) | self._asked.facets()]
        )
        rows, whole = self._gather(counted)
        chosen = first_rows(query, rows, self._nearest.similarities)
        capped = is_capped(counted) or self._nearest.capped or not whole
        return self._page(counted, self._read(chosen), capped=capped)

    def _gather(self, counted: Json) -> tuple[list[Row], bool]:
        """The matches as rows to sort, and whether they are all there are."""
        query = self._query
        if not query.offset + query.limit or not counted["found"]:
            return [], True
        # Of a run all spans are needed, unless they are alike in all that is sorted by.
        grouped = query.by_run and all(field_named(sort.field).level == "run" for sort in query.sort)
        grouped = grouped and not self._asked.has_text
        asked = replace(self._asked, each_span=not grouped)
        found = self._total(counted) if grouped else int(counted.get("found_docs") or counted["found"])
        if found <= GATHERED:
            return self._fetch(asked, IN_ORDER), True
        if query.near and not query.sort and not self._asked.has_text:
            return self._fetch(self._only_nearest(asked), IN_ORDER), True
        if query.near and not query.sort:
            return self._fetch(asked, "_text_match:desc,order:asc"), False
        raise QueryError(
            f"{found} match, and no more than {GATHERED} can be sorted like this; narrow the query, or sort by "
            "at most two numbers or times"
        )

    def _only_nearest(self, asked: Asked) -> Asked:
        """The query on as many of the nearest runs as the page takes."""
        counting = asked.search(sort_by=IN_ORDER, limit=0) | {
            "facet_by": key_field("run"),
            "max_facet_values": NEAREST,
            "facet_strategy": "exhaustive",
        }
        (result,) = self._server.multi_search([counting])
        counts = facets_in(result, [key_field("run")])[key_field("run")]
        missing, chosen = self._query.offset + self._query.limit, []
        for run in sorted(counts, key=lambda key: -self._nearest.similarities[key]):
            chosen.append(run)
            missing -= counts[run]
            if missing <= 0:
                break
        return replace(asked, more=(among_runs(chosen),))

    def _fetch(self, asked: Asked, order: str) -> list[Row]:
        fields = needed_fields(self._query)
        searches = [
            asked.search(sort_by=order, limit=MOST_HITS, offset=begin, fields=fields)
            for begin in range(0, GATHERED, MOST_HITS)
        ]
        rows: list[Row] = []
        for search in searches:
            (result,) = self._server.multi_search([search])
            found = [read_row(hit) for hit in hits_in(result)]
            rows.extend(found)
            if len(found) < MOST_HITS:
                break
        return rows

    def _read(self, chosen: Sequence[str]) -> tuple[Hit, ...]:
        """The hits with these ids, in their order."""
        found: dict[str, Hit] = {}
        asked = Asked(collection=self._names.spans, query=Query(text=self._query.text))
        for begin in range(0, len(chosen), MOST_HITS):
            some = chosen[begin : begin + MOST_HITS]
            one = replace(asked, more=(one_of("id", some),))
            (result,) = self._server.multi_search(
                [one.search(sort_by=IN_ORDER, limit=len(some), **self._snippets())]
            )
            for hit in hits_in(result):
                found[hit["document"]["id"]] = read_hit(hit, self._nearest.similarities)
        return tuple(found[id_] for id_ in chosen if id_ in found)

    def _page(self, counted: Json, hits: tuple[Hit, ...], *, capped: bool) -> Page:
        return Page(
            hits=hits,
            total=self._total(counted),
            facets=facets_in(counted, self._query.facets),
            capped=capped,
        )

    def _total(self, counted: Json) -> int:
        return total_of(counted, runs=COUNTED_RUNS if self._query.by_run else None)

    def _snippets(self) -> Json:
        return dict(SNIPPETS) if self._asked.has_text else {}
