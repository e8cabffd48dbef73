"""Collections that are there before the first document: created, grown, rebuilt, without a pause for readers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from traces.fields import FIELDS
from traces.typesense_index.errors import MissingError, RefusedError, TypesenseError
from traces.typesense_index.filters import ALL
from traces.typesense_index.importing import import_documents
from traces.typesense_index.schema import (
    FIRST,
    VECTOR,
    Names,
    aliases,
    is_this_version,
    key_field,
    number_field,
    run_entries,
    runs_schema,
    span_entries,
    spans_schema,
    vector_entry,
    versioned,
)
from traces.typesense_index.server import Json, Server
from traces.typesense_index.shaping import ANNOTATIONS
from traces.typesense_index.values import NONE


def ensure_collections(server: Server, prefix: str) -> None:
    """Create what is not there, and add the fields that came since; others may do the same at the same time."""
    names = aliases(prefix)
    first = versioned(prefix, FIRST)
    for alias, collection, schema in (
        (names.runs, first.runs, runs_schema(first.runs)),
        (names.spans, first.spans, spans_schema(first.spans)),
    ):
        if server.alias(alias) is None:
            server.create_collection(schema)
            server.set_alias(alias, collection)
    _check_version(server, prefix)
    _grow(server, names.spans, spans_schema(names.spans)["fields"])
    _grow(server, names.runs, runs_schema(names.runs)["fields"])


def vector_length(server: Server, collection: str) -> int | None:
    """How many numbers a vector of the collection has; ``None`` where there is none yet."""
    for field in server.collection(collection)["fields"]:
        if field["name"] == VECTOR:
            return int(field["num_dim"])
    return None


def add_vectors(server: Server, collection: str, dimensions: int) -> int:
    """Let the collection hold vectors; how many numbers they have, of this caller or of one who came first."""
    try:
        server.add_fields(collection, [vector_entry(dimensions)])
    except RefusedError:
        found = vector_length(server, collection)
        if found is None:
            raise
        return found
    return dimensions


@contextmanager
def new_collections(server: Server, prefix: str, stamp: str, *, keep_annotations: bool) -> Iterator[Names]:
    """Collections to fill; the aliases stand for them afterwards, and the old ones are dropped.

    After an exception the new ones are dropped, and everything is as before.
    """
    names = aliases(prefix)
    old = Names(
        spans=server.alias(names.spans) or "",
        runs=server.alias(names.runs) or "",
    )
    new = versioned(prefix, stamp)
    try:
        server.create_collection(spans_schema(new.spans))
        server.create_collection(runs_schema(new.runs))
        if keep_annotations and old.runs:
            _copy_annotations(server, old.runs, new.runs)
        yield new
    except BaseException:
        _drop(server, new)
        raise
    server.set_alias(names.runs, new.runs)
    server.set_alias(names.spans, new.spans)
    _drop(server, old)


def drop_all(server: Server, prefix: str) -> None:
    """Remove the aliases and what they stand for."""
    names = aliases(prefix)
    for alias in (names.spans, names.runs):
        collection = server.alias(alias)
        server.drop_alias(alias)
        if collection is not None:
            server.drop_collection(collection)


def _check_version(server: Server, prefix: str) -> None:
    collection = server.alias(aliases(prefix).spans)
    if collection is None:
        raise MissingError(f"the alias {aliases(prefix).spans} was removed while it was in use")
    if not is_this_version(prefix, collection):
        raise TypesenseError(f"{collection} is of another version; rebuild it from the traces")


def _grow(server: Server, collection: str, wanted: Sequence[Json]) -> None:
    missing = _missing(server, collection, wanted)
    if not missing:
        return
    optional = [{**field, "optional": True} for field in missing]
    try:
        server.add_fields(collection, optional)
    except RefusedError:
        # Somebody else may have added them meanwhile.
        if _missing(server, collection, wanted):
            raise
        return
    defaults = _defaults({field["name"] for field in missing})
    if defaults:
        server.update_where(collection, ALL, defaults)


def _missing(server: Server, collection: str, wanted: Sequence[Json]) -> list[Json]:
    there = {field["name"] for field in server.collection(collection)["fields"]}
    return [field for field in wanted if field["name"] not in there]


def _defaults(names: set[str]) -> Json:
    """What the documents that are there have in fields that they were written without: nothing."""
    defaults: Json = {}
    for field in FIELDS:
        for entry in (*span_entries(field), *run_entries(field)):
            if entry["name"] in names and entry["name"] in {key_field(field.name), number_field(field.name)}:
                value: object = 0 if entry["type"] == "int64" else NONE
                defaults[entry["name"]] = [value] if entry["type"] == "string[]" else value
    return defaults


def _copy_annotations(server: Server, old: str, new: str) -> None:
    keys = [key_field(name) for name in ANNOTATIONS]
    length = vector_length(server, old)
    if length is not None:
        add_vectors(server, new, length)
    fields = ["id", "run", key_field("run"), *ANNOTATIONS, *keys, VECTOR]
    kept = ({**document, "present": False} for document in server.export(old, ALL, fields))
    report = import_documents(server, new, kept)
    if report.failed:
        first = report.failed[0]
        raise TypesenseError(f"annotations could not be copied: {first.document_id}: {first.reason}")


def _drop(server: Server, names: Names) -> None:
    for name in (names.spans, names.runs):
        if name:
            server.drop_collection(name)
