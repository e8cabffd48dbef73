"""Writing runs, so that each is there once, whole and with the annotations it has from before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice

from traces.typesense_index.asking import EVERYTHING, MOST_HITS
from traces.typesense_index.errors import ImportReport
from traces.typesense_index.filters import all_of, among_runs, one_of
from traces.typesense_index.importing import import_documents
from traces.typesense_index.schema import Names, key_field
from traces.typesense_index.server import Json, Server
from traces.typesense_index.shaping import (
    ANNOTATIONS,
    IndexedRun,
    annotation_entries,
    merged,
    own_annotations,
    run_document,
    span_documents,
)
from traces.typesense_index.values import key_of

_RUNS_AT_ONCE = 50
_NAMED_AT_ONCE = 100  # runs in a filter that goes into a URL


def write_runs(
    server: Server, names: Names, runs: Iterable[IndexedRun], stamps: Iterator[str]
) -> ImportReport:
    """Write runs; what an earlier version of one had and this one has not is removed."""
    report = ImportReport()
    iterator = iter(runs)
    while chunk := list(islice(iterator, _RUNS_AT_ONCE)):
        # Of a run that comes twice, the later one counts.
        latest = list({indexed.run.run_id: indexed for indexed in chunk}.values())
        report += _write_chunk(server, names, latest, next(stamps))
    return report


def set_annotations(
    server: Server,
    names: Names,
    run_id: str,
    annotations: Mapping[str, Sequence[str]],
    vector: Sequence[float] | None,
) -> ImportReport:
    """Set annotations and the vector of a run, whether it is there already or comes later."""
    key = key_of(run_id)
    entries = annotation_entries(annotations)
    document: Json = {"id": key, "run": run_id, key_field("run"): key, **entries}
    if vector is not None:
        document["vector"] = list(vector)
    if not _stored(server, names.runs, [key]):
        document["present"] = False
    report = import_documents(server, names.runs, [document], action="emplace")
    if entries:
        server.update_where(names.spans, among_runs([key]), entries)
    return report


def remove_runs(server: Server, names: Names, conditions: str) -> int:
    """Remove the runs that a filter on runs holds for; what they were annotated with stays."""
    keys = [document["id"] for document in server.export(names.runs, conditions, ["id"])]
    for some in _batches(keys):
        server.delete_where(names.spans, among_runs(some))
        server.update_where(names.runs, one_of("id", some), {"present": False})
    return len(keys)


def _write_chunk(server: Server, names: Names, chunk: Sequence[IndexedRun], stamp: str) -> ImportReport:
    stored = _stored(server, names.runs, [key_of(indexed.run.run_id) for indexed in chunk])
    chunk = [_annotated(indexed, stored.get(key_of(indexed.run.run_id), {})) for indexed in chunk]
    of_runs = (run_document(indexed) | annotation_entries(indexed.annotations or {}) for indexed in chunk)
    before = import_documents(server, names.runs, of_runs, action="emplace")
    documents = (document for indexed in chunk for document in span_documents(indexed, stamp))
    report = import_documents(server, names.spans, documents)
    failed = {line.document_id.partition(".")[0] for line in report.failed}
    whole = [key_of(indexed.run.run_id) for indexed in chunk if not _is_among(indexed, failed)]
    for some in _batches(whole):
        server.delete_where(names.spans, all_of([among_runs(some), f"written:!={stamp}"]))
    return ImportReport(written=report.written, failed=before.failed + report.failed)


def _is_among(indexed: IndexedRun, begin_of_ids: set[str]) -> bool:
    return bool(begin_of_ids & {indexed.run.run_id, key_of(indexed.run.run_id)})


def _annotated(indexed: IndexedRun, stored: Json) -> IndexedRun:
    if indexed.annotations is not None:
        return replace(indexed, annotations=merged(indexed.annotations))
    return replace(indexed, annotations=merged(stored, own_annotations(indexed.run)))


def _stored(server: Server, collection: str, keys: Sequence[str]) -> dict[str, Json]:
    """The documents of these runs, with their annotations."""
    if not keys:
        return {}
    search = {
        "collection": collection,
        "q": EVERYTHING,
        "filter_by": one_of("id", keys),
        "per_page": MOST_HITS,
        "include_fields": ",".join(("id", *ANNOTATIONS)),
    }
    (result,) = server.multi_search([search])
    return {hit["document"]["id"]: hit["document"] for hit in result["hits"]}


def _batches(keys: Sequence[str]) -> Iterator[Sequence[str]]:
    for begin in range(0, len(keys), _NAMED_AT_ONCE):
        yield keys[begin : begin + _NAMED_AT_ONCE]
