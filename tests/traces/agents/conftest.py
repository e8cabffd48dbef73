"""Small log records and spans in the shapes that coding agents send."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from traces.normal import assemble
from traces.otlp.log_record import LogRecord
from traces.run import Run
from traces.span import AttributeValue, Span

START_MS = 1_795_219_380_000
_MS_NS = 1_000_000

MakeRecord = Callable[..., LogRecord]
MakeSpan = Callable[..., Span]


def stamp(milliseconds: int) -> str:
    """That many milliseconds after the tests' start, as ``event.timestamp`` has it."""
    moment = datetime.fromtimestamp((START_MS + milliseconds) / 1000, tz=UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


@pytest.fixture
def codex_record() -> MakeRecord:
    """A Codex event: ``make(name, milliseconds, **attributes)``; double underscores are dots."""

    def make(
        name: str,
        milliseconds: float,
        *,
        conversation: str = "c1",
        trace_id: str = "t" * 32,
        **more: AttributeValue,
    ) -> LogRecord:
        return LogRecord(
            time_ns=int((START_MS + milliseconds) * _MS_NS),
            name=f"codex.{name}",
            trace_id=trace_id,
            attributes={
                "event.name": f"codex.{name}",
                "event.timestamp": stamp(int(milliseconds)),
                "conversation.id": conversation,
                "app.version": "0.169.0",
                "model": "gpt-5.5",
                "slug": "gpt-5.5",
                **{key.replace("__", "."): value for key, value in more.items()},
            },
            resource={"service.name": "codex_exec"},
            scope="codex_otel.log_only",
        )

    return make


@pytest.fixture
def gemini_record() -> MakeRecord:
    """A Gemini CLI event: ``make(name, milliseconds, span_id=…, **attributes)``."""

    def make(
        name: str, milliseconds: int, *, session: str = "s1", span_id: str = "", **more: AttributeValue
    ) -> LogRecord:
        return LogRecord(
            time_ns=(START_MS + milliseconds + 3) * _MS_NS,
            name=name,
            span_id=span_id,
            attributes={
                "session.id": session,
                "installation.id": "i1",
                "event.name": name,
                "event.timestamp": stamp(milliseconds),
                "prompt_id": session,
                **{key.replace("__", "."): value for key, value in more.items()},
            },
            resource={"service.name": "gemini-cli", "service.version": "v20.20.2"},
            scope="gemini-cli",
        )

    return make


@pytest.fixture
def gemini_span() -> MakeSpan:
    """A Gemini CLI span: ``make(name, span_id, start, end, parent_id=…, **attributes)`` in milliseconds."""

    def make(
        name: str,
        span_id: str,
        start: float,
        end: float,
        *,
        parent_id: str | None = None,
        session: str = "s1",
        **more: object,
    ) -> Span:
        texts = {
            key: value if isinstance(value, (str, int)) else json.dumps(value) for key, value in more.items()
        }
        return Span(
            trace_id=(parent_id or span_id) * 2,
            span_id=span_id,
            parent_id=parent_id,
            name=name,
            start_ns=int((START_MS + start) * _MS_NS),
            end_ns=int((START_MS + end) * _MS_NS),
            status="ok",
            attributes={
                "gen_ai.operation.name": name,
                "gen_ai.agent.name": "gemini-cli",
                "gen_ai.conversation.id": session,
                **{f"gen_ai.{key.replace('__', '.')}": value for key, value in texts.items()},
            },
            resource={"service.name": "gemini-cli"},
            scope="gemini-cli",
        )

    return make


@pytest.fixture
def claude_record() -> MakeRecord:
    """A Claude Code event: ``make(name, milliseconds, **attributes)``; its number is its millisecond."""

    def make(name: str, milliseconds: int, *, session: str = "s1", **more: AttributeValue) -> LogRecord:
        return LogRecord(
            time_ns=(START_MS + milliseconds) * _MS_NS,
            name=name,
            body=f"claude_code.{name}",
            attributes={
                "session.id": session,
                "event.name": name,
                "event.timestamp": stamp(milliseconds),
                "event.sequence": milliseconds,
                "user.id": "u1",
                "app.version": "2.1.329",
                **{key.replace("__", "."): value for key, value in more.items()},
            },
            resource={"service.name": "claude-code"},
            scope="com.anthropic.claude_code.events",
        )

    return make


@pytest.fixture
def claude_span() -> MakeSpan:
    """A Claude Code span: ``make(name, span_id, start, end, parent_id=…, **attributes)`` in milliseconds."""

    def make(
        name: str,
        span_id: str,
        start: float,
        end: float,
        *,
        parent_id: str | None = None,
        session: str = "s1",
        **more: AttributeValue,
    ) -> Span:
        return Span(
            trace_id="d" * 32,
            span_id=span_id,
            parent_id=parent_id,
            name=f"claude_code.{name}",
            start_ns=int((START_MS + start) * _MS_NS),
            end_ns=int((START_MS + end) * _MS_NS),
            attributes={
                "span.type": name,
                "session.id": session,
                **{key.replace("__", "."): value for key, value in more.items()},
            },
            resource={"service.name": "claude-code"},
            scope="com.anthropic.claude_code.tracing",
        )

    return make


@pytest.fixture
def read_runs() -> Callable[[Iterable[Span]], list[Run]]:
    """Runs as readers assemble them: of a span's versions the last to end counts, roots are merged."""

    def read(spans: Iterable[Span]) -> list[Run]:
        kept: dict[tuple[str, str], Span] = {}
        for span in spans:
            key = (span.trace_id, span.span_id)
            kept[key] = _merged(kept[key], span) if key in kept else span
        traces: dict[str, list[Span]] = {}
        for span in kept.values():
            traces.setdefault(span.trace_id, []).append(span)
        return [assemble(trace) for trace in traces.values()]

    return read


@pytest.fixture
def read_run(read_runs: Callable[[Iterable[Span]], list[Run]]) -> Callable[[Iterable[Span]], Run]:
    """The one run that the spans make up."""

    def read(spans: Iterable[Span]) -> Run:
        runs = read_runs(spans)
        assert len(runs) == 1
        return runs[0]

    return read


@pytest.fixture
def batches() -> Callable[[Sequence[LogRecord], int], list[Sequence[LogRecord]]]:
    """The records in requests of that many."""

    def cut(records: Sequence[LogRecord], size: int) -> list[Sequence[LogRecord]]:
        return [records[start : start + size] for start in range(0, len(records), size)]

    return cut


def _merged(one: Span, other: Span) -> Span:
    first, last = (one, other) if other.end_ns > one.end_ns else (other, one)
    if last.parent_id is not None:
        return last
    start = min(one.start_ns, other.start_ns)
    return replace(last, start_ns=start, attributes={**first.attributes, **last.attributes})
