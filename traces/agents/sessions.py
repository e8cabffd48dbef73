"""Sorting a batch of log records into the runs of their sessions: the same for every agent."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from traces.agents.reading import moments
from traces.agents.telemetry import Told
from traces.otlp.log_record import LogRecord
from traces.span import Span


class Session(Protocol):
    """One run while the records of a batch are read into it."""

    def read(self, record: LogRecord, time: int, /) -> bool:
        """Take in a record that happened at ``time``, in nanoseconds; false where it adds nothing."""
        ...

    def finish(self) -> Sequence[Span]:
        """The run's spans, as far as the batch tells of it."""
        ...


AnySession = TypeVar("AnySession", bound=Session)


@dataclass(frozen=True, kw_only=True)
class Sorted(Generic[AnySession]):
    """The sessions of a batch by their own ids, and what became of each record, by its place in the batch."""

    sessions: dict[str, AnySession]
    used: frozenset[int]
    dropped: dict[int, str]

    def told(self) -> Told:
        """The spans of all sessions."""
        spans = [span for session in self.sessions.values() for span in session.finish()]
        return Told(spans=spans, used=self.used, dropped=self.dropped)


def sort_records(
    records: Sequence[LogRecord],
    *,
    is_mine: Callable[[LogRecord], bool],
    session_of: Callable[[LogRecord], str],
    moment: Callable[[LogRecord], int],
    begin: Callable[[str, LogRecord], AnySession],
    stranger: str,
    unread: Callable[[LogRecord], str],
) -> Sorted[AnySession]:
    """Read an agent's records, in order, into its sessions.

    ``moment`` gives a record's time in nanoseconds, 0 where it has none. Dropped are those without a session
    (for the reason ``stranger``) and those that add nothing (for the reason that ``unread`` gives).
    """
    mine = [index for index, record in enumerate(records) if is_mine(record)]
    times = moments([records[index] for index in mine], moment)
    sessions: dict[str, AnySession] = {}
    used: set[int] = set()
    dropped: dict[int, str] = {}
    for index, time in zip(mine, times, strict=True):
        record = records[index]
        name = session_of(record)
        if not name:
            dropped[index] = stranger
            continue
        if name not in sessions:
            sessions[name] = begin(name, record)
        if sessions[name].read(record, time):
            used.add(index)
        else:
            dropped[index] = unread(record)
    return Sorted(sessions=sessions, used=frozenset(used), dropped=dropped)
