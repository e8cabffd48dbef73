"""Values have codes that stay theirs, in whatever transaction they are given."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.examples import examples
from traces.embedded import EmbeddedIndex, terms
from traces.embedded.terms import EMPTY, TermWriter, code_of, field_number, values_of
from traces.embedded.verdicts import Verdict
from traces.fields import FIELDS
from traces.index import Query
from traces.normal import assemble
from traces.testing import TraceBuilder, small_run


@settings(
    max_examples=examples(40), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    said=st.lists(st.tuples(st.sampled_from(["tool", "name", "task"]), st.text(max_size=3)), max_size=12),
    cut=st.integers(0, 12),
)
def test_equal_values_share_a_code_and_others_never_do(
    connection: sqlite3.Connection, said: list[tuple[str, str]], cut: int
) -> None:
    """Within a field, also when a second writer goes on; every code leads back to its value."""
    said = [(field, value.encode("utf-8", "replace").decode().replace("\0", "")) for field, value in said]
    connection.execute("DELETE FROM terms")
    first, second = TermWriter(connection), TermWriter(connection)
    codes = {}
    for place, (field, value) in enumerate(said):
        code = (first if place < cut else second).code(field, value)
        assert codes.setdefault((field, value), code) == code

    for field in {field for field, _ in codes}:
        of_field = {value: code for (name, value), code in codes.items() if name == field}
        assert len(set(of_field.values())) == len(of_field)
        back = values_of(connection, field, of_field.values())
        assert {value: code_of(connection, field, value) for value in of_field} == of_field
        assert all(back[code] == value for value, code in of_field.items())


def test_the_empty_text_is_nothing(connection: sqlite3.Connection) -> None:
    """In every field the same code, which is not stored."""
    writer = TermWriter(connection)

    assert {writer.code(field.name, "") for field in FIELDS} == {EMPTY}
    assert code_of(connection, "tool", "") == EMPTY
    assert values_of(connection, "tool", [EMPTY]) == {EMPTY: ""}
    assert connection.execute("SELECT count(*) FROM terms").fetchone() == (0,)


def test_what_nobody_said_has_no_code(connection: sqlite3.Connection) -> None:
    """Not even if another field knows the value; an unknown code is an empty text."""
    code = TermWriter(connection).code("tool", "bash")

    assert code_of(connection, "name", "bash") is None
    assert code_of(connection, "tool", "Bash") is None
    assert values_of(connection, "tool", [code, code + 1]) == {EMPTY: "", code: "bash", code + 1: ""}


def test_each_field_counts_for_itself(connection: sqlite3.Connection) -> None:
    """Codes are small numbers from 1 on, so that counting them takes a short array."""
    writer = TermWriter(connection)
    tools = [writer.code("tool", f"tool-{number}") for number in range(3)]
    names = [writer.code("name", f"name-{number}") for number in range(2)]

    assert (tools, names) == ([1, 2, 3], [1, 2])
    assert field_number("tool") != field_number("name")


def test_a_writer_that_forgets_still_knows(
    connection: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More values than it remembers are looked up in the table again."""
    monkeypatch.setattr(terms, "_REMEMBERED", 2)
    writer = TermWriter(connection)
    before = [writer.code("name", f"name-{number}") for number in range(7)]
    after = [writer.code("name", f"name-{number}") for number in range(7)]

    assert before == after == [1, 2, 3, 4, 5, 6, 7]


def test_codes_of_a_transaction_that_failed_are_free_again(index: EmbeddedIndex) -> None:
    """The next one gives them to other values, and no facet mixes them up."""

    def fail() -> None:
        with index.writing() as writer:
            spans = [TraceBuilder().tool("lost", {}, "")]
            writer.replace_run("a" * 32, spans, Verdict(outcome="unknown", reason=""))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    index.add([assemble([TraceBuilder().tool("found", {}, ""), TraceBuilder().root()])])

    assert index.search(Query(facets=("tool",))).facets["tool"] == {"found": 1}


def test_values_of_any_length_are_cut_alike(index: EmbeddedIndex) -> None:
    """What is longer than a field's value may be is found by its own full text, too."""
    name = "x" * 5000
    index.add([assemble([TraceBuilder().span(name), TraceBuilder().root()])])
    (value,) = set(index.search(Query(facets=("name",))).facets["name"]) - {"invoke_agent coder"}

    assert value == "x" * 1000
    assert {hit.name for hit in index.search(Query()).hits} == {value, "invoke_agent coder"}


def test_names_that_differ_only_in_case_stay_apart(path: Path) -> None:
    """As do accents: fields are compared exactly, unlike words of the text."""
    trace = TraceBuilder()
    said = ["Bash", "bash", "básh", "bash "]
    with EmbeddedIndex(path) as index:
        index.add([assemble([*(trace.tool(name, {}, "") for name in said), trace.root()]), small_run(7)])
        facets = index.search(Query(facets=("tool",))).facets["tool"]

    assert facets == {"bash": 2, "Bash": 1, "básh": 1, "bash ": 1}
