"""A view shows the runs that it was given, and nothing of any other."""

from __future__ import annotations

import pytest

from analyzers.mine_view import RunsView
from analyzers.testing import looping_run, unverified_run
from traces.errors import QueryError
from traces.index import Query, Where


def test_runs_come_by_id_and_others_are_unknown(view: RunsView) -> None:
    """A held-out run raises ``KeyError`` like one that never was."""
    ids = [run.run_id for run in view.runs()]

    assert ids == sorted(ids)
    assert view.run(ids[0]).run_id == ids[0]
    with pytest.raises(KeyError):
        view.run("f" * 32)


def test_search_finds_spans_that_hold_all_words() -> None:
    """Case does not matter; the snippet shows the place."""
    view = RunsView([unverified_run(1, "failed"), looping_run(2, times=2)])
    page = view.search(Query(text="OLD_STRING found"))

    assert page.total == 2
    assert {hit.run_id for hit in page.hits} == {f"{2:032x}"}
    assert "old_string was not found" in page.hits[0].snippet


def test_conditions_and_facets_are_over_the_view_only() -> None:
    """Counts say nothing of runs outside."""
    view = RunsView([unverified_run(1, "failed"), looping_run(2, times=2)])
    query = Query(where=(Where(field="outcome", operator="!=", value="failed"),), facets=("outcome",))
    page = view.search(query)

    assert set(page.facets["outcome"]) == {"limit_reached"}
    assert page.total == sum(page.facets["outcome"].values())


def test_pages_do_not_overlap(view: RunsView) -> None:
    """Limit and offset cut a stable order."""
    first = view.search(Query(text="edit_file", limit=5))
    second = view.search(Query(text="edit_file", limit=5, offset=5))
    shown = [(hit.run_id, hit.span_id) for hit in (*first.hits, *second.hits)]

    assert len(set(shown)) == 10
    assert first.total == second.total


@pytest.mark.parametrize(
    ("field", "operator"), [("secret", "="), ("outcome", ">")], ids=["unknown field", "no such comparison"]
)
def test_a_query_that_cannot_be_answered_is_refused(view: RunsView, field: str, operator: str) -> None:
    """With the way out."""
    with pytest.raises(QueryError, match=r"valid fields|use ="):
        view.search(Query(where=(Where(field=field, operator=operator, value="x"),)))
