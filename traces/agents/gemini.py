"""Google's Gemini CLI: a run for each session, told by log events, spans or both."""

from __future__ import annotations

from collections.abc import Sequence

from traces import attributes as names
from traces.agents.gemini_calls import SOURCE
from traces.agents.gemini_logs import DETAILS, LOOP, PREFIX, SESSION, TOLD_ELSEWHERE, GeminiSession
from traces.agents.gemini_spans import GeminiSpans
from traces.agents.reading import stated_ns
from traces.agents.sessions import sort_records
from traces.agents.telemetry import Told
from traces.otlp.log_record import LogRecord
from traces.read_attributes import text_of
from traces.span import Span


class Gemini:
    """Gemini CLI's telemetry. A sub-agent works in the session of its parent, and so in its run.

    A model call gets the same id from its log and from its span, a tool call does where both say what was
    asked (``traces`` and ``logPrompts`` on). Where they do not, the logs are the story: spans are kept
    without an operation.
    """

    @property
    def name(self) -> str:
        """``gemini-cli``."""
        return SOURCE

    def from_logs(self, records: Sequence[LogRecord]) -> Told:
        """Runs of the batch's events; what repeats others, such as the whole history, is dropped."""
        return sort_records(
            records,
            is_mine=_is_event,
            session_of=lambda record: text_of(record.attributes, SESSION),
            # The record's own time is up to milliseconds later than the event.
            moment=lambda record: stated_ns(record) or record.time_ns,
            begin=GeminiSession,
            stranger="gemini-cli: no event of a session",
            unread=lambda record: (
                record.name if record.name in TOLD_ELSEWHERE else "gemini-cli: another event"
            ),
        ).told()

    def from_spans(self, spans: Sequence[Span]) -> Told:
        """The batch's spans, those of a session in its run."""
        mine = [index for index, span in enumerate(spans) if _is_span(span)]
        runs: dict[str, GeminiSpans] = {}
        for index in mine:
            session = text_of(spans[index].attributes, names.CONVERSATION)
            if session not in runs:
                runs[session] = GeminiSpans(session, spans[index])
            runs[session].read(spans[index])
        told = [span for run in runs.values() for span in run.finish()]
        return Told(spans=told, used=frozenset(mine))


def _is_event(record: LogRecord) -> bool:
    ours = record.scope == SOURCE or record.resource.get("service.name") == SOURCE
    return record.name.startswith(PREFIX) or (ours and record.name in (DETAILS, LOOP))


def _is_span(span: Span) -> bool:
    ours = span.scope == SOURCE or span.resource.get("service.name") == SOURCE
    return ours and bool(text_of(span.attributes, names.CONVERSATION))
