"""Evaluations that come as log events reach the runs that they speak of."""

from __future__ import annotations

from traces import attributes as names
from traces.dialects.evaluation_events import EVENT, evaluation_span
from traces.evaluations import apply_evaluations, is_evaluation
from traces.normal import assemble_all
from traces.otlp.log_record import LogRecord
from traces.outcome import Outcome
from traces.testing import TraceBuilder


def _record(**more: str) -> LogRecord:
    said = {names.EVALUATION_NAME: "tests", names.EVALUATION_LABEL: "fail", names.EVALUATION_SCORE: 0.0}
    found = {"trace_id": "a" * 32, "span_id": "b" * 16, **more}
    return LogRecord(time_ns=5, name=EVENT, attributes=said, **found)  # type: ignore[arg-type]


def test_it_labels_the_run() -> None:
    """The span is linked to the run, is no run itself and makes no run longer."""
    spans = TraceBuilder()
    run = [spans.chat("done")]
    evaluation = evaluation_span(_record(trace_id=spans.trace_id))
    assert evaluation is not None
    [labelled] = apply_evaluations(assemble_all([*run, evaluation]), [*run, evaluation])

    assert is_evaluation(evaluation)
    assert (labelled.outcome, labelled.reason, labelled.score) == (Outcome.FAILED, "labelled:tests", 0.0)
    assert evaluation.trace_id != spans.trace_id


def test_the_same_event_gives_the_same_span() -> None:
    """Another label at another time is another evaluation."""
    assert evaluation_span(_record()) == evaluation_span(_record())
    assert evaluation_span(_record()) != evaluation_span(_record(trace_id="c" * 32))


def test_without_a_trace_it_says_nothing() -> None:
    """An evaluation of a response that nobody can find is no span."""
    assert evaluation_span(_record(trace_id="")) is None
