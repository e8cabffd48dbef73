"""Fields are what users write in conditions: each is named once and explained."""

from __future__ import annotations

import pytest

from traces.errors import QueryError
from traces.fields import FIELDS, field_named


def test_names_are_unique_words() -> None:
    """So that they can stand before an operator."""
    names = [field.name for field in FIELDS]

    assert len(set(names)) == len(names)
    assert all(name.isidentifier() for name in names)
    assert all(field.meaning for field in FIELDS)


def test_what_spans_of_a_run_need_not_share() -> None:
    """All other fields are the run's."""
    of_spans = {field.name for field in FIELDS if field.level == "span"}

    assert of_spans == {"model", "tool", "error", "name", "kind", "duration"}


def test_an_unknown_field_lists_the_known() -> None:
    """In their order."""
    assert field_named("tokens").kind == "number"
    with pytest.raises(QueryError, match=r"no field 'color'; choose from run, outcome, .*rating"):
        field_named("color")
