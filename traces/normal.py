"""The normal form: the spans of a trace become a run, whatever state they are in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from traces import attributes as names
from traces.calls import (
    AGENT_OPERATION,
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
from traces.steps import model_spans, tool_spans
from traces.versions import latest_versions

__all__ = ["apply_evaluations", "assemble", "assemble_all", "is_run"]

_NANOSECONDS = 1e9
_STEPS = MODEL_OPERATIONS | {TOOL_OPERATION}
_AGENTS_WORK = _STEPS | {AGENT_OPERATION}


def assemble(spans: Iterable[Span], *, trusted: bool = True) -> Run:
    """The run that the spans of one trace make up.

    Missing and cyclic parents, missing roots and repeated spans (``latest_versions``) are all taken as they
    come. ``trusted`` is for our own segments: what other spans claim under ``flywheel.`` is filed under
    ``foreign.`` and says nothing. Raises ``ValueError`` for no spans, or spans of several traces.
    """
    unique = _in_order(spans, trusted=trusted)
    if len({span.trace_id for span in unique}) != 1:
        raise ValueError("a run is assembled from the spans of exactly one trace")
    return _run(unique)


def assemble_all(spans: Iterable[Span], *, trusted: bool = True) -> Iterator[Run]:
    """The runs of any number of traces, in the order in which each trace first appears.

    Traces that are no runs (``is_run``) are left out; ``apply_evaluations`` reads evaluations. All spans are
    in memory until the last is read, for the spans of a trace may lie anywhere.
    """
    traces: dict[str, list[Span]] = {}
    for span in spans:
        traces.setdefault(span.trace_id, []).append(span)
    for trace in traces.values():
        if is_run(trace):
            yield assemble(trace, trusted=trusted)


def is_run(spans: Iterable[Span]) -> bool:
    """Whether the spans of a trace tell of an agent's work: a model or tool call, an agent, or a run's start.

    Evaluations of other traces do not, nor do the thousands of traces that agents make of their own innards.
    """
    return any(
        (operation_of(span) in _AGENTS_WORK or span.name == names.RUN_STARTED) and not is_evaluation(span)
        for span in spans
    )


def _in_order(spans: Iterable[Span], *, trusted: bool) -> tuple[Span, ...]:
    taken = spans if trusted else (file_foreign(span) for span in spans)
    return tuple(sorted(latest_versions(taken), key=lambda span: span.start_ns))


def _run(spans: tuple[Span, ...]) -> Run:
    root = find_root(spans)
    model_calls = tuple(model_call(span) for span in model_spans(spans))
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
        tool_calls=tuple(tool_call(span) for span in tool_spans(spans)),
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
        provenance=text_of(ending, names.PROVENANCE),
        source=_said_first(names.SOURCE, root, spans),
        agent=_said_first(names.AGENT_NAME, root, spans),
        conversation=_said_first(names.CONVERSATION, root, spans),
    )


def _said_first(key: str, root: Span | None, spans: Sequence[Span]) -> str:
    """What the root says, or else the first span that says it."""
    told = "" if root is None else text_of(root.attributes, key)
    return told or next((text_of(span.attributes, key) for span in spans if key in span.attributes), "")


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
    """The root's totals; where it states none, the sum of the calls (some agents report both).

    A root that is itself a call speaks only for itself.
    """
    total = Usage() if root is None or operation_of(root) in _STEPS else usage_of(root)
    each = [call.usage for call in calls]
    stated = total.input_tokens or total.output_tokens
    return Usage(
        input_tokens=total.input_tokens if stated else sum(usage.input_tokens for usage in each),
        output_tokens=total.output_tokens if stated else sum(usage.output_tokens for usage in each),
        cost_usd=total.cost_usd or sum(usage.cost_usd for usage in each),
        cached_tokens=total.cached_tokens or sum(usage.cached_tokens for usage in each),
        reasoning_tokens=total.reasoning_tokens or sum(usage.reasoning_tokens for usage in each),
    )


def _seconds(root: Span | None, spans: Sequence[Span]) -> float:
    if root is None:
        elapsed = max(span.end_ns for span in spans) - min(span.start_ns for span in spans)
        return max(0.0, elapsed / _NANOSECONDS)
    stated = number_of(root.attributes, names.RUN_SECONDS)
    return max(0.0, (root.end_ns - root.start_ns) / _NANOSECONDS if stated is None else stated)
