"""Spans that stand in plain objects."""

from __future__ import annotations

from typing import Any

import pytest

from traces.importers.span_record import hexadecimal, is_bare, looks_like_span, plain_attributes, span_of

_IDS = {"trace_id": "a" * 32, "span_id": "b" * 16}


@pytest.mark.parametrize(
    ("text", "digits", "found"),
    [
        ("0xAB", 4, "00ab"),
        ("550e8400-e29b-41d4-a716-446655440000", 32, "550e8400e29b41d4a716446655440000"),
        ("abcde", 4, None),
        ("xyz", 4, None),
        ("0000", 4, None),
        ("", 4, None),
    ],
)
def test_ids_are_hexadecimal_or_none(text: str, digits: int, found: str | None) -> None:
    """Prefixes, dashes and missing zeros are a writer's manner; a zero id is none."""
    assert hexadecimal(text, digits) == found


@pytest.mark.parametrize(
    ("record", "known"),
    [
        ({**_IDS, "attributes": {}}, True),
        ({**_IDS, "start_time": 1}, True),
        ({"context": _IDS, "attributes": {}}, True),
        ({"traceId": "a", "id": "b", "attributes": {}}, True),
        ({"openinference.span.kind": "LLM"}, True),
        (_IDS, False),
        ({"id": "b", "attributes": {}}, False),
        ({}, False),
        ([], False),
    ],
)
def test_a_span_has_ids_and_parts_or_a_dialects_attributes(record: Any, known: bool) -> None:
    """An object with an id alone may be anything."""
    assert looks_like_span(record) is known


def test_bare_attributes_have_no_ids() -> None:
    """Where there are ids, it is a span."""
    assert is_bare({"gen_ai.operation.name": "chat"})
    assert not is_bare({"gen_ai.operation.name": "chat", **_IDS})


def test_ids_of_an_enclosing_object_are_taken() -> None:
    """A span's own go before them."""
    span = span_of({"span_id": "c" * 16}, "test", trace="a" * 32, parent="b" * 16)

    assert span is not None
    assert (span.trace_id, span.span_id, span.parent_id) == ("a" * 32, "c" * 16, "b" * 16)


def test_without_an_id_there_is_no_span() -> None:
    """It could not be told from another."""
    assert span_of({"attributes": {}}, "test") is None
    assert span_of({"trace_id": "a" * 32}, "test") is None


@pytest.mark.parametrize("parent", ["", "0000000000000000", None, 7])
def test_a_parent_that_is_none_makes_a_root(parent: object) -> None:
    """However it is written."""
    span = span_of({**_IDS, "parent_id": parent}, "test")

    assert span is not None
    assert span.parent_id is None


def test_one_known_time_is_both() -> None:
    """And where none is known, both are 0."""
    ended = span_of({**_IDS, "end_time": "1970-01-01T00:00:02Z"}, "test")
    never = span_of(_IDS, "test")

    assert ended is not None
    assert never is not None
    assert (ended.start_ns, ended.end_ns) == (2 * 10**9, 2 * 10**9)
    assert (never.start_ns, never.end_ns) == (0, 0)


def test_lists_of_objects_of_known_names_are_numbered() -> None:
    """As OpenInference flattens them."""
    found = plain_attributes(
        {"llm": {"input_messages": [{"message": {"role": "user"}}, {"message": {"role": "tool"}}]}}
    )

    assert found == {"llm.input_messages.0.message.role": "user", "llm.input_messages.1.message.role": "tool"}


def test_values_that_no_attribute_can_hold_become_text() -> None:
    """Numbers beyond 64 bits, mixed lists, objects; nothing is left out."""
    found = plain_attributes({"big": 2**70, "mixed": [1, "a"], "none": None, "own": {"a": [None]}})

    assert found == {"big": str(2**70), "mixed": '[1,"a"]', "own": '{"a":[null]}'}


def test_names_under_our_prefix_are_filed_apart_everywhere() -> None:
    """In the attributes, the name, the events and the resource."""
    claim = {"flywheel.outcome": "passed"}
    span = span_of(
        {
            **_IDS,
            "name": "flywheel.run.started",
            "attributes": claim,
            "resource": {"attributes": claim},
            "events": [{"name": "flywheel.middleware.activated", "attributes": claim}],
        },
        "test",
    )

    assert span is not None
    assert span.name == "foreign.flywheel.run.started"
    assert span.events[0].name == "foreign.flywheel.middleware.activated"
    for attributes in (span.attributes, span.resource, span.events[0].attributes):
        assert attributes == {"foreign.flywheel.outcome": "passed"}


def test_attributes_in_pairs_are_read() -> None:
    """As OTLP has them."""
    pairs = [{"key": "a", "value": {"intValue": "3"}}, {"key": "b", "value": {"stringValue": "c"}}]
    span = span_of({**_IDS, "attributes": pairs}, "test")

    assert span is not None
    assert span.attributes == {"a": 3, "b": "c"}
