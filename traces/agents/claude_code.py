"""Anthropic's Claude Code: a run for each session, told by log events, spans (a beta) or both."""

from __future__ import annotations

from collections.abc import Sequence

from traces.agents.claude_code_calls import PREFIX, SCOPES, SESSION, SOURCE
from traces.agents.claude_code_logs import ClaudeCodeSession, event_of
from traces.agents.claude_code_spans import ClaudeCodeSpans
from traces.agents.reading import stated_ns
from traces.agents.sessions import sort_records
from traces.agents.telemetry import Told
from traces.otlp.log_record import LogRecord
from traces.read_attributes import text_of
from traces.span import Span

# Source of names and types: https://code.claude.com/docs/en/monitoring-usage (August 2026).
_TOLD_ELSEWHERE = frozenset(
    {
        "api_request_body",
        "at_mention",
        "auth",
        "feedback_survey",
        "hook_execution_complete",
        "hook_execution_start",
        "hook_registered",
        "mcp_server_connection",
        "plugin_installed",
        "plugin_loaded",
    }
)


class ClaudeCode:
    """Claude Code's telemetry. Sub-agents work in the session of their parent, and so in its run.

    A call gets the same id from its log and from its span, by the API's id of the request and the model's
    id of the tool use. Content is redacted by default; everything else is told without it.
    """

    @property
    def name(self) -> str:
        """``claude-code``."""
        return SOURCE

    def from_logs(self, records: Sequence[LogRecord]) -> Told:
        """Runs of the batch's events; those that tell nothing of the work are dropped."""
        return sort_records(
            records,
            is_mine=_is_event,
            session_of=lambda record: text_of(record.attributes, SESSION),
            moment=lambda record: stated_ns(record) or record.time_ns,
            begin=ClaudeCodeSession,
            stranger="claude-code: no event of a session",
            unread=lambda record: _reason(event_of(record)),
        ).told()

    def from_spans(self, spans: Sequence[Span]) -> Told:
        """The batch's spans in the runs of their sessions."""
        sessions: dict[str, list[Span]] = {}
        used: set[int] = set()
        for index, span in enumerate(spans):
            if span.name.startswith(PREFIX) and (session := text_of(span.attributes, SESSION)):
                sessions.setdefault(session, []).append(span)
                used.add(index)
        told = [
            span for session, found in sessions.items() for span in ClaudeCodeSpans(session, found).tell()
        ]
        return Told(spans=told, used=frozenset(used))


def _is_event(record: LogRecord) -> bool:
    return record.scope.startswith(SCOPES) or record.name.startswith(PREFIX) or record.body.startswith(PREFIX)


def _reason(event: str) -> str:
    return f"{PREFIX}{event}" if event in _TOLD_ELSEWHERE else "claude-code: another event"
