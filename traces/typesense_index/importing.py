"""Sending documents in chunks, and reading what the server says of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

import orjson

from traces.typesense_index.errors import FailedLine, ImportReport
from traces.typesense_index.server import Json, Server

MOST_LINES = 1_000
MOST_BYTES = 8 << 20
_TRANSIENT = frozenset({408, 429, 500, 502, 503, 504})
_LONGEST_REASON = 300


@dataclass(frozen=True, slots=True)
class _Line:
    document_id: str
    content: bytes


def import_documents(
    server: Server,
    collection: str,
    documents: Iterable[Json],
    *,
    action: Literal["upsert", "emplace"] = "upsert",
) -> ImportReport:
    """Write documents; those that a passing fault refused are sent once more. The report names the others."""
    report = ImportReport()
    for chunk in _chunks(documents):
        report += _send(server, collection, chunk, action, again=True)
    return report


def _send(server: Server, collection: str, chunk: list[_Line], action: str, *, again: bool) -> ImportReport:
    results = server.import_lines(collection, [line.content for line in chunk], action)
    refused = [
        (line, result)
        for line, result in zip(chunk, results, strict=True)
        if result.get("success") is not True
    ]
    written = ImportReport(written=len(chunk) - len(refused))
    passing = [line for line, result in refused if again and _code(result) in _TRANSIENT]
    kept = {line.document_id for line in passing}
    failed = tuple(_failed(line, result) for line, result in refused if line.document_id not in kept)
    report = written + ImportReport(failed=failed)
    return report + _send(server, collection, passing, action, again=False) if passing else report


def _chunks(documents: Iterable[Json]) -> Iterator[list[_Line]]:
    chunk: list[_Line] = []
    size = 0
    for document in documents:
        line = _Line(str(document["id"]), orjson.dumps(document))
        if chunk and (len(chunk) >= MOST_LINES or size + len(line.content) > MOST_BYTES):
            yield chunk
            chunk, size = [], 0
        chunk.append(line)
        size += len(line.content) + 1
    if chunk:
        yield chunk


def _failed(line: _Line, result: Json) -> FailedLine:
    # The server repeats the whole document beside the reason: that stays out.
    reason = str(result.get("error", "no reason given"))[:_LONGEST_REASON]
    return FailedLine(document_id=line.document_id, code=_code(result), reason=reason)


def _code(result: Json) -> int:
    code = result.get("code", 0)
    return code if isinstance(code, int) else 0
