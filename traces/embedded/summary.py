"""What the index keeps of a run while its spans arrive in any order: enough for the run's fields."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

import orjson

from traces import attributes as names
from traces.documents import Document, clamp, clean_field, kind_of
from traces.outcome import Outcome
from traces.read_attributes import number_of, text_of, whole_of
from traces.span import Span

_NANOSECONDS = 1e9
_LEAST, _MOST = -(2**63), 2**63 - 1
_MOST_COST = 1e15
_MOST_PARENTS = 32
_OUTCOMES = frozenset(Outcome)
_FIRST_TEXTS = {"agent": names.AGENT_NAME, "conversation": names.CONVERSATION, "source": names.SOURCE}
_MENTIONED = frozenset(_FIRST_TEXTS.values())
_ROOT_TEXTS = {"reason": names.REASON, "cause": names.CAUSE}
_IDENTITY_TEXTS = {
    "task": names.TASK,
    "group": names.GROUP,
    "suite": names.SUITE,
    "split": names.SPLIT,
    "arm": names.ARM,
    "experiment": names.EXPERIMENT,
    "commit": names.HARNESS_COMMIT,
}
_TEXT_FACTS = (names.OUTCOME, *_ROOT_TEXTS.values(), *_IDENTITY_TEXTS.values(), *_FIRST_TEXTS.values())
_WHOLE_FACTS = (names.INPUT_TOKENS, names.OUTPUT_TOKENS)
_NUMBER_FACTS = (names.RUN_SECONDS, names.RUN_COST)
_FACTS = frozenset((*_TEXT_FACTS, *_WHOLE_FACTS, *_NUMBER_FACTS))

OTHER, MODEL, TOOL, AGENT, STARTED = range(5)
KIND_CODES = {"other": OTHER, "model": MODEL, "tool": TOOL, "agent": AGENT}

IS_CALL = "call"  # a fact: the root is a model or tool call and speaks only for itself

Facts = dict[str, Any]


class SpanNumbers(NamedTuple):
    """What a span adds to the numbers of its run; token counts and cost are those of model calls."""

    start: int
    end: int
    kind: int
    input: int | None = None
    output: int | None = None
    cost: float | None = None


class Shape(NamedTuple):
    """Root and steps of a run when it had so many ``spans``; ``root`` is a packed id."""

    spans: int
    root: int | str | None
    steps: int
    input: int
    output: int
    cost: float


@dataclass(slots=True)
class RunSummary:
    """Numbers that add up, and the earliest span that named an agent, a model and so on.

    ``call_parents`` are the parents of model calls, as far as they are few. A run with calls within calls,
    or without an agent's span, is ``intricate``: its ``shape`` is read from its rows.
    """

    spans: int = 0
    start: int = _MOST
    end: int = _LEAST
    steps: int = 0
    input: int = 0
    output: int = 0
    cost: float = 0.0
    heads: int = 0
    agentic: int = 0
    announced: bool = False
    intricate: bool = False
    call_parents: list[int | str] = field(default_factory=list)
    shape: Shape | None = None
    first: dict[str, tuple[int, str, str]] = field(default_factory=dict)

    def take(self, numbers: SpanNumbers) -> None:
        """Count a span in."""
        self.spans += 1
        self.start = min(self.start, numbers.start)
        self.end = max(self.end, numbers.end)
        if numbers.kind != OTHER:
            self._count(numbers, 1)

    def drop(self, numbers: SpanNumbers) -> bool:
        """Count a span out; false where ``start`` or ``end`` may have been its own."""
        self.spans -= 1
        if numbers.kind != OTHER:
            self._count(numbers, -1)
        return numbers.start > self.start and numbers.end < self.end

    def note_call(self, parent: int | str | None) -> None:
        """Note the parent of a model call."""
        if parent is None or self.intricate or parent in self.call_parents:
            return
        if len(self.call_parents) >= _MOST_PARENTS:
            self.intricate = True
        else:
            self.call_parents.append(parent)

    @property
    def needs_shape(self) -> bool:
        """Whether sums and heads do not tell the run's root and steps."""
        return self.intricate or (self.agentic > 0 and self.heads == 0)

    def mention(self, name: str, start: int, span_id: str, value: str) -> None:
        """Note that a span names an agent, a conversation, a source or a model."""
        old = self.first.get(name)
        if old is None or start < old[0] or (start == old[0] and span_id < old[1]):
            self.first[name] = (start, span_id, value)

    def named(self, name: str) -> str:
        """What the earliest span that says something says."""
        return self.first[name][2] if name in self.first else ""

    def _count(self, numbers: SpanNumbers, sign: int) -> None:
        self.agentic += sign
        if numbers.kind == MODEL:
            self.steps += sign
            self.input += sign * (numbers.input or 0)
            self.output += sign * (numbers.output or 0)
            self.cost += sign * (numbers.cost or 0.0)
        elif numbers.kind >= AGENT:
            self.heads += sign
            self.announced = self.announced or numbers.kind == STARTED


def numbers_of(span: Span, document: Document) -> SpanNumbers:
    """A span's numbers, within what a table can hold."""
    start, end = clamp(span.start_ns), clamp(span.end_ns)
    kind = KIND_CODES[document.kind]
    if kind == MODEL:
        found = span.attributes
        return SpanNumbers(
            start,
            end,
            kind,
            clamp(whole_of(found, names.INPUT_TOKENS)),
            clamp(whole_of(found, names.OUTPUT_TOKENS)),
            clamp_cost(number_of(found, names.RUN_COST)),
        )
    return SpanNumbers(start, end, STARTED if span.name == names.RUN_STARTED else kind)


def mention_all(summary: RunSummary, span: Span, model: str, start: int) -> None:
    """Note all that a span names."""
    if model:
        summary.mention("model", start, span.span_id, model)
    found = span.attributes
    if not _MENTIONED.isdisjoint(found):
        for name, key in _FIRST_TEXTS.items():
            if key in found:
                summary.mention(name, start, span.span_id, clean_field(text_of(found, key)))


def facts_of(span: Span) -> Facts:
    """What a root or a start says of its run, as far as fields are made of it."""
    found = span.attributes
    facts: Facts = {"end": clamp(span.end_ns), "start": clamp(span.start_ns)}
    if kind_of(span) in {"model", "tool"}:
        facts[IS_CALL] = True
    for key in _TEXT_FACTS:
        if key in found:
            facts[key] = clean_field(text_of(found, key))
    for key in _WHOLE_FACTS:
        if key in found:
            facts[key] = clamp(whole_of(found, key))
    for key in _NUMBER_FACTS:
        if key in found:
            facts[key] = number_of(found, key)
    return facts


def states_facts(span: Span) -> bool:
    """Whether a span says anything that fields of a run are made of."""
    return not _FACTS.isdisjoint(span.attributes)


def fields_of(
    run_id: str, summary: RunSummary, root: Facts | None, started: Facts | None
) -> dict[str, str | float]:
    """The fields that ``traces.documents.run_fields`` gives for all spans of the run together."""
    ending = root or {}
    identity = {**(started or {}), **ending}
    outcome = ending.get(names.OUTCOME, "")
    fields: dict[str, str | float] = {
        "run": clean_field(run_id),
        "outcome": outcome if outcome in _OUTCOMES else Outcome.UNKNOWN.value,
    }
    for name, key in _ROOT_TEXTS.items():
        fields[name] = ending.get(key, "")
    for name, key in _IDENTITY_TEXTS.items():
        fields[name] = identity.get(key, "")
    for name, key in _FIRST_TEXTS.items():
        fields[name] = ending.get(key, "") or summary.named(name)
    return {**fields, **_numbers(summary, root)}


def _numbers(summary: RunSummary, root: Facts | None) -> dict[str, float]:
    tokens, cost = _usage(summary, root or {})
    return {
        "seconds": _seconds(summary, root),
        "steps": summary.shape.steps if summary.needs_shape and summary.shape else summary.steps,
        "tokens": tokens,
        "cost": cost,
        "time": summary.start / _NANOSECONDS,
        "end": summary.end / _NANOSECONDS,
    }


def _usage(summary: RunSummary, ending: Facts) -> tuple[int, float]:
    """The root's totals; where it states none, or is itself a call, the sums of the calls."""
    summed = summary.shape if summary.needs_shape and summary.shape else summary
    if ending.get(IS_CALL):
        return summed.input + summed.output, summed.cost
    given = ending.get(names.INPUT_TOKENS, 0), ending.get(names.OUTPUT_TOKENS, 0)
    tokens = sum(given) if any(given) else summed.input + summed.output
    return tokens, clamp_cost(ending.get(names.RUN_COST)) or summed.cost


def _seconds(summary: RunSummary, root: Facts | None) -> float:
    if root is None:
        return max(0.0, (summary.end - summary.start) / _NANOSECONDS)
    stated = root.get(names.RUN_SECONDS)
    return max(0.0, float((root["end"] - root["start"]) / _NANOSECONDS if stated is None else stated))


def dump_summary(summary: RunSummary) -> str:
    """The summary as text for its row."""
    return orjson.dumps(
        [
            summary.spans, summary.start, summary.end, summary.steps, clamp(summary.input),
            clamp(summary.output), summary.cost, summary.heads, summary.agentic, summary.announced,
            summary.intricate, summary.call_parents, summary.shape and tuple(summary.shape), summary.first,
        ]
    ).decode()  # fmt: skip


def load_summary(text: str) -> RunSummary:
    """The summary that a row holds; an empty text is one of no spans."""
    if not text:
        return RunSummary()
    summary = RunSummary(*orjson.loads(text))
    if summary.shape is not None:
        summary.shape = Shape(*summary.shape)
    summary.first = {name: (at, span, value) for name, (at, span, value) in summary.first.items()}
    return summary


def clamp_cost(value: float | None) -> float:
    """A cost that sums do not make infinite."""
    return min(max(value or 0.0, -_MOST_COST), _MOST_COST)
