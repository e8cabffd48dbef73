"""Blueprints: what the cache keeps of a task comes back whole."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.suites.humaneval_repair.blueprint import Blueprint

BLUEPRINTS = st.builds(
    Blueprint,
    problem=st.text(),
    number=st.integers(1, 3),
    operator=st.text(),
    program=st.text(),
    visible=st.lists(st.tuples(st.text(), st.text()), max_size=3).map(tuple),
    visible_rejects=st.booleans(),
)


@given(blueprint=BLUEPRINTS)
def test_a_blueprint_survives_json(blueprint: Blueprint) -> None:
    """Lists become pairs again, so that it can be compared and hashed."""
    again = Blueprint.from_record(json.loads(json.dumps(blueprint.to_record())))

    assert again == blueprint
    assert hash(again) == hash(blueprint)


@pytest.mark.parametrize("change", [{"program": None}, {"other": 1}])
def test_a_record_of_another_shape_is_refused(change: dict[str, object]) -> None:
    """A field too many or too few is not guessed at."""
    record = {
        "problem": "T/1",
        "number": 1,
        "operator": "o",
        "program": "p",
        "visible": [],
        "visible_rejects": True,
        **change,
    }
    if record["program"] is None:
        del record["program"]

    with pytest.raises(TypeError):
        Blueprint.from_record(record)
