"""Documents that are JSON, and those that nearly are."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import examples
from traces.importers.json_document import beginning_of, document_of, load_document, mended


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a": [1, 2, {"b": 3, "c": "x', {"a": [1, 2, {"b": 3}]}),
        ('{"a": 1, "b": tru', {"a": 1}),
        ('{"a": [1, 2}', {"a": [1]}),
        ('{"a": 1} rest', {"a": 1}),
        ('{"a": "\\"\\"\\"', {}),
        ('{"spans": [{"id": 1, "x": 2}, {"id": 2, "x": [3', {"spans": [{"id": 1, "x": 2}]}),
        ('[{"id": 1}, {"id": 2, "x"', [{"id": 1}]),
        ('"text that never ends', None),
        ("", None),
    ],
)
def test_a_broken_document_keeps_what_is_whole(text: str, value: object) -> None:
    """And says that something was left out."""
    document = document_of(text.encode())

    assert document.value == value
    assert document.skipped is not None


def test_the_line_of_the_break_is_told() -> None:
    """So that a person can look."""
    document = document_of(b'{\n"a": 1,\n"b": oops\n}')

    assert document.skipped is not None
    assert document.skipped.line == 3


def test_what_strict_readers_refuse_is_read() -> None:
    """NaN, halves of surrogate pairs, bytes that are no UTF-8, breaks within texts."""
    document = document_of(b'{"a": NaN, "b": "\\ud800", "c": "\xff", "d": "x\ny"}')

    assert document.skipped is None
    assert isinstance(document.value, dict)
    assert document.value["c"] == "\ufffd"
    assert document.value["d"] == "x\ny"


def test_a_document_that_is_too_large_is_skipped(source_of: Any) -> None:
    """It would have to be in memory."""
    document = load_document(source_of("[1, 2, 3]"), most_bytes=5)

    assert document.value is None
    assert document.skipped is not None
    assert document.skipped.reason == "a document that is too large"


def test_a_text_of_quotes_is_read_in_linear_time() -> None:
    """No content may make the search slow."""
    start = time.monotonic()

    mended('{"a": [1, "' + '\\"' * 500_000)
    mended('{"a": ' + '"' * 500_001)

    assert time.monotonic() - start < 2


@given(
    value=st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=15,
    ),
    data=st.data(),
)
@settings(max_examples=examples(60), deadline=None, derandomize=True)
def test_every_beginning_of_an_object_can_be_mended(value: Any, data: st.DataObject) -> None:
    """Wherever it is cut."""
    text = json.dumps({"key": value}, ensure_ascii=data.draw(st.booleans()))
    cut = data.draw(st.integers(1, len(text)))

    assert isinstance(json.loads(mended(text[:cut])), dict)


def test_the_beginning_is_the_first_line_or_what_the_head_holds(source_of: Any) -> None:
    """Items that are cut off are of use for knowing a format."""
    assert beginning_of(source_of('{"a": 1}\n{"b": 2}')) == {"a": 1}
    assert beginning_of(source_of('{\n"spans": [{"id": 1, "rest": [')) == {"spans": [{"id": 1, "rest": []}]}
