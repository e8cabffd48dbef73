"""OTLP export: the spans, and the verdict as others can read it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from traces.evaluations import apply_evaluations
from traces.export.otlp import otlp_request
from traces.foreign import file_foreign
from traces.normal import assemble
from traces.otlp.decode import decode_spans
from traces.outcome import Outcome
from traces.run import Run
from traces.span import Span
from traces.testing import small_run


def read_back(run: Run) -> tuple[list[Span], list[Span]]:
    """The run's own spans and the others, as a receiver has them."""
    spans: Sequence[Span] = decode_spans(otlp_request(run), json=True).spans
    own = [span for span in spans if span.trace_id == run.run_id]
    return own, [span for span in spans if span.trace_id != run.run_id]


@pytest.mark.parametrize("outcome", ["passed", "failed", "timed_out", "limit_reached", "errored"])
def test_an_outcome_survives_the_way_to_another_store(outcome: str) -> None:
    """What the root claims is filed away; the evaluation beside it says the same."""
    own, others = read_back(small_run(3, outcome))

    read = assemble(own)
    (judged,) = apply_evaluations([read], others)
    assert read.outcome is Outcome.UNKNOWN
    assert judged.outcome is Outcome(outcome)


def test_a_run_that_nobody_judged_has_no_verdict() -> None:
    """Nothing is added to its spans."""
    run = small_run(3, "")

    own, others = read_back(run)

    assert own == [file_foreign(span) for span in run.spans]
    assert others == []


def test_the_same_run_gives_the_same_bytes() -> None:
    """Exporting twice and ingesting both stores it once."""
    assert otlp_request(small_run(3)) == otlp_request(small_run(3))
