"""The Typesense index as its users see it."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import httpx

from traces.documents import clean_field
from traces.embedded.annotating import check_annotation
from traces.embedded.searching import check_query
from traces.errors import QueryError
from traces.fields import FIELDS
from traces.index import Page, Query, Where
from traces.run import Run
from traces.typesense_index.backoff import Backoff
from traces.typesense_index.errors import (
    ForbiddenError,
    ImportFailedError,
    ImportReport,
    MissingError,
)
from traces.typesense_index.filters import PRESENT, all_of, filter_of
from traces.typesense_index.nearest import check_vector
from traces.typesense_index.opening import (
    add_vectors,
    drop_all,
    ensure_collections,
    new_collections,
    vector_length,
)
from traces.typesense_index.schema import Names, aliases
from traces.typesense_index.searching import Search
from traces.typesense_index.server import Server
from traces.typesense_index.settings import TypesenseSettings
from traces.typesense_index.shaping import IndexedRun
from traces.typesense_index.writing import remove_runs, set_annotations, write_runs
from traces.where import check_where


@dataclass(frozen=True, kw_only=True)
class Health:
    """Which nodes answer that they are well, and the version of the server, empty where the key may not ask."""

    nodes: Mapping[str, bool]
    version: str = ""

    @property
    def is_well(self) -> bool:
        """Whether every node is."""
        return all(self.nodes.values())


class TypesenseIndex:
    """A ``TraceIndex`` on a Typesense server or cluster; a context manager.

    It may be shared by threads and processes. The collections are created by the first who may write. Hits come by
    Typesense's own text match where the query has text, then the newest run first, then by the run's id and the span's
    place in it. Facets count spans or, by run, runs. What is written is found as soon as the call returns, on the node that
    took it. Where it differs from the embedded index: relevance is another formula; values that agree in their first
    255 bytes are one in a facet; of vectors the nearest thousand runs are compared; and an order by a text, by more than two
    fields, or by vector and text together is made of at most 10,000 matches.

    Raises ``QueryError`` before anything is sent for what makes no sense, else the errors of
    ``traces.typesense_index.errors``.
    """

    def __init__(
        self,
        settings: TypesenseSettings,
        *,
        transport: httpx.BaseTransport | None = None,
        backoff: Backoff | None = None,
        clock: Callable[[], float] = time.time,
        generator: random.Random | None = None,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._random = generator or random.SystemRandom()
        self._lock = threading.Lock()
        self._ready = not settings.api_key
        self._names = aliases(settings.prefix)
        self._reader = Server(
            settings, settings.reader_key, transport=transport, backoff=backoff, clock=clock
        )
        self._writer = Server(
            settings,
            settings.api_key or settings.search_key,
            transport=transport,
            backoff=backoff,
            clock=clock,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections; harmless when they are closed."""
        self._reader.close()
        self._writer.close()

    def add(self, runs: Iterable[Run]) -> int:
        """Index runs; one that is there already is replaced. Returns how many spans were written.

        They are sent in batches, and what was sent stays. Raises ``ImportFailedError`` after the last one if the server
        refused documents; of their runs, older documents stay.
        """
        return self.add_indexed(IndexedRun(run=run) for run in runs)

    def add_indexed(self, runs: Iterable[IndexedRun]) -> int:
        """As ``add``, with fields and annotations that somebody knows better."""
        report = write_runs(self._writing(), self._names, runs, self._stamps())
        return _written(report)

    def search(self, query: Query) -> Page:
        """Answer a query; raises ``QueryError`` for a field, comparison or text that makes no sense."""
        check_query(query)
        if query.near:
            check_vector(query.near, None)
        self._prepare()
        try:
            return Search(self._reader, self._names, query).page()
        except MissingError as error:
            raise MissingError(
                f"there is no index {self._names.spans} on the server; somebody with an API key must write to it first"
            ) from error

    def annotate(
        self,
        run_id: str,
        annotations: Mapping[str, Sequence[str]],
        *,
        vector: Sequence[float] | None = None,
    ) -> None:
        """Set each annotation of a run to exactly the given values; others stay, also if the run is added later.

        Raises ``QueryError`` for a field that is no annotation, or a vector that does not fit the others.
        """
        for name in annotations:
            check_annotation(name)
        numbers = None if vector is None else self._fitting(vector)
        report = set_annotations(self._writing(), self._names, clean_field(run_id), annotations, numbers)
        _written(report)

    def delete(self, where: Sequence[Where]) -> int:
        """Remove the runs for which all conditions hold, at least one; returns how many runs went.

        The conditions are on fields of runs.
        """
        _check_deletion(where)
        conditions = all_of([PRESENT, *map(filter_of, where)])
        return remove_runs(self._writing(), self._names, conditions)

    def collection(self) -> str:
        """The collection of spans that is in use; another one after a rebuild."""
        found = self._writing().alias(self._names.spans)
        if found is None:
            raise MissingError(f"there is no index {self._names.spans} on the server")
        return found

    @contextmanager
    def rebuilding(self, *, keep_annotations: bool = True) -> Iterator[TypesenseIndex]:
        """An empty index to fill, which takes the place of this one at once when the block ends well.

        Until then readers see this one. With ``keep_annotations``, annotations and vectors of runs come along. What others
        write to this one meanwhile is lost. After an exception all is as it was.
        """
        stamp = f"{int(self._clock()):x}_{self._random.getrandbits(32):08x}"
        prefix = self._settings.prefix
        with new_collections(self._writing(), prefix, stamp, keep_annotations=keep_annotations) as names:
            yield self._on(names)

    def drop(self) -> None:
        """Remove everything that this index has on the server."""
        with self._lock:
            drop_all(self._writer, self._settings.prefix)
            self._ready = False

    def create_search_key(self, description: str = "reads traces") -> str:
        """A new key that may search this index and do nothing else."""
        patterns = [f"{name}.*" for name in (self._names.spans, self._names.runs)]
        return self._writing().create_key(description, ["documents:search"], patterns)

    def health(self) -> Health:
        """Which nodes are well; asks each once."""
        nodes = {node: self._reader.is_healthy(node) for node in self._settings.all_nodes}
        version = ""
        if any(nodes.values()):
            try:
                version = self._writer.version()
            except ForbiddenError:
                version = ""
        return Health(nodes=nodes, version=version)

    def _on(self, names: Names) -> TypesenseIndex:
        """The same server, by other collections."""
        other = object.__new__(TypesenseIndex)
        other.__dict__.update(self.__dict__)
        other._names = names
        other._ready = True
        return other

    def _writing(self) -> Server:
        if not self._settings.api_key:
            raise ForbiddenError("a search key only reads; give an API key to write")
        self._prepare()
        return self._writer

    def _prepare(self) -> None:
        with self._lock:
            if not self._ready:
                ensure_collections(self._writer, self._settings.prefix)
                self._ready = True

    def _fitting(self, vector: Sequence[float]) -> list[float]:
        server = self._writing()
        length = vector_length(server, self._names.runs)
        numbers = check_vector(vector, length)
        if length is None:
            check_vector(vector, add_vectors(server, self._names.runs, len(numbers)))
        return numbers

    def _stamps(self) -> Iterator[str]:
        while True:
            yield f"{self._random.getrandbits(96):024x}"


def _written(report: ImportReport) -> int:
    if report.failed:
        raise ImportFailedError(report)
    return report.written


def _check_deletion(where: Sequence[Where]) -> None:
    if not where:
        raise QueryError("say which runs to delete; at least one condition is needed")
    for condition in where:
        field = check_where(condition)
        if field.level != "run":
            valid = ", ".join(field.name for field in FIELDS if field.level == "run")
            raise QueryError(f"{field.name} is of spans, and runs are deleted whole; choose from {valid}")
