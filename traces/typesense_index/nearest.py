"""The runs whose vectors are nearest to one."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from traces.errors import QueryError
from traces.fields import field_named
from traces.index import Query
from traces.typesense_index.answers import is_capped
from traces.typesense_index.asking import EVERYTHING, MOST_HITS
from traces.typesense_index.errors import RefusedError
from traces.typesense_index.filters import AGENTIC, PRESENT, all_of, filter_of
from traces.typesense_index.schema import VECTOR
from traces.typesense_index.server import Json, Server

NEAREST = 1_000  # runs; those further away are not similar to anything
_COMPARED_ALL = 10_000  # runs that meet the conditions: so many are compared one by one, not by the graph
_LEAST, _MOST = 1.2e-38, 3.4e38
_DIMENSIONS = re.compile(r"must have (\d+) dimensions")
_NO_VECTORS = re.compile(r"does not have a vector|not find a field named `vector`")


@dataclass(frozen=True, kw_only=True)
class Nearest:
    """Cosine similarities by the key of the run; ``capped`` where there are runs further away."""

    similarities: Mapping[str, float] = field(default_factory=dict)
    capped: bool = False


def nearest_runs(server: Server, collection: str, query: Query) -> Nearest:
    """The nearest runs for which the query's conditions on runs hold."""
    searches = [_search(collection, query, page) for page in range(NEAREST // MOST_HITS)]
    try:
        first, *rest = server.multi_search(searches)
    except RefusedError as error:
        if length := _DIMENSIONS.search(str(error)):
            check_vector(query.near, int(length[1]))
        if _NO_VECTORS.search(str(error)):
            return Nearest()
        raise
    similarities: dict[str, float] = {}
    for result in (first, *rest):
        for hit in result.get("hits", ()):
            distance = float(hit["vector_distance"])
            similarities[hit["document"]["id"]] = max(-1.0, min(1.0, 1.0 - distance))
    return Nearest(
        similarities=similarities,
        capped=int(first["found"]) > len(similarities) or len(similarities) >= NEAREST or is_capped(first),
    )


def check_vector(vector: Sequence[float], dimensions: int | None) -> list[float]:
    """The vector as numbers; raises ``QueryError`` where the index cannot hold or compare it."""
    numbers = [float(number) for number in vector]
    # The server has 32 bits for a number, and refuses what they do not hold.
    numbers = [0.0 if abs(number) < _LEAST else number for number in numbers]
    if dimensions is not None and len(numbers) != dimensions:
        raise QueryError(f"a vector of this index has {dimensions} numbers, not {len(numbers)}")
    if not numbers or not all(abs(number) <= _MOST for number in numbers):
        raise QueryError("a vector consists of finite numbers, at least one")
    return numbers


def _search(collection: str, query: Query, page: int) -> Json:
    conditions = [filter_of(where) for where in query.where if field_named(where.field).level == "run"]
    agentic = [AGENTIC] if query.by_run else []
    numbers = ",".join(repr(float(number)) for number in query.near)
    return {
        "collection": collection,
        "q": EVERYTHING,
        "filter_by": all_of([PRESENT, *agentic, *conditions]),
        "vector_query": f"{VECTOR}:([{numbers}], k:{NEAREST}, flat_search_cutoff:{_COMPARED_ALL})",
        "sort_by": "_vector_distance:asc",
        "per_page": MOST_HITS,
        "page": page + 1,
        "include_fields": "id",
    }
