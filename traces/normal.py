"""The normal form: the spans of a trace become a run, whatever state they are in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from traces import attributes as names
from traces.calls import (
    MODEL_OPERATIONS,
    TOOL_OPERATION,
    activations_of,
    model_call,
    operation_of,
    tool_call,
    usage_of,
)
from traces.evaluations import apply_evaluations, is_evaluation
from traces.foreign import file_foreign
from traces.outcome import Outcome
from traces.read_attributes import number_of, text_of, whole_of
from traces.roots import find_root, find_started
from traces.run import ModelCall, Run, Usage
from traces.span import Attributes, Span

__all__ = ["apply_evaluations", "assemble", "assemble_all"]

_NANOSECONDS = 1e9


def assemble(spans: Iterable[Span], *, trusted: bool = True) -> Run:
    """The run that the spans of one trace make up.

    Missing and cyclic parents, missing roots and repeated spans (the first counts) are all taken as they
    come. ``trusted`` is for our own segments: what other spans claim under ``flywheel.`` is filed under
    ``foreign.`` and says nothing. Raises ``ValueError`` for no spans, or spans of several traces.
    """
    unique = _in_order(spans, trusted=trusted)
    if len({span.trace_id for span in unique}) != 1:
        raise ValueError("a run is assembled from the spans of exactly one trace")
    return _run(unique)


def assemble_all(spans: Iterable[Span], *, trusted: bool = True) -> Iterator[Run]:
    """The runs of any number of traces, in the order in which each trace first appears.

    Traces that consist of evaluations only are no runs; ``apply_evaluations`` reads them. All spans are
    in memory until the last is read, for the spans of a trace may lie anywhere.
    """
    traces: dict[str, list[Span]] = {}
    for span in spans:
        traces.setdefault(span.trace_id, []).append(span)
    for trace in traces.values():
        if not all(is_evaluation(span) for span in trace):
            yield assemble(trace, trusted=trusted)


def _in_order(spans: Iterable[Span], *, trusted: bool) -> tuple[Span, ...]:
    unique: dict[tuple[str, str], Span] = {}
    for span in spans:
        unique.setdefault((span.trace_id, span.span_id), span if trusted else file_foreign(span))
    return tuple(sorted(unique.values(), key=lambda span: span.start_ns))


def _run(spans: tuple[Span, ...]) -> Run:
    root = find_root(spans)
    model_calls = tuple(model_call(span) for span in spans if operation_of(span) in MODEL_OPERATIONS)
    identity = _identity(spans, root)
    ending: Attributes = {} if root is None else root.attributes
    return Run(
        run_id=spans[0].trace_id,
        spans=spans,
        root=root,
        outcome=_outcome(ending),
        reason=text_of(ending, names.REASON),
        cause=text_of(ending, names.CAUSE),
        score=number_of(ending, names.SCORE),
        model_calls=model_calls,
        tool_calls=tuple(tool_call(span) for span in spans if operation_of(span) == TOOL_OPERATION),
        activations=tuple(activation for span in spans for activation in activations_of(span)),
        usage=_usage(root, model_calls),
        seconds=_seconds(root, spans),
        key=text_of(identity, names.RUN_KEY),
        attempt=whole_of(identity, names.RUN_ATTEMPT, default=1),
        task=text_of(identity, names.TASK),
        group=text_of(identity, names.GROUP),
        suite=text_of(identity, names.SUITE),
        split=text_of(identity, names.SPLIT),
        arm=text_of(identity, names.ARM),
        experiment=text_of(identity, names.EXPERIMENT),
        harness_commit=text_of(identity, names.HARNESS_COMMIT),
        harness_tree=text_of(identity, names.HARNESS_TREE),
        digest=text_of(ending, names.RUN_DIGEST),
        seed=whole_of(identity, names.RUN_SEED),
        simulated=identity.get(names.SIMULATED) is True,
    )


def _identity(spans: Sequence[Span], root: Span | None) -> Attributes:
    """What the supervisor said of the run when it started and, if it got there, when it ended."""
    started = find_started(spans)
    return {
        **({} if started is None else started.attributes),
        **({} if root is None else root.attributes),
    }


def _outcome(ending: Attributes) -> Outcome:
    stated = text_of(ending, names.OUTCOME)
    return Outcome(stated) if stated in set(Outcome) else Outcome.UNKNOWN


def _usage(root: Span | None, calls: Sequence[ModelCall]) -> Usage:
    """The root's totals; where it states none, the sum of the calls (some agents report both)."""
    total = Usage() if root is None else usage_of(root)
    if total.input_tokens or total.output_tokens:
        return total
    return Usage(
        input_tokens=sum(call.usage.input_tokens for call in calls),
        output_tokens=sum(call.usage.output_tokens for call in calls),
        cost_usd=total.cost_usd or sum(call.usage.cost_usd for call in calls),
    )


def _seconds(root: Span | None, spans: Sequence[Span]) -> float:
    if root is None:
        elapsed = max(span.end_ns for span in spans) - min(span.start_ns for span in spans)
        return max(0.0, elapsed / _NANOSECONDS)
    stated = number_of(root.attributes, names.RUN_SECONDS)
    return max(0.0, (root.end_ns - root.start_ns) / _NANOSECONDS if stated is None else stated)
