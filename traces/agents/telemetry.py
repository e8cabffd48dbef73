"""What tells an agent's story: a batch of its log records or spans in, the spans of its runs out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from traces.otlp.log_record import LogRecord
from traces.span import Span


@dataclass(frozen=True, kw_only=True)
class Told:
    """What one agent's translator made of a batch; indices count the batch's items from 0.

    ``spans`` are in normal form. They stand in for the items in ``used``, those that are to be kept as they
    came included. ``dropped`` are the agent's items that tell nothing, each with a reason without content.
    Items in neither are not this agent's: the next translator is asked.
    """

    spans: Sequence[Span] = ()
    used: frozenset[int] = frozenset()
    dropped: Mapping[int, str] = field(default_factory=dict)


class AgentTelemetry(Protocol):
    """Reads one agent's telemetry. ``name`` is the value of ``flywheel.import.source`` on its roots.

    It keeps nothing between calls: the records of one conversation come in many batches, to several
    processes, after restarts and more than once. So ids are derived from the agent's own, and each batch
    brings its own version of a run's root, which spans what the batch holds and says what the batch knows;
    readers merge the versions: earliest start, latest end, all attributes, those of the later version first.
    """

    @property
    def name(self) -> str:
        """The agent's name, such as ``codex``."""
        ...

    def from_logs(self, records: Sequence[LogRecord]) -> Told:
        """The spans that a batch of log records tells of; never raises, whatever the records hold."""
        ...

    def from_spans(self, spans: Sequence[Span]) -> Told:
        """The agent's spans, moved into its runs or left as they are; never raises.

        ``spans`` are already foreign-filed: what they claimed under ``flywheel.`` is under ``foreign.``.
        """
        ...
