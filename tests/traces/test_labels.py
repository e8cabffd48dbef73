"""Labels and ratings."""

from __future__ import annotations

import pytest

from traces.evaluations import apply_evaluations, evaluations_in, is_evaluation
from traces.labels import label_span, labels_in, rating_span
from traces.outcome import Outcome
from traces.testing import small_run


def test_a_label_decides_a_run_that_nobody_judged() -> None:
    """The run gets the outcome, and the reason says that it came from a label."""
    run = small_run(outcome="")
    label = label_span(run.run_id, Outcome.FAILED, reason="wrong file", who="ada", time_ns=5)

    (labelled,) = apply_evaluations([run], [label])

    assert run.outcome is Outcome.UNKNOWN
    assert (labelled.outcome, labelled.reason) == (Outcome.FAILED, "labelled:label")


def test_the_latest_label_counts() -> None:
    """A person may change their mind."""
    run = small_run(outcome="")
    first = label_span(run.run_id, Outcome.FAILED, reason="", who="ada", time_ns=5)
    second = label_span(run.run_id, Outcome.PASSED, reason="", who="ada", time_ns=6)

    (labelled,) = apply_evaluations([run], [second, first])

    assert first.trace_id != second.trace_id
    assert labelled.outcome is Outcome.PASSED


def test_a_rating_is_no_verdict() -> None:
    """It is found as an evaluation with a score, and the outcome stays open."""
    run = small_run(outcome="")
    rating = rating_span(run.run_id, 4, reason="tidy", who="ada", time_ns=5)

    (rated,) = apply_evaluations([run], [rating])

    (evaluation,) = evaluations_in([rating])
    assert is_evaluation(rating)
    assert (evaluation.run_id, evaluation.score, evaluation.explanation) == (run.run_id, 0.8, "tidy")
    assert rated.outcome is Outcome.UNKNOWN


@pytest.mark.parametrize("stars", [0, 6, -1])
def test_a_rating_outside_the_scale_is_refused(stars: int) -> None:
    """1 to 5."""
    with pytest.raises(ValueError, match="from 1 to 5"):
        rating_span("a" * 32, stars, reason="", who="ada", time_ns=1)


def test_what_people_said_is_read_back() -> None:
    """Who, what and why; evaluations that are no person's are left out."""
    spans = [
        label_span("a" * 32, Outcome.FAILED, reason="wrong file", who="ada", time_ns=5),
        rating_span("a" * 32, 4, reason="", who="bob", time_ns=6),
        small_run().spans[0],
    ]

    label, rating = labels_in(spans)

    assert (label.who, label.label, label.reason, label.is_rating) == ("ada", "failed", "wrong file", False)
    assert (rating.who, rating.label, rating.reason, rating.is_rating) == ("bob", "4/5", "", True)
    assert {label.run_id, rating.run_id} == {"a" * 32}
