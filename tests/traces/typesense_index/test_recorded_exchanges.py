"""Requests and answers recorded from a real server, where there is a file of them.

``FLYWHEEL_TYPESENSE_EXCHANGES`` names a JSON list of ``{"what", "request", "response"}``. Checked is that this project's
requests have the recorded shapes and that it reads the recorded answers, and that the fake server answers alike.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.traces.typesense_index.fake_typesense import ADMIN, FakeTypesense
from traces.typesense_index import TypesenseSettings
from traces.typesense_index.answers import facets_in, hits_in, is_capped
from traces.typesense_index.backoff import Backoff
from traces.typesense_index.errors import ForbiddenError, MissingError, RefusedError
from traces.typesense_index.importing import import_documents
from traces.typesense_index.server import Server

Json = dict[str, Any]
PATH = os.environ.get("FLYWHEEL_TYPESENSE_EXCHANGES", "")
NODE = "http://recorded.test:8108"
pytestmark = pytest.mark.skipif(not PATH, reason="FLYWHEEL_TYPESENSE_EXCHANGES names no file of exchanges")

_UNLIKE = {
    "search: typo tolerance": "the fake does not guess at words",
    "multi_search: vector query, hybrid query, and a missing collection": "compared below: it mixes no texts",
}
_GUESSED = {"text_match", "text_match_info", "highlights", "highlight", "request_params", "created_at"}


def _records() -> list[Json]:
    return json.loads(Path(PATH).read_text()) if PATH else []


def _record(what: str) -> Json:
    (found,) = [record for record in _records() if record["what"].startswith(what)]
    return found


class Replay(httpx.BaseTransport):
    """Answers one recorded request, if it has the recorded shape."""

    def __init__(self, record: Json) -> None:
        self.request = record["request"]
        self.response = record["response"]
        self.count = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The recorded answer."""
        self.count += 1
        assert request.method == self.request["method"]
        assert request.url.path.rstrip("/") == self.request["path"]
        # Ids need not come back: answers have the order of the documents.
        assert set(self.request["params"] or {}) - {"return_id"} <= set(request.url.params)
        body = request.read()
        if self.request["json"] is not None:
            assert set(self.request["json"]) <= set(json.loads(body))
        if self.request["jsonl"] is not None:
            assert len(body.split(b"\n")) == len([line for line in self.request["jsonl"] if line])
        content = self.response["body"]
        return httpx.Response(
            self.response["status"],
            content=content if isinstance(content, str) else json.dumps(content),
            headers={"Content-Type": self.response["content_type"]},
        )


def _replayed(what: str) -> tuple[Server, Json]:
    record = _record(what)
    settings = TypesenseSettings(nodes=(NODE,), api_key="key")
    server = Server(settings, "key", transport=Replay(record), backoff=Backoff(attempts=1))
    return server, record


def _lines(record: Json) -> list[bytes]:
    lines = [line for line in record["request"]["jsonl"] if line]
    return [line.encode() if isinstance(line, str) else json.dumps(line).encode() for line in lines]


def test_collections_are_created_and_read() -> None:
    """Created, found to be there, described, altered, dropped."""
    created, record = _replayed("create a collection")
    again, _ = _replayed("create it again")
    read, _ = _exact("collection")
    altered, change = _replayed("add a field")
    dropped, _ = _replayed("drop")

    assert created.create_collection(record["request"]["json"]) is True
    assert again.create_collection(record["request"]["json"]) is False
    assert {"vec", "cluster"} <= {field["name"] for field in read.collection("spans_ref")["fields"]}
    altered.add_fields("spans_ref", change["request"]["json"]["fields"])
    dropped.drop_collection("spans_ref")


def _exact(what: str) -> tuple[Server, Json]:
    (record,) = [record for record in _records() if record["what"] == what]
    settings = TypesenseSettings(nodes=(NODE,), api_key="key")
    return Server(settings, "key", transport=Replay(record), backoff=Backoff(attempts=1)), record


def test_imports_are_read_line_by_line() -> None:
    """All good, mixed, and of missing documents."""
    good, record = _replayed("import: upsert")
    documents = [json.loads(line) for line in _lines(record)]
    mixed, bad = _replayed("import: mixed")
    update, missing = _replayed("import: emplace")

    assert import_documents(good, "spans_ref", documents).written == 9
    results = mixed.import_lines("spans_ref", _lines(bad), "create")
    assert [result.get("code", 0) for result in results] == [409, 400, 400, 400, 0]
    assert [result["success"] for result in update.import_lines("spans_ref", _lines(missing), "update")] == [
        True,
        False,
    ]


def test_searches_are_read() -> None:
    """Hits, groups, facets; the recorded searches are by GET, which answers as one of a multi-search does."""
    plain = _record("search: text, facets")["response"]["body"]
    grouped = _record("search: everything, grouped")["response"]["body"]

    assert [hit["document"]["id"] for hit in hits_in(plain)] == ["s8", "s5"]
    assert facets_in(plain, ["signals", "tool"]) == {"signals": {"tool_error": 3, "loop": 1}, "tool": {}}
    assert [hit["document"]["trace_id"] for hit in hits_in(grouped)] == ["t2", "t1", "t0"]
    assert (grouped["found"], grouped["found_docs"]) == (4, 10)
    assert not is_capped(plain)


def test_a_multi_search_is_sent_and_its_errors_found() -> None:
    """The recorded one ends with a collection that is not there."""
    server, record = _replayed("multi_search")
    vector = record["response"]["body"]["results"][0]

    with pytest.raises(MissingError, match="Not found"):
        server.multi_search(record["request"]["json"]["searches"])
    assert [round(hit["vector_distance"], 4) for hit in hits_in(vector)] == [0.0, 0.0036, 0.0039]


def test_changes_by_filter_are_counted() -> None:
    """Updates, deletions and exports."""
    update, _ = _replayed("update by filter")
    delete, _ = _replayed("delete by filter")
    export, _ = _replayed("export, filtered")

    assert update.update_where("spans_ref", "trace_id:=t0", {"cluster": "c1"}) == 3
    assert delete.delete_where("spans_ref", "start_ns:<1790000000000000003") == 4
    exported = list(export.export("spans_ref", "operation:=chat", ["id", "trace_id"]))
    assert exported[0] == {"id": "s1", "trace_id": "t0"}
    assert len(exported) == 4


def test_aliases_health_and_version() -> None:
    """The small requests."""
    alias, _ = _replayed("alias: upsert")
    health, _ = _replayed("health")
    version, _ = _replayed("version")

    alias.set_alias("spans", "spans_ref")
    assert health.is_healthy(NODE)
    assert version.version() == "27.1"


@pytest.mark.parametrize(
    ("what", "ask", "error", "words"),
    [
        ("missing collection", lambda server: server.collection("missing"), MissingError, "Not Found"),
        ("wrong key", lambda server: server._client.collections.retrieve(), ForbiddenError, "accept the key"),
        ("search: per_page over", None, RefusedError, "Only upto 250"),
        ("search: unknown field", None, RefusedError, "nofield"),
    ],
)
def test_errors_are_typed(
    what: str, ask: Callable[[Server], object] | None, error: type[Exception], words: str
) -> None:
    """By the recorded statuses."""
    server, record = _replayed(what)

    def search(server: Server) -> object:
        documents = server._client.collections["spans_ref"].documents
        return documents.search(dict(record["request"]["params"]))

    with pytest.raises(error, match=words):
        server._ask("try", lambda: (ask or search)(server))


def test_the_fake_answers_as_the_real_one_did() -> None:
    """Every record, in order, up to what the fake says that it guesses."""
    fake = FakeTypesense()
    compared = 0
    with httpx.Client(transport=fake, base_url=NODE) as client:
        for record in _records():
            answer = _send(client, record)
            if record["what"] in _UNLIKE:
                continue
            assert answer.status_code == record["response"]["status"], record["what"]
            assert _known(_read(answer)) == _known(_text_or_json(record["response"]["body"])), record["what"]
            compared += 1

    assert compared == len(_records()) - len(_UNLIKE)


def _send(client: httpx.Client, record: Json) -> httpx.Response:
    request = record["request"]
    parameters = dict(request["params"] or {})
    content = None
    if request["path"].endswith("/search"):
        parameters |= {
            "prefix": "false",
            "num_typos": "0",
            "drop_tokens_threshold": "0",
            "exhaustive_search": "false",
        }
    if request["json"] is not None:
        body = request["json"]
        # The fake knows neither mixtures nor searches without a field.
        body = {**body, "searches": body["searches"][::2]} if "searches" in body else body
        content = json.dumps(body)
    if request["jsonl"] is not None:
        lines = [line if isinstance(line, str) else json.dumps(line) for line in request["jsonl"]]
        content = "\n".join(lines)
    key = "wrong" if record["what"] == "wrong key" else ADMIN
    headers = {"X-TYPESENSE-API-KEY": key}
    return client.request(
        request["method"], request["path"], params=parameters, content=content, headers=headers
    )


def _read(answer: httpx.Response) -> object:
    return _text_or_json(answer.text)


def _text_or_json(body: object) -> object:
    if not isinstance(body, str):
        return body
    lines = [json.loads(line) for line in body.split("\n") if line]
    return lines[0] if len(lines) == 1 and body.startswith("{") and "\n" not in body else lines


def _known(value: object) -> object:
    """What the fake does not guess: of a parser's error only how it begins, of numbers what 32 bits hold."""
    if isinstance(value, dict):
        return {name: _known(part) for name, part in value.items() if name not in _GUESSED}
    if isinstance(value, list):
        return [_known(part) for part in value]
    if isinstance(value, float):
        return round(value, 5)
    return value.split("parse error")[0] if isinstance(value, str) else value
