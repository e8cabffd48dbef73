"""Values become keys and whole numbers, which no filter can misread."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traces.errors import QueryError
from traces.fields import FIELDS
from traces.index import Where
from traces.typesense_index.filters import ALL, NOTHING, filter_of, one_of
from traces.typesense_index.values import (
    NONE,
    billionths,
    document_id,
    key_of,
    keys_of,
    place_in_order,
    words_apart,
)
from traces.where import parse_where

_TEXTS = [field.name for field in FIELDS if field.kind in {"text", "annotation"}]


def test_keys_tell_values_apart() -> None:
    """Also those that Typesense takes for the same words."""
    values = ["Foo-Bar", "foobar", "foo bar", "foo`bar", " foobar", "föobar", "foobar" * 100, "foobar" * 101]

    assert len({key_of(value) for value in values}) == len(values)
    assert key_of("") == NONE
    assert keys_of([]) == keys_of([""]) == [NONE]


@given(st.sampled_from(_TEXTS), st.sampled_from(["=", "!="]), st.text() | st.text(alphabet="`&|():,[]=!\\ "))
def test_no_value_is_ever_filter_syntax(field: str, operator: str, value: str) -> None:
    """Whatever it holds, the filter is one condition."""
    condition = filter_of(Where(field=field, operator=operator, value=value))  # type: ignore[arg-type]
    name, _, rest = condition.partition(":")

    assert name == f"{field}_key"
    assert rest.lstrip("!=").isalnum()


@pytest.mark.parametrize(
    ("where", "condition"),
    [
        ("seconds>1.5", "seconds_billionths:>1500000000"),
        ("steps=3", "steps_billionths:=3000000000"),
        ("cost!=0.1", "cost_billionths:!=100000000"),
        ("time>=2023-11-15", "time_billionths:>=1700006400000000000"),
        ("tokens<=inf", "tokens_billionths:<=9223372036854775807"),
        ("tokens>-inf", "tokens_billionths:>-9223372036854775807"),
        ("seconds=nan", NOTHING),
        ("seconds!=nan", ALL),
        ("error=", f"error_key:={NONE}"),
        ("signal!=", f"signal_key:!={NONE}"),
    ],
)
def test_conditions_as_filters(where: str, condition: str) -> None:
    """Numbers and times in billionths, no value by its own key."""
    assert filter_of(parse_where(where)) == condition


def test_what_makes_no_sense_is_no_filter() -> None:
    """As everywhere else."""
    with pytest.raises(QueryError, match="no field 'colour'"):
        filter_of(Where(field="colour", operator="=", value="red"))
    with pytest.raises(QueryError, match="is a text"):
        filter_of(Where(field="task", operator=">", value="a"))


def test_one_of_none_is_nothing() -> None:
    """An empty list would be a syntax error."""
    assert one_of("id", []) == NOTHING
    assert one_of("id", ["a", "b"]) == "id:=[a,b]"


@given(st.floats(allow_nan=True, allow_infinity=True))
def test_any_number_fits_into_64_bits(value: float) -> None:
    """And its order is kept."""
    whole = billionths(value)

    assert -(2**63) < whole < 2**63
    if not math.isnan(value):
        assert billionths(value) <= billionths(math.nextafter(value, math.inf))


def test_documents_sort_by_run_and_place() -> None:
    """As texts, in hexadecimal digits alone: the server drops other signs before it sorts."""
    places = [(f"{run:032x}", place) for run in (1, 2, 255) for place in (0, 9, 10, 70_000)]
    texts = [place_in_order(*place) for place in places]

    assert sorted(texts) == texts
    assert all(set(text) <= set("0123456789abcdef") for text in texts)


def test_ids_of_documents_need_no_escaping() -> None:
    """The run's and the span's, or their keys where they are anything else."""
    assert document_id("ab12", "34") == "ab12.34"
    assert all(part.isalnum() for part in document_id("a/b?", "`&&`").split("."))


def test_signs_that_would_join_words_are_kept_apart() -> None:
    """Typesense drops them, and what stood around them would be one word."""
    assert words_apart("one…two\tthree\x1bfour\nfive") == "one … two three four\nfive"
    assert words_apart("naïve café 日本") == "naïve café 日本"
    assert words_apart("plain text") == "plain text"
