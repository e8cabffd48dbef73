"""Labels that come after a run fill in what no verifier said."""

from __future__ import annotations

import pytest

from traces import attributes as names
from traces.evaluations import apply_evaluations, evaluations_in
from traces.normal import assemble
from traces.outcome import Outcome
from traces.run import Run
from traces.span import Attributes, Span, SpanEvent, SpanLink
from traces.testing import START_NS, TraceBuilder, small_run

_LATER = TraceBuilder("e" * 32, start_ns=2 * START_NS)


def _evaluation(run: Run, label: str, more: Attributes | None = None) -> Span:
    link = SpanLink(trace_id=run.run_id, span_id="1" * 16)
    found: Attributes = {names.EVALUATION_NAME: "human", names.EVALUATION_LABEL: label, **(more or {})}
    return _LATER.span(names.EVALUATION_SPAN, attributes=found, links=(link,))


@pytest.mark.parametrize(
    ("label", "outcome"),
    [("passed", Outcome.PASSED), ("Failed", Outcome.FAILED), ("pass", Outcome.PASSED), ("fail", Outcome.FAILED),
     ("timed_out", Outcome.TIMED_OUT), ("errored", Outcome.ERRORED), ("unknown", Outcome.UNKNOWN),
     ("helpful", Outcome.UNKNOWN)],
)  # fmt: skip
def test_a_label_sets_an_unknown_outcome(label: str, outcome: Outcome) -> None:
    """If it names one; other labels are no verdicts."""
    run = small_run(1, "unknown")
    (labelled,) = apply_evaluations([run], [_evaluation(run, label)])

    assert labelled.outcome is outcome
    assert labelled.reason == ("" if outcome is Outcome.UNKNOWN else "labelled:human")


def test_no_label_overrides_a_verifier() -> None:
    """A known outcome stays as it is."""
    run = small_run(1, "failed", reason="verification_failed")

    assert list(apply_evaluations([run], [_evaluation(run, "passed")])) == [run]


def test_the_latest_label_counts() -> None:
    """A person may change their mind, whatever order the spans are in."""
    run = small_run(1, "unknown")
    first, second = _evaluation(run, "passed"), _evaluation(run, "failed")
    (labelled,) = apply_evaluations([run], [second, first])

    assert labelled.outcome is Outcome.FAILED


def test_a_score_comes_with_its_label() -> None:
    """Kept within 0 and 1."""
    run = small_run(1, "unknown")
    (labelled,) = apply_evaluations([run], [_evaluation(run, "passed", {names.EVALUATION_SCORE: 7.0})])

    assert labelled.score == 1.0


def test_other_runs_are_left() -> None:
    """An evaluation speaks of the run it links to."""
    one, two = small_run(1, "unknown"), small_run(2, "unknown")
    labelled = list(apply_evaluations([one, two], [_evaluation(two, "passed")]))

    assert [run.outcome for run in labelled] == [Outcome.UNKNOWN, Outcome.PASSED]


def test_the_event_form(spans: TraceBuilder) -> None:
    """An evaluation may be an event on a span of the run itself."""
    event = SpanEvent(
        name="gen_ai.evaluation.result",
        time_ns=START_NS,
        attributes={names.EVALUATION_NAME: "judge", names.EVALUATION_LABEL: "fail"},
    )
    trace = [spans.root("unknown"), spans.span(events=(event,))]
    (labelled,) = apply_evaluations([assemble(trace)], trace)

    assert (labelled.outcome, labelled.reason) == (Outcome.FAILED, "labelled:judge")


def test_what_an_evaluation_says(spans: TraceBuilder) -> None:
    """Name, label, score and explanation, once per run that it links to."""
    run = small_run(1, "unknown")
    more: Attributes = {names.EVALUATION_SCORE: 0.5, names.EVALUATION_EXPLANATION: "half of it works"}
    (found,) = evaluations_in([spans.span(), _evaluation(run, "partly", more)])

    assert (found.run_id, found.name, found.label) == (run.run_id, "human", "partly")
    assert (found.score, found.explanation, found.outcome) == (0.5, "half of it works", None)
