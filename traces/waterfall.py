"""A run as a person reads it: what happened when, from top to bottom."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from traces.codec import encode_span
from traces.labels import PersonLabel
from traces.run import Activation, ModelCall, Run, ToolCall, Usage
from traces.span import Span
from traces.terminal import one_line, printable

_WIDTH = 150  # characters of a line that quotes the trace
_LINES = 6  # of a text, half of them from its end, where errors stand
_INDENT = " " * 19
_LONG = 60  # steps from which on each gets one line, and its texts only where it failed
_GLANCE = 70  # characters of a text on such a line


def waterfall(run: Run, *, labels: Sequence[PersonLabel] = (), full: bool = False) -> str:
    """The run as plain text: outcome and totals on top, then each step, activation and error in order.

    Texts are cut, and cannot act on a terminal. Each step shows its span id for ``span_json``. A long run has
    a line for each step, unless ``full``. ``labels`` are what people said of the run.
    """
    brief = not full and len(run.model_calls) + len(run.tool_calls) > _LONG
    lines = [*_heading(run), *map(_label_line, labels)]
    if brief:
        lines.append(
            "A long run: a line for each step, the texts of those that failed; --full shows them all."
        )
    lines.append("")
    start = min(span.start_ns for span in run.spans)
    turn = 0
    for step in _in_order(run):
        if isinstance(step, ModelCall):
            turn += 1
            lines += _model_lines(step, turn, start, brief=brief)
        elif isinstance(step, ToolCall):
            lines += _tool_lines(step, start, brief=brief and not _failed(step))
        else:
            lines.append(_activation_line(step, start))
    return "\n".join([*lines, *_other_errors(run, start)]) + "\n"


def span_json(span: Span) -> str:
    """One raw span as indented JSON in ASCII, which no terminal acts on."""
    return json.dumps(json.loads(encode_span(span)), indent=2).replace("\x7f", "\\u007f") + "\n"


def _heading(run: Run) -> Iterator[str]:
    yield f"run {one_line(run.run_id, 40)}: {run.outcome.value}{_because(run)}"
    yield from _facts({"task": run.task, **_place(run)})
    yield from _facts(
        {
            "agent": run.agent,
            "source": run.source,
            "conversation": run.conversation,
            "judged by": run.provenance,
        }
    )
    yield (
        f"{run.seconds:.1f} s, {_count(len(run.model_calls), 'model call')}, "
        f"{_count(len(run.tool_calls), 'tool call')}, {_tokens(run.usage)}"
    )
    if run.root is None:
        yield "The trace has no root: the run was cut off, or its end was not recorded."


def _place(run: Run) -> dict[str, str]:
    """Where a run of ours stands among others."""
    return {
        "group": run.group,
        "suite": run.suite,
        "split": run.split,
        "arm": run.arm,
        "experiment": run.experiment,
        "harness": run.harness_commit[:12],
        "attempt": str(run.attempt) if run.attempt > 1 else "",
        "score": "" if run.score is None else f"{run.score:g}",
    }


def _facts(facts: dict[str, str]) -> Iterator[str]:
    known = [f"{name} {one_line(value, 80)}" for name, value in facts.items() if value]
    if known:
        yield ", ".join(known)


def _tokens(usage: Usage) -> str:
    cached = f" ({usage.cached_tokens:,} cached)" if usage.cached_tokens else ""
    reasoning = f" ({usage.reasoning_tokens:,} reasoning)" if usage.reasoning_tokens else ""
    cost = f", ${usage.cost_usd:.4f}" if usage.cost_usd else ""
    return f"{usage.input_tokens:,} tokens in{cached}, {usage.output_tokens:,} out{reasoning}{cost}"


def _label_line(label: PersonLabel) -> str:
    says = "rated" if label.is_rating else "labelled"
    reason = f": {one_line(label.reason, _WIDTH)}" if label.reason else ""
    return f"{says} {one_line(label.label, 40)} by {one_line(label.who, 40)}{reason}"


def _because(run: Run) -> str:
    parts = [one_line(part, 100) for part in (run.reason, run.cause) if part]
    return f" ({', '.join(parts)})" if parts else ""


def _in_order(run: Run) -> list[ModelCall | ToolCall | Activation]:
    return sorted((*run.steps, *run.activations), key=_time_ns)


def _time_ns(step: ModelCall | ToolCall | Activation) -> int:
    return step.time_ns if isinstance(step, Activation) else step.start_ns


def _model_lines(call: ModelCall, turn: int, start_ns: int, *, brief: bool) -> Iterator[str]:
    facts = [
        f"turn {turn}",
        one_line(call.model, 60),
        _duration(call.start_ns, call.end_ns),
        f"{call.usage.input_tokens:,} → {call.usage.output_tokens:,} tokens",
        f"effort {one_line(call.reasoning_effort, 20)}" if call.reasoning_effort else "",
        one_line(call.finish_reason, 40),
    ]
    if brief:
        said = call.text or f"calls {', '.join(call.tool_names)}"
        yield _line(call.start_ns - start_ns, "model", [facts[0], facts[3], _glance(said)], call.span_id)
    else:
        yield _line(call.start_ns - start_ns, "model", facts, call.span_id)
        yield from _quoted(call.text, "")
        if call.tool_names:
            yield f"{_INDENT}calls {one_line(', '.join(call.tool_names), _WIDTH)}"
    yield from _quoted(call.error or "", "error: ")


def _tool_lines(call: ToolCall, start_ns: int, *, brief: bool) -> Iterator[str]:
    facts = [
        one_line(call.name, 60),
        _duration(call.start_ns, call.end_ns),
        "" if call.exit_code is None else f"exit code {call.exit_code}",
    ]
    if brief:
        asked = call.arguments_text or " ".join(map(str, call.arguments.values()))
        yield _line(call.start_ns - start_ns, "tool", [*facts, _glance(asked)], call.span_id)
        return
    yield _line(call.start_ns - start_ns, "tool", facts, call.span_id)
    for name, value in call.arguments.items():
        shown = value if isinstance(value, str) else json.dumps(value)
        yield f"{_INDENT}{one_line(name, 40)}: {one_line(shown, _WIDTH)}"
    if call.arguments_text:
        yield f"{_INDENT}arguments (no JSON object): {one_line(call.arguments_text, _WIDTH)}"
    yield from _quoted(call.result, "→ ")
    yield from _quoted(call.error or "", "error: ")


def _failed(call: ToolCall) -> bool:
    return call.error is not None or bool(call.exit_code)


def _glance(text: str) -> str:
    # Cut first: a text may be megabytes long.
    return one_line(" ".join(text[: 4 * _GLANCE].split()), _GLANCE)


def _activation_line(activation: Activation, start_ns: int) -> str:
    says = [f"{one_line(activation.middleware, 60)}: {one_line(activation.reason, _WIDTH)}"]
    return _line(activation.time_ns - start_ns, "acted", says, activation.span_id)


def _other_errors(run: Run, start_ns: int) -> Iterator[str]:
    """Errors of spans that are no steps, such as the root."""
    shown = {step.span_id for step in run.steps}
    for span in run.spans:
        if span.status == "error" and span.span_id not in shown:
            says = [one_line(span.name, 60), one_line(span.status_message, _WIDTH)]
            yield _line(span.start_ns - start_ns, "error", says, span.span_id)


def _line(after_ns: int, kind: str, facts: list[str], span_id: str) -> str:
    return f"{after_ns / 1e9:+9.1f} s  {kind:<5}  {', '.join(fact for fact in facts if fact)}  [{one_line(span_id, 32)}]"


def _quoted(text: str, mark: str) -> Iterator[str]:
    lines = [line for line in printable(text).splitlines() if line.strip()]
    if len(lines) > _LINES:
        half = _LINES // 2
        lines = [*lines[:half], f"… {len(lines) - 2 * half} more lines …", *lines[-half:]]
    for number, line in enumerate(lines):
        yield f"{_INDENT}{mark if number == 0 else ' ' * len(mark)}{one_line(line, _WIDTH)}"


def _duration(start_ns: int, end_ns: int) -> str:
    return f"{max(0, end_ns - start_ns) / 1e9:.1f} s"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
