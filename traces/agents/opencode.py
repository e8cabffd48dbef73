"""OpenCode: its log records are the lines of its log file; its spans are the AI SDK's and tell the run."""

from __future__ import annotations

from collections.abc import Sequence

from traces.agents.telemetry import Told
from traces.otlp.log_record import LogRecord
from traces.span import Span

_SOURCE = "opencode"


class OpenCode:
    """OpenCode's telemetry, as far as it is not the AI SDK's: nothing of it tells of a run."""

    @property
    def name(self) -> str:
        """``opencode``."""
        return _SOURCE

    def from_logs(self, records: Sequence[LogRecord]) -> Told:
        """Drops log lines: records without an event's name."""
        mine = [index for index, record in enumerate(records) if not record.name and _is_ours(record)]
        return Told(dropped=dict.fromkeys(mine, "opencode: a line of its log"))

    def from_spans(self, spans: Sequence[Span]) -> Told:  # noqa: ARG002  # the AI SDK's dialect reads them
        """None of them."""
        return Told()


def _is_ours(record: LogRecord) -> bool:
    return _SOURCE in (record.scope, record.resource.get("service.name"))
