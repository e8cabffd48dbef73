"""What a model gets to read of a pattern, in layers: overview, runs step by step, raw spans."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from analyzers.mine_view import MineView
from analyzers.pattern import Pattern
from analyzers.span_text import texts_of
from harness.manifest import Manifest
from traces.run import ModelCall, Run, ToolCall
from traces.span import Span

_MOST_STEPS = 40  # of a run; the middle is left out
_LINE = 120  # characters of what a step line shows


@dataclass(frozen=True, kw_only=True)
class RunLayer:
    """One run, a line per step."""

    run_id: str
    steps: str


@dataclass(frozen=True, kw_only=True)
class SpanLayer:
    """One raw span's text, cut at its end."""

    run_id: str
    span_id: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Digest:
    """All layers; ``overview`` and ``harness`` are our own words, the rest is recorded data."""

    overview: str
    runs: tuple[RunLayer, ...]
    spans: tuple[SpanLayer, ...]
    harness: str


def digest_of(pattern: Pattern, view: MineView, manifest: Manifest, *, characters: int) -> Digest:
    """The digest of a pattern's typical runs and of the spans that its signals cite.

    Raw spans take at most ``characters`` together. Raises ``KeyError`` for a run outside the view.
    """
    runs = [view.run(run_id) for run_id in (pattern.medoid, *pattern.typical)]
    return Digest(
        overview=_overview(pattern),
        runs=tuple(RunLayer(run_id=run.run_id, steps="\n".join(_lines(run))) for run in runs),
        spans=tuple(_span_layers(pattern, runs, characters)),
        harness=harness_lines(manifest),
    )


def recorded_text(pattern: Pattern, view: MineView, *, shown: Iterable[str] = ()) -> str:
    """Every text of the pattern's typical runs and of others that were ``shown``: what own words must not be copied from."""
    runs = (view.run(run_id) for run_id in dict.fromkeys((pattern.medoid, *pattern.typical, *shown)))
    return "\n".join(text for run in runs for span in run.spans for text in texts_of(span))


def _overview(pattern: Pattern) -> str:
    low, high = pattern.contrast.interval
    lines = [
        f"- name: {pattern.name}",
        f"- terminal cause: {pattern.signature.cause}; mechanism: {pattern.signature.mechanism}",
        f"- {len(pattern.run_ids)} runs, {pattern.share:.0%} of all failures",
        f"- more frequent in failures than in passes by {low:.2f} to {high:.2f} (compared by {pattern.contrast.basis})",
    ]
    if pattern.companions:
        lines.append(f"- comes along with: {', '.join(pattern.companions)}")
    return "\n".join(lines)


def step_lines(run: Run) -> list[str]:
    """A line for each step of a run: its number, its span and what was done."""
    return [f"{number}. {step.span_id} {_line(step)}" for number, step in enumerate(run.steps, start=1)]


def _lines(run: Run) -> list[str]:
    lines, half = step_lines(run), _MOST_STEPS // 2
    if len(lines) <= _MOST_STEPS:
        return lines
    return [*lines[:half], f"… {len(lines) - 2 * half} steps left out …", *lines[-half:]]


def _line(step: ModelCall | ToolCall) -> str:
    if isinstance(step, ModelCall):
        return f"model: {_short(step.text)}" + (f" → {', '.join(step.tool_names)}" if step.tool_names else "")
    arguments = " ".join(str(value) for value in step.arguments.values()) or step.arguments_text
    ending = f"exit {step.exit_code}" if step.exit_code is not None else step.error or ""
    return f"{step.name}({_short(arguments)}) {ending}".rstrip()


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LINE else line[: _LINE - 1] + "…"


def _span_layers(pattern: Pattern, runs: list[Run], characters: int) -> Iterable[SpanLayer]:
    wanted = [
        (run.run_id, span)
        for run in runs
        for signal in pattern.signals
        if signal.run_id == run.run_id
        for span in run.spans
        if span.span_id in signal.span_ids
    ]
    each = characters // max(1, len(wanted))
    for run_id, span in wanted:
        yield SpanLayer(run_id=run_id, span_id=span.span_id, text=raw_text(span)[:each])


def raw_text(span: Span) -> str:
    """The attributes of a span, a line each."""
    return "\n".join(f"{name}: {value}" for name, value in span.attributes.items())


def harness_lines(manifest: Manifest) -> str:
    """What the harness is made of, in a few lines."""
    middleware = ", ".join(entry.use for entry in manifest.middleware) or "none"
    return (
        f"- middleware: {middleware}\n- steps: {manifest.limits.steps}, seconds: {manifest.limits.wall_seconds:g}\n"
        f"- reasoning effort: {manifest.reasoning_effort or 'not set'}\n- tools: {', '.join(manifest.tools)}"
    )
