"""Requests are repeated where that may help, and errors say what to do, but never the key."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from tests.traces.typesense_index.fake_typesense import ADMIN, FakeTypesense
from traces.index import Query
from traces.testing import small_run
from traces.typesense_index import TypesenseError, TypesenseIndex
from traces.typesense_index.errors import ForbiddenError, MissingError, RefusedError, UnreachableError

Open = Callable[..., TypesenseIndex]


def _busy(status: int, **headers: str) -> httpx.Response:
    return httpx.Response(status, json={"message": "Not Ready or Lagging"}, headers=headers)


@pytest.mark.parametrize(
    "fault",
    [
        _busy(429),
        _busy(502),
        _busy(503),
        _busy(504),
        httpx.ReadTimeout("slow"),
        httpx.ConnectError("refused"),
        httpx.RemoteProtocolError("cut off"),
    ],
    ids=repr,
)
def test_busy_servers_and_broken_connections_are_tried_again(
    index: TypesenseIndex, server: FakeTypesense, waits: list[float], fault: httpx.Response | Exception
) -> None:
    """Whatever the request: all may be sent twice."""
    server.faults = [fault, fault]

    assert index.add([small_run(1)]) == 3
    assert len(waits) == 2
    assert index.search(Query()).total == 3


def test_the_server_says_how_long_to_wait(
    index: TypesenseIndex, server: FakeTypesense, waits: list[float]
) -> None:
    """A ``Retry-After`` is kept to; the next answer is waited for as usual."""
    index.search(Query())
    server.faults = [_busy(429, **{"Retry-After": "7"}), httpx.ConnectError("refused")]
    index.search(Query())

    assert 7.0 <= waits[0] <= 8.0
    assert waits[1] < 2.0


@pytest.mark.parametrize("status", [400, 404, 409, 422, 500])
def test_other_errors_are_not_tried_again(
    index: TypesenseIndex, server: FakeTypesense, waits: list[float], status: int
) -> None:
    """They would be the same again."""
    index.search(Query())
    sent = len(server.requests)
    server.faults = [httpx.Response(status, json={"message": "no"})]
    with pytest.raises(TypesenseError, match="no"):
        index.search(Query())

    assert waits == []
    assert len(server.requests) == sent + 1


def test_a_server_that_never_answers_is_named(index: TypesenseIndex, server: FakeTypesense) -> None:
    """With what it said last."""
    server.faults = [_busy(503)] * 9

    with pytest.raises(UnreachableError, match=r"Not Ready or Lagging.*http://typesense.test:8108"):
        index.add([small_run(1)])


def test_a_refusal_has_its_status(index: TypesenseIndex, server: FakeTypesense) -> None:
    """Also within a search of several."""
    index.search(Query())
    server.faults = [httpx.Response(200, json={"results": [{"code": 422, "error": "Only upto 250 hits."}]})]
    with pytest.raises(RefusedError, match="Only upto 250 hits") as caught:
        index.search(Query())

    assert caught.value.status == 422


@pytest.mark.parametrize("body", [{}, {"results": []}, {"results": None}])
def test_an_answer_without_results_is_an_error(
    index: TypesenseIndex, server: FakeTypesense, body: object
) -> None:
    """Something that is no Typesense may answer at that address."""
    index.search(Query())
    server.faults = [httpx.Response(200, json=body)]

    with pytest.raises(TypesenseError, match="did not answer each"):
        index.search(Query())


def test_an_answer_that_is_no_json_is_an_error(index: TypesenseIndex, server: FakeTypesense) -> None:
    """Such as a proxy's page."""
    server.faults = [httpx.Response(200, text="<html>")]

    with pytest.raises(TypesenseError, match="JSON"):
        index.search(Query())


def test_a_wrong_key_is_told_without_the_key(open_index: Open) -> None:
    """An error may land in a log."""
    with pytest.raises(ForbiddenError, match="does not accept the key") as caught:
        open_index(api_key="wrong-secret").search(Query())

    assert "wrong-secret" not in repr(caught.value) + repr(caught.value.__cause__)


def test_another_node_is_asked_where_one_does_not_answer(open_index: Open, server: FakeTypesense) -> None:
    """In turn, the nearest first; what failed is left alone."""
    nodes = ("http://one.test:1", "http://two.test:1")
    index = open_index(nodes=nodes, nearest_node="http://near.test:1")
    index.search(Query())
    assert set(server.hosts) == {"near.test"}

    server.faults = [httpx.ConnectError("refused")]
    server.hosts.clear()
    index.search(Query())
    index.search(Query())

    assert server.hosts[0] == "near.test"
    assert set(server.hosts[1:]) <= {"one.test", "two.test"}


def test_a_search_key_reads_and_nothing_else(index: TypesenseIndex, open_index: Open) -> None:
    """It finds what is there, and writing is refused before anything is sent."""
    index.add([small_run(1)])
    reader = open_index(api_key="", search_key=index.create_search_key())

    assert reader.search(Query(text="tests", near=(1.0,), facets=("outcome",))).total == 1
    assert reader.search(Query(near=(1.0,))).total == 0
    for write in (
        lambda: reader.add([small_run(2)]),
        lambda: reader.annotate("a", {"label": ["b"]}),
        reader.collection,
        reader.create_search_key,
    ):
        with pytest.raises(ForbiddenError, match="give an API key"):
            write()


def test_a_search_key_is_for_one_index(
    index: TypesenseIndex, server: FakeTypesense, open_index: Open
) -> None:
    """Its collections are those of the prefix, now and after rebuilds."""
    key = index.create_search_key("for the team")
    open_index(prefix="other").add([small_run(1)])

    assert server.keys[key]["actions"] == ["documents:search"]
    assert server.keys[key]["collections"] == ["flywheel_spans.*", "flywheel_runs.*"]
    assert server.keys[key]["description"] == "for the team"
    with pytest.raises(ForbiddenError):
        open_index(prefix="other", api_key="", search_key=key).search(Query())


def test_a_reader_of_nothing_is_told_what_is_missing(index: TypesenseIndex, open_index: Open) -> None:
    """Only who may write can create the collections."""
    reader = open_index(api_key="", search_key=index.create_search_key())
    index.drop()

    with pytest.raises(MissingError, match=r"no index flywheel_spans.*API key must write"):
        reader.search(Query())


def test_health_is_of_each_node(open_index: Open, server: FakeTypesense) -> None:
    """With the server's version; the key may be one that may not ask for it."""
    index = open_index(nodes=("http://one.test:1", "http://two.test:1"))
    found = index.health()
    limited = open_index(api_key="", search_key=index.create_search_key()).health()

    assert found.nodes == {"http://one.test:1": True, "http://two.test:1": True}
    assert (found.is_well, found.version) == (True, "27.1")
    assert (limited.is_well, limited.version) == (True, "")


def test_a_node_that_is_down_is_not_well(open_index: Open, server: FakeTypesense) -> None:
    """It is asked once, without back-off."""
    index = open_index()
    server.handle_request = lambda _: httpx.Response(503, json={"ok": False})  # type: ignore[method-assign]

    assert index.health().nodes == {"http://typesense.test:8108": False}
    assert not index.health().is_well


def test_the_key_goes_into_a_header_alone(index: TypesenseIndex, server: FakeTypesense) -> None:
    """Not into addresses, which are logged on the way."""
    index.add([small_run(1)])
    index.search(Query())

    assert not any(
        ADMIN in path + str(parameters) + body.decode() for _, path, parameters, body in server.requests
    )
