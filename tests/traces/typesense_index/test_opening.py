"""Collections stand behind aliases: created once, grown with the fields, rebuilt without a pause."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.traces.typesense_index.fake_typesense import FakeTypesense
from traces.fields import Field
from traces.index import Query
from traces.testing import small_run
from traces.typesense_index import TypesenseError, TypesenseIndex, opening
from traces.typesense_index.schema import span_entries, spans_schema
from traces.where import parse_where

Open = Callable[..., TypesenseIndex]


def test_the_first_writer_creates_the_collections(index: TypesenseIndex, server: FakeTypesense) -> None:
    """Versioned, behind names that stay."""
    index.add([small_run(1)])

    assert server.aliases == {
        "flywheel_spans": "flywheel_spans_v1_first",
        "flywheel_runs": "flywheel_runs_v1_first",
    }
    assert set(server.collections) == set(server.aliases.values())


def test_somebody_else_may_have_created_them(open_index: Open, server: FakeTypesense) -> None:
    """Between the look and the creation, which then is refused with 409."""
    server.collections.clear()
    first = open_index()
    first.search(Query())
    server.aliases.clear()

    assert open_index().add([small_run(1)]) == 3
    assert first.search(Query()).total == 3


def test_what_is_there_is_looked_at_once(index: TypesenseIndex, server: FakeTypesense) -> None:
    """A search is then one request."""
    index.search(Query())
    server.requests.clear()
    index.search(Query(facets=("outcome",)))

    assert [(method, path) for method, path, *_ in server.requests] == [("POST", "/multi_search")]


def test_prefixes_keep_indexes_apart(open_index: Open) -> None:
    """On one server."""
    one, two = open_index(prefix="one"), open_index(prefix="two")
    one.add([small_run(1)])
    two.search(Query())

    assert (one.search(Query()).total, two.search(Query()).total) == (3, 0)
    one.drop()
    assert two.search(Query()).total == 0


def test_new_fields_are_added_to_what_is_there(
    index: TypesenseIndex, open_index: Open, server: FakeTypesense
) -> None:
    """Documents from before have no value in them, which can be asked for."""
    index.add([small_run(1)])
    for name in ("tool", "tool_key", "cost_billionths", "label", "label_key"):
        del server.collections["flywheel_spans_v1_first"].fields[name]
        for document in server.collections["flywheel_spans_v1_first"].documents.values():
            document.pop(name, None)
    grown = open_index()

    assert grown.search(Query(where=(parse_where("tool="), parse_where("label=")))).total == 3
    assert grown.search(Query(where=(parse_where("cost=0"),))).total == 3
    grown.add([small_run(1)])
    assert grown.search(Query(where=(parse_where("tool=bash"),), facets=("tool",))).facets == {
        "tool": {"bash": 1}
    }


def test_a_new_field_of_the_project_needs_no_rebuild(index: TypesenseIndex, server: FakeTypesense) -> None:
    """Its entries are optional, whatever its kind."""
    server_names = {field["name"] for field in spans_schema("any")["fields"]}
    for kind, names in (
        ("text", {"colour", "colour_key"}),
        ("annotation", {"colour", "colour_key"}),
        ("number", {"colour_billionths"}),
    ):
        entries = span_entries(Field(name="colour", kind=kind, meaning="its colour"))  # type: ignore[arg-type]

        assert {entry["name"] for entry in entries} == names
        assert all(entry["optional"] for entry in entries)
    assert "tool_key" in server_names


def test_another_version_is_not_written_to(index: TypesenseIndex, server: FakeTypesense) -> None:
    """It says what to do."""
    server.aliases = {"flywheel_spans": "flywheel_spans_v0_first", "flywheel_runs": "flywheel_runs_v0_first"}

    with pytest.raises(TypesenseError, match="flywheel_spans_v0_first is of another version; rebuild it"):
        index.add([small_run(1)])


def test_a_rebuild_takes_the_place_at_once(
    index: TypesenseIndex, open_index: Open, server: FakeTypesense
) -> None:
    """Readers see the old one until it is whole; then the old collections are gone."""
    reader = open_index()
    index.add([small_run(1), small_run(2)])
    before = index.collection()
    with index.rebuilding() as new:
        new.add([small_run(3)])
        assert reader.search(Query(by_run=True)).total == 2
        assert new.search(Query(by_run=True)).total == 1

    assert reader.search(Query(by_run=True)).hits[0].run_id == f"{3:032x}"
    assert index.collection() != before
    assert set(server.collections) == set(server.aliases.values())
    assert len(server.collections) == 2


def test_a_rebuild_that_fails_changes_nothing(index: TypesenseIndex, server: FakeTypesense) -> None:
    """And leaves nothing behind."""
    index.add([small_run(1)])

    def rebuild() -> None:
        with index.rebuilding() as new:
            new.add([small_run(2)])
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rebuild()

    assert index.search(Query(by_run=True)).hits[0].run_id == f"{1:032x}"
    assert len(server.collections) == 2


def test_annotations_and_vectors_come_along(index: TypesenseIndex) -> None:
    """Of runs that are added again; of others they wait."""
    index.add([small_run(1), small_run(2)])
    index.annotate(f"{1:032x}", {"signal": ["loop"]}, vector=[1.0, 0.0])
    index.annotate(f"{2:032x}", {"label": ["odd"]}, vector=[0.0, 1.0])
    with index.rebuilding() as new:
        new.add([small_run(1)])
    page = index.search(Query(near=(1.0, 0.0), facets=("signal", "label"), by_run=True))

    assert [hit.run_id for hit in page.hits] == [f"{1:032x}"]
    assert page.facets == {"signal": {"loop": 1}, "label": {}}
    index.add([small_run(2)])
    assert index.search(Query(where=(parse_where("label=odd"),))).total == 3


def test_a_rebuild_may_begin_without_annotations(index: TypesenseIndex) -> None:
    """Where they are made anew as well."""
    index.add([small_run(1)])
    index.annotate(f"{1:032x}", {"signal": ["loop"]}, vector=[1.0, 0.0])
    with index.rebuilding(keep_annotations=False) as new:
        new.add([small_run(1)])
        new.annotate(f"{1:032x}", {}, vector=[1.0, 0.0, 0.0])

    assert index.search(Query(facets=("signal",))).facets == {"signal": {}}
    assert index.search(Query(near=(1.0, 0.0, 0.0))).total == 3


def test_two_may_bring_the_first_vector(
    index: TypesenseIndex, open_index: Open, server: FakeTypesense
) -> None:
    """The one who comes second finds the length fixed."""
    index.search(Query())
    names = opening.aliases("flywheel")
    first = opening.add_vectors(index._writer, names.runs, 2)
    second = opening.add_vectors(open_index()._writer, names.runs, 3)

    assert (first, second) == (2, 2)


def test_dropping_leaves_nothing(index: TypesenseIndex, server: FakeTypesense) -> None:
    """It can be used again at once."""
    index.add([small_run(1)])
    index.drop()
    assert (server.collections, server.aliases) == ({}, {})

    assert index.search(Query()).total == 0
