"""Writes the spans of one run as things happen, and closes its root."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from langchain_core.messages import AIMessage

from harness.clock import RunClock
from harness.conversation import RESULT_LIMIT, finish_reason, output_json, shortened
from harness.digest import RunDigest
from harness.hands.toolbox import ToolOutcome
from harness.model_cost import reported_cost
from harness.root_attributes import ACTIVATED_COUNTS, EFFORTS, PROMPT_HASHES, TOOLS_HASHES
from harness.runs import RunRequest
from traces import attributes as names
from traces.outcome import Outcome
from traces.run import Usage
from traces.span import Attributes, AttributeValue, Span, SpanEvent, SpanKind

_TICK_NS = 1_000  # what is recorded later starts later, also when a virtual clock stands still
_MAX_CLAIMS = 1_000
_ARGUMENTS_LIMIT = 100_000
_MESSAGE = 500  # characters of an error's text that are kept


class SpanSink(Protocol):
    """Where spans are written; ``traces.segments.SegmentWriter`` is one."""

    def append(self, span: Span) -> None:
        """Write one span; raises ``SegmentError``."""
        ...


@dataclass(frozen=True, kw_only=True)
class Ending:
    """How a run ended. ``score`` is within 0..1, ``cause`` the verifier's word or the reason's first."""

    outcome: Outcome
    reason: str
    score: float = 0.0
    cause: str = ""


@dataclass(frozen=True, kw_only=True)
class InEffect:
    """What the harness set for one model call."""

    model: str
    effort: str | None
    prompt_hash: str
    tools_hash: str


class RunRecord:
    """The spans of one run. Times are the run's own clock, laid over the real time at which it began."""

    def __init__(self, request: RunRequest, sink: SpanSink, clock: RunClock, began_ns: int) -> None:
        self.digest = RunDigest()
        self.steps = 0
        self.activated: Counter[str] = Counter()
        self._request = request
        self._sink = sink
        self._clock = clock
        self._began_ns = began_ns
        self._last_ns = began_ns
        self._count = 0
        self._root_id = self._span_id("root")
        self._usage = Usage()
        self._seen: dict[str, set[str]] = {EFFORTS: set(), PROMPT_HASHES: set(), TOOLS_HASHES: set()}

    def started(self) -> None:
        """Announce the run, before anything else happens in it."""
        now = self.now_ns()
        self._write(names.RUN_STARTED, now, now, {**self._request.labels, **self._identity()})

    def now_ns(self) -> int:
        """The run's clock in nanoseconds since the epoch, later than any time given out before."""
        self._last_ns = max(self._last_ns + _TICK_NS, self._began_ns + int(self._clock.now() * 1e9))
        return self._last_ns

    def chat(
        self,
        start_ns: int,
        effect: InEffect,
        new: str,
        answer: AIMessage | None,
        error: Exception | None = None,
    ) -> None:
        """A model call; ``new`` are its new messages in JSON. Without an answer it failed with ``error``."""
        kind = "" if error is None else type(error).__name__
        self._note(effect)
        found: dict[str, AttributeValue] = {
            names.OPERATION: "chat",
            names.PROVIDER: effect.model.partition(":")[0],
            names.REQUEST_MODEL: effect.model,
            names.PROMPT_HASH: effect.prompt_hash,
            names.TOOLS_HASH: effect.tools_hash,
            names.INPUT_MESSAGES: new,
        }
        if effect.effort is not None:
            found[names.REASONING_EFFORT] = effect.effort
        if answer is not None:
            self.steps += 1
            found |= self._answered(answer, effect.model)
        if error is not None:
            found[names.ERROR_TYPE] = kind
        message = "" if error is None else str(error)[:_MESSAGE]
        self._write(
            f"chat {effect.model}", start_ns, self.now_ns(), found, kind="client", error=kind, message=message
        )

    def tool(self, start_ns: int, name: str, call_id: str, arguments: Any, outcome: ToolOutcome) -> None:
        """A call of the agent's tools."""
        self.digest.tool(name, outcome.text)
        found = _tool_attributes(name, arguments, outcome) | {
            names.OPERATION: "execute_tool",
            names.TOOL_CALL_ID: call_id,
        }
        self._write(f"execute_tool {name}", start_ns, self.now_ns(), found, error=outcome.error or "")

    def hand(self, start_ns: int, name: str, arguments: Any, outcome: ToolOutcome) -> None:
        """What the runtime did for middleware: no step of the agent."""
        found = _tool_attributes(name, arguments, outcome)
        self._write("flywheel.hand", start_ns, self.now_ns(), found, error=outcome.error or "")

    def claim(self, middleware: str, reason: str) -> None:
        """What the agent process says of itself; a flood of it is counted no further."""
        if self.activated.total() >= _MAX_CLAIMS:
            return
        self.activated[middleware] += 1
        now = self.now_ns()
        said: dict[str, AttributeValue] = {
            names.ACTIVATED_NAME: middleware,
            names.ACTIVATED_REASON: reason,
            names.CLAIM: True,
        }
        event = SpanEvent(name=names.ACTIVATED, time_ns=now, attributes=said)
        self._write("flywheel.middleware", now, now, {names.CLAIM: True}, events=(event,))

    def close(self, ending: Ending, described: Attributes) -> Span:
        """Write the root; ``described`` is what the supervisor knows of harness, model and limits."""
        found: dict[str, AttributeValue] = {
            **self._request.labels,
            names.OPERATION: "invoke_agent",
            **described,
            **self._identity(),
            names.OUTCOME: ending.outcome.value,
            names.REASON: ending.reason,
            names.SCORE: ending.score,
            names.CAUSE: ending.cause,
            names.INPUT_TOKENS: self._usage.input_tokens,
            names.OUTPUT_TOKENS: self._usage.output_tokens,
            names.RUN_COST: self._usage.cost_usd,
            names.RUN_STEPS: self.steps,
            names.RUN_SECONDS: round(self._clock.now(), 6),
            names.RUN_DIGEST: self.digest.value(),
            ACTIVATED_COUNTS: json.dumps(dict(sorted(self.activated.items()))),
            **{name: tuple(sorted(values)) for name, values in self._seen.items()},
        }
        root = Span(
            trace_id=self._request.run_id,
            span_id=self._root_id,
            parent_id=None,
            name=f"invoke_agent {described.get(names.AGENT_NAME, '')}".strip(),
            start_ns=self._began_ns,
            end_ns=self.now_ns(),
            status="ok" if ending.outcome is Outcome.PASSED else "error",
            status_message="" if ending.outcome is Outcome.PASSED else ending.reason,
            attributes=found,
            scope="flywheel",
        )
        self._sink.append(root)
        return root

    def _answered(self, answer: AIMessage, model: str) -> dict[str, AttributeValue]:
        self.digest.model(answer.text, answer.tool_calls)
        tokens = answer.usage_metadata
        used = (tokens["input_tokens"], tokens["output_tokens"]) if tokens else (0, 0)
        cost = reported_cost(answer)
        self._usage = Usage(
            input_tokens=self._usage.input_tokens + used[0],
            output_tokens=self._usage.output_tokens + used[1],
            cost_usd=self._usage.cost_usd + cost,
        )
        return {
            names.RESPONSE_MODEL: str(answer.response_metadata.get("model_name") or model),
            names.RESPONSE_ID: answer.id or "",
            names.FINISH_REASONS: (finish_reason(answer),),
            names.INPUT_TOKENS: used[0],
            names.OUTPUT_TOKENS: used[1],
            names.OUTPUT_MESSAGES: output_json(answer),
            **({names.RUN_COST: cost} if cost else {}),
        }

    def _note(self, effect: InEffect) -> None:
        self._seen[PROMPT_HASHES].add(effect.prompt_hash)
        self._seen[TOOLS_HASHES].add(effect.tools_hash)
        if effect.effort is not None:
            self._seen[EFFORTS].add(effect.effort)

    def _identity(self) -> dict[str, AttributeValue]:
        request = self._request
        return {
            names.RUN_KEY: request.key,
            names.RUN_ATTEMPT: request.attempt,
            names.RUN_SEED: request.seed,
            names.TASK: request.assignment.task,
            names.HARNESS_COMMIT: request.checkout.commit,
            names.HARNESS_TREE: request.checkout.tree,
            names.IN_FLIGHT: request.in_flight,
        }

    def _write(
        self,
        name: str,
        start_ns: int,
        end_ns: int,
        attributes: Mapping[str, AttributeValue],
        *,
        kind: SpanKind = "internal",
        error: str = "",
        message: str = "",
        events: tuple[SpanEvent, ...] = (),
    ) -> None:
        self._count += 1
        self._sink.append(
            Span(
                trace_id=self._request.run_id,
                span_id=self._span_id(str(self._count)),
                parent_id=self._root_id,
                name=name,
                start_ns=start_ns,
                end_ns=end_ns,
                kind=kind,
                status="error" if error else "unset",
                status_message=message,
                attributes=attributes,
                events=events,
                scope="flywheel",
            )
        )

    def _span_id(self, which: str) -> str:
        """Ids follow from the run's, so that the same run made again can be cited by the same ids."""
        return hashlib.sha256(f"{self._request.run_id}\n{which}".encode()).hexdigest()[:16]


def _tool_attributes(name: str, arguments: Any, outcome: ToolOutcome) -> dict[str, AttributeValue]:
    found: dict[str, AttributeValue] = {
        names.TOOL_NAME: name,
        names.TOOL_ARGUMENTS: _arguments_json(arguments),
        names.TOOL_RESULT: shortened(outcome.text, RESULT_LIMIT),
    }
    if outcome.exit_code is not None:
        found[names.EXIT_CODE] = outcome.exit_code
    if outcome.error is not None:
        found[names.ERROR_TYPE] = outcome.error
    return found


def _arguments_json(arguments: Any) -> str:
    """Arguments as JSON; very long ones as a JSON object that holds their beginning."""
    text = json.dumps(arguments, ensure_ascii=False, default=str)
    return text if len(text) <= _ARGUMENTS_LIMIT else json.dumps({"cut": text[: _ARGUMENTS_LIMIT // 2]})
