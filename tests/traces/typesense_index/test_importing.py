"""Documents go in by chunks; what the server says of each line is read."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from tests.traces.typesense_index.fake_typesense import FakeTypesense
from traces.index import Query
from traces.testing import small_run
from traces.typesense_index import ImportFailedError, TypesenseError, TypesenseIndex, importing
from traces.where import parse_where

Open = Callable[..., TypesenseIndex]


def _imports(server: FakeTypesense) -> list[int]:
    return [
        body.count(b"\n") + 1
        for _, path, _, body in server.requests
        if path.endswith("_spans/documents/import")
    ]


def test_chunks_are_limited_by_count(
    index: TypesenseIndex, server: FakeTypesense, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each is one request."""
    monkeypatch.setattr(importing, "MOST_LINES", 4)
    index.add(small_run(number) for number in range(1, 4))

    assert _imports(server) == [4, 4, 1]


def test_chunks_are_limited_by_bytes(
    index: TypesenseIndex, server: FakeTypesense, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A line that is longer than a chunk goes alone."""
    monkeypatch.setattr(importing, "MOST_BYTES", 10)
    index.add([small_run(1)])

    assert _imports(server) == [1, 1, 1]


def test_imports_are_upserts_without_blank_lines(index: TypesenseIndex, server: FakeTypesense) -> None:
    """So that sending them again is harmless, and answers can be told apart by their place."""
    index.add([small_run(1)])
    (found,) = (request for request in server.requests if request[1].endswith("_spans/documents/import"))

    assert found[2] == {"action": "upsert"}
    assert all(line.startswith(b"{") for line in found[3].split(b"\n"))


def test_refused_lines_are_named_and_the_others_stay(index: TypesenseIndex, server: FakeTypesense) -> None:
    """An import that answers 200 may hold failures; the error names the document and the server's words."""
    refused = f"{1:032x}.{2:016x}"
    server.refuse = lambda document: (
        {"code": 400, "error": "Field `name` is odd."} if document["id"] == refused else None
    )
    with pytest.raises(
        ImportFailedError, match=rf"1 of 6 .*{refused}: Field `name` is odd. \(400\)"
    ) as caught:
        index.add([small_run(1), small_run(2)])

    assert caught.value.report.written == 5
    assert [line.document_id for line in caught.value.report.failed] == [refused]
    assert "pytest" not in str(caught.value)
    assert index.search(Query()).total == 5


def test_lines_that_a_passing_fault_refused_are_sent_once_more(
    index: TypesenseIndex, server: FakeTypesense
) -> None:
    """Alone, not with those that are in."""
    faults = [{"code": 503, "error": "Not Ready"}]
    server.refuse = lambda document: faults.pop() if faults and document["id"].endswith("f") else None

    assert index.add([small_run(1)]) == 3
    assert _imports(server) == [3, 1]


def test_a_fault_that_does_not_pass_is_reported(index: TypesenseIndex, server: FakeTypesense) -> None:
    """After the second time."""
    server.refuse = lambda document: {"code": 503, "error": "Not Ready"} if "kind_key" in document else None
    with pytest.raises(ImportFailedError, match="3 of 3") as caught:
        index.add([small_run(1)])

    assert {line.code for line in caught.value.report.failed} == {503}
    assert _imports(server) == [3, 3]


def test_a_run_that_failed_in_part_keeps_its_older_documents(
    index: TypesenseIndex, server: FakeTypesense
) -> None:
    """Of a run that went in whole, those that it no longer has are removed."""
    index.add([small_run(1), small_run(2)])
    server.refuse = lambda document: (
        {"code": 400, "error": "no"} if document["id"] == f"{1:032x}.{2:016x}" else None
    )
    with pytest.raises(ImportFailedError):
        index.add([small_run(1), small_run(2)])

    assert index.search(Query(where=(parse_where("kind=tool"),))).total == 2


def test_separators_in_an_echoed_document_end_no_line(index: TypesenseIndex, server: FakeTypesense) -> None:
    """A refused document comes back whole, and Python knows more line ends than the server."""
    server.faults = []
    server.refuse = lambda _: {"code": 400, "error": "odd \u2028 \x85 text"}
    with pytest.raises(ImportFailedError, match="4 of 4"):
        index.add([small_run(1)])


def test_an_answer_that_says_too_little_is_an_error(index: TypesenseIndex, server: FakeTypesense) -> None:
    """Of whatever is missing nobody knows whether it is in."""
    index.search(Query())
    server.faults = [
        httpx.Response(200, json={"results": [{"found": 0, "hits": []}]}),
        httpx.Response(200, text='{"success":true}\n{"success":true}'),
    ]
    with pytest.raises(TypesenseError, match="1 documents were sent, and the server speaks of 2"):
        index.add([small_run(1)])
