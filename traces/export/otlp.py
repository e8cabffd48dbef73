"""A run as OTLP JSON, which every collector and this project's own ingest read."""

from __future__ import annotations

from traces import attributes as names
from traces.ids import derived_span_id, derived_trace_id
from traces.otlp.encode import encode_spans_json
from traces.outcome import Outcome
from traces.run import Run
from traces.span import AttributeValue, Span, SpanLink

_NAME = "verifier"  # of the evaluation, where nothing says who judged


def otlp_request(run: Run) -> bytes:
    """One ``ExportTraceServiceRequest`` with the run's spans and, where it has an outcome, an evaluation of it.

    Whoever reads it files what a root claims under ``flywheel.``; an evaluation linked to the run is the form in
    which a verdict travels (GenAI semantic conventions, ``gen_ai.evaluation.result``).
    """
    spans = run.spans if run.outcome is Outcome.UNKNOWN else (*run.spans, _verdict(run))
    return encode_spans_json(spans)


def _verdict(run: Run) -> Span:
    trace_id = derived_trace_id("verdict", run.run_id)
    ended_ns = max(span.end_ns for span in run.spans)
    attributes: dict[str, AttributeValue] = {
        names.EVALUATION_NAME: run.provenance or run.reason.removeprefix("labelled:") or _NAME,
        names.EVALUATION_LABEL: run.outcome.value,
    }
    if run.score is not None:
        attributes[names.EVALUATION_SCORE] = run.score
    if run.reason:
        attributes[names.EVALUATION_EXPLANATION] = run.reason
    return Span(
        trace_id=trace_id,
        span_id=derived_span_id(trace_id, "verdict"),
        parent_id=None,
        name=names.EVALUATION_SPAN,
        start_ns=ended_ns,
        end_ns=ended_ns,
        attributes=attributes,
        # It speaks of the whole run; but a link without a span's id is none to a reader of OTLP.
        links=(SpanLink(trace_id=run.run_id, span_id=(run.root or run.spans[0]).span_id),),
    )
