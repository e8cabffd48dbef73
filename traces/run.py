"""A run in normal form: one trace, read as model calls, tool calls, activations and an outcome."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from traces.outcome import Outcome
from traces.span import Span


@dataclass(frozen=True, kw_only=True)
class Usage:
    """Totals of a run or a call; ``cost_usd`` is 0 when unknown.

    ``cached_tokens`` are part of the ``input_tokens``, ``reasoning_tokens`` of the ``output_tokens``.
    """

    input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: float = 0.0
    cached_tokens: int = 0
    reasoning_tokens: int = 0


@dataclass(frozen=True, kw_only=True)
class ModelCall:
    """One answer of the model. ``text`` is what it said, empty where content is redacted."""

    span_id: str
    start_ns: int
    end_ns: int
    model: str
    text: str
    tool_names: tuple[str, ...] = ()
    finish_reason: str = ""
    usage: Usage = field(default_factory=Usage)
    error: str | None = None
    reasoning_effort: str | None = None
    prompt_hash: str | None = None
    tools_hash: str | None = None


@dataclass(frozen=True, kw_only=True)
class ToolCall:
    """One execution of a tool. ``arguments`` is empty and ``arguments_text`` kept where they are no JSON object."""

    span_id: str
    start_ns: int
    end_ns: int
    call_id: str
    name: str
    arguments: Mapping[str, object] = field(default_factory=dict)
    arguments_text: str = ""
    result: str = ""
    error: str | None = None
    exit_code: int | None = None


@dataclass(frozen=True, kw_only=True)
class Activation:
    """A middleware's claim to have acted."""

    span_id: str
    time_ns: int
    middleware: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Run:
    """One attempt of one harness at one task.

    ``run_id`` is the trace id. ``task``, ``group`` and ``harness_commit`` are empty for foreign traces.
    ``score`` is within 0..1, or ``None`` without a verdict. ``seconds`` is by the run's own clock.
    ``steps`` holds model and tool calls in the order in which they started. ``provenance`` says who gave the
    outcome where no supervisor did, ``source`` which format or agent a foreign run came from, ``agent`` and
    ``conversation`` what the agent calls itself and the session; all empty where nothing says so.
    """

    run_id: str
    spans: tuple[Span, ...]
    root: Span | None
    outcome: Outcome
    reason: str
    cause: str
    score: float | None
    model_calls: tuple[ModelCall, ...]
    tool_calls: tuple[ToolCall, ...]
    activations: tuple[Activation, ...]
    usage: Usage
    seconds: float
    key: str = ""
    attempt: int = 1
    task: str = ""
    group: str = ""
    suite: str = ""
    split: str = ""
    arm: str = ""
    experiment: str = ""
    harness_commit: str = ""
    harness_tree: str = ""
    digest: str = ""
    seed: int = 0
    simulated: bool = False
    provenance: str = ""
    source: str = ""
    agent: str = ""
    conversation: str = ""

    @property
    def steps(self) -> tuple[ModelCall | ToolCall, ...]:
        """Model and tool calls in order of their start."""
        return tuple(
            sorted((*self.model_calls, *self.tool_calls), key=lambda call: (call.start_ns, call.end_ns))
        )
