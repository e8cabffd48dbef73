"""Evaluations: labels and scores that came after a run, as spans linked to it or as events."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from traces import attributes as names
from traces.outcome import Outcome
from traces.read_attributes import number_of, text_of
from traces.run import Run
from traces.span import Attributes, Span

EVALUATION_EVENT = "gen_ai.evaluation.result"
_SYNONYMS = {"pass": Outcome.PASSED, "fail": Outcome.FAILED}


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """One judgement of a run: what was evaluated, the label and the score that it got, and why."""

    run_id: str
    time_ns: int
    name: str
    label: str
    score: float | None
    explanation: str

    @property
    def outcome(self) -> Outcome | None:
        """The outcome that the label names, if it names one."""
        label = self.label.strip().lower()
        known = {outcome.value: outcome for outcome in Outcome if outcome is not Outcome.UNKNOWN}
        return known.get(label) or _SYNONYMS.get(label)


def is_evaluation(span: Span) -> bool:
    """Whether the span is an evaluation and not a part of a run."""
    return span.name == names.EVALUATION_SPAN or names.EVALUATION_NAME in span.attributes


def evaluations_in(spans: Iterable[Span]) -> Iterator[Evaluation]:
    """All evaluations: of each run that an evaluation span links to, and of the run an event is in."""
    for span in spans:
        if is_evaluation(span):
            # Without a link, it speaks of the trace that it is in.
            for run_id in dict.fromkeys(link.trace_id for link in span.links) or (span.trace_id,):
                yield _evaluation(run_id, span.end_ns, span.attributes)
        for event in span.events:
            if event.name == EVALUATION_EVENT:
                yield _evaluation(span.trace_id, event.time_ns, event.attributes)


def apply_evaluations(runs: Iterable[Run], spans: Iterable[Span]) -> Iterator[Run]:
    """The runs, each whose outcome is unknown with the latest outcome that an evaluation gave it.

    A known outcome stays: no label overrides a verifier. The reason becomes ``labelled:<name>``.
    """
    verdicts = latest_verdicts(spans)
    for run in runs:
        verdict = verdicts.get(run.run_id)
        yield run if verdict is None or run.outcome is not Outcome.UNKNOWN else _labelled(run, verdict)


def latest_verdicts(spans: Iterable[Span]) -> Mapping[str, Evaluation]:
    """For each run id, the latest evaluation whose label names an outcome."""
    found = (evaluation for evaluation in evaluations_in(spans) if evaluation.outcome is not None)
    return {evaluation.run_id: evaluation for evaluation in sorted(found, key=lambda item: item.time_ns)}


def _labelled(run: Run, evaluation: Evaluation) -> Run:
    assert evaluation.outcome is not None
    return replace(
        run,
        outcome=evaluation.outcome,
        reason=f"labelled:{evaluation.name}",
        score=run.score if evaluation.score is None else min(1.0, max(0.0, evaluation.score)),
    )


def _evaluation(run_id: str, time_ns: int, attributes: Attributes) -> Evaluation:
    return Evaluation(
        run_id=run_id,
        time_ns=time_ns,
        name=text_of(attributes, names.EVALUATION_NAME),
        label=text_of(attributes, names.EVALUATION_LABEL),
        score=number_of(attributes, names.EVALUATION_SCORE),
        explanation=text_of(attributes, names.EVALUATION_EXPLANATION),
    )
