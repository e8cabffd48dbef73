"""Tests of one ledger entry and its text."""

from __future__ import annotations

import hashlib
import json
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import LedgerError
from harness.ledger_entry import Entry, JsonValue, new_entry, parse_entry

TIME = "2025-01-01T00:00:00+00:00"


def entry(body: dict[str, JsonValue] | None = None, key: str = "exp-1", after: Entry | None = None) -> Entry:
    return new_entry("verdict", key, body or {"decision": "promote"}, time=TIME, after=after)


def test_an_entry_is_sealed_by_the_next() -> None:
    """Each holds the SHA-256 of the text of the one before."""
    first = entry()
    second = entry(key="exp-2", after=first)

    assert (first.sequence, first.previous) == (1, "")
    assert (second.sequence, second.previous) == (2, hashlib.sha256(first.text.encode()).hexdigest())


def test_the_text_is_readable_json() -> None:
    """Anybody can read it without this project."""
    assert json.loads(entry().text) == {
        "sequence": 1, "kind": "verdict", "key": "exp-1", "time": TIME, "previous": "", "body": {"decision": "promote"},
    }  # fmt: skip
    assert entry().text.endswith("}\n")


@pytest.mark.parametrize(
    ("key", "path"),
    [
        ("exp-1", "0000/000001-verdict-exp-1.json"),
        ("a/b c\n../d", "0000/000001-verdict-a-b-c-d.json"),
        ("", "0000/000001-verdict.json"),
        ("é" * 100, "0000/000001-verdict.json"),
        ("x" * 100, f"0000/000001-verdict-{'x' * 40}.json"),
    ],
)
def test_any_key_makes_a_plain_file_name(key: str, path: str) -> None:
    """The number tells entries apart; the rest is for the reader."""
    assert entry(key=key).path == path
    assert parse_entry(path, entry(key=key).text.encode()).key == key


def test_a_hundred_entries_share_a_folder() -> None:
    """So that an append rewrites a small folder however long the ledger is."""
    late = Entry(sequence=12345, kind="look", key="k", time=TIME, previous="", body={})

    assert late.path == "0123/012345-look-k.json"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(body=st.dictionaries(st.text(max_size=5), JSON, max_size=4), key=st.text(max_size=30))
def test_any_json_survives(body: dict[str, JsonValue], key: str) -> None:
    """What is parsed is what was made, and says the same."""
    made = entry(body, key)
    parsed = parse_entry(made.path, made.text.encode())

    assert parsed == made
    assert parsed.hash == made.hash
    assert parsed.says(made.body)


def test_bodies_are_compared_as_json() -> None:
    """Tuples are lists and any mapping is an object, but true is not 1 and 1.0 is not 1."""
    made = entry({"a": (1, 2), "b": MappingProxyType({"c": None})})

    assert made.body == {"a": [1, 2], "b": {"c": None}}
    assert made.says({"b": {"c": None}, "a": [1, 2]})
    assert not made.says({"a": [True, 2], "b": {"c": None}})
    assert not made.says({"a": [1.0, 2], "b": {"c": None}})


@pytest.mark.parametrize("value", [float("nan"), float("inf"), b"bytes", {1, 2}, object(), "\ud800"])
def test_what_json_cannot_hold_is_refused(value: object) -> None:
    """Before anything is written."""
    with pytest.raises(LedgerError, match="a ledger entry must be JSON"):
        entry({"x": value})  # type: ignore[dict-item]


@pytest.mark.parametrize("kind", ["", "Verdict", "a/b", "a-b", "x" * 42, "1a", "a\n"])
def test_a_kind_is_a_lower_case_word(kind: str) -> None:
    """It becomes part of a file's name."""
    with pytest.raises(LedgerError, match="kind"):
        new_entry(kind, "k", {}, time=TIME, after=None)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"sequence": 1', '"sequence": 2'),
        ('"sequence": 1', '"sequence": true'),
        ('"sequence": 1', '"sequence": "1"'),
        ('"kind": "verdict"', '"kind": "look"'),
        ('"key": "exp-1"', '"key": "exp-2"'),
        ('"time"', '"times"'),
        ('"previous"', '"body": {},\n "previous"'),
        ('"body": {', '"body": 1, "x": {'),
        ('"body": {', '"body":  {'),
        ("}\n", "}"),
    ],
)
def test_a_file_that_we_did_not_write_is_refused(old: str, new: str) -> None:
    """Other types, names, fields, spaces: each entry has one text only."""
    made = entry()
    assert old in made.text

    with pytest.raises(LedgerError, match="ledger: 0000/000001-verdict-exp-1"):
        parse_entry(made.path, made.text.replace(old, new).encode())


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b"null", b"\xff", b"[" * 100_000])
def test_what_is_no_entry_is_a_ledger_error(content: bytes) -> None:
    """Bytes of any kind never reach a reader as another exception."""
    with pytest.raises(LedgerError, match=r"x\.json is no entry"):
        parse_entry("x.json", content)


def test_a_changed_value_is_for_the_chain_to_find() -> None:
    """The text stays well-formed, but its hash is no longer what the next entry sealed."""
    made = entry()
    changed = made.text.replace("promote", "reject")

    assert parse_entry(made.path, changed.encode()).hash != made.hash
