"""Bringing the embedded index up to date with a store's segments: what is new goes in, exactly once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from traces.embedded import EmbeddedIndex
from traces.embedded.places import folder_of, reread_run
from traces.embedded.rows import Place
from traces.embedded.run_rows import Origin
from traces.embedded.segments import (
    Position,
    add_damage,
    forget_segments,
    read_positions,
    save_position,
)
from traces.embedded.writing import SpanWriter, Taken
from traces.segments.blocks import Block
from traces.segments.follow import follow_blocks
from traces.segments.record import DamageReport, Record, records_in
from traces.store import TraceStore

_BATCH_BYTES = 48 << 20  # of segments; one transaction
_GROWTH = 20  # times what was read: how long a run may be that is read anew
_BLOCK_BYTES = 256 << 10
_ORIGINS: tuple[Origin, ...] = ("own", "foreign")


@dataclass(frozen=True, kw_only=True)
class CaughtUp:
    """What one catching up did.

    ``spans`` were written, to ``runs`` traces. ``duplicates`` were there already, in this or a later
    version. ``ignored`` came from others under the id of a run of our own. ``damaged`` could not be read.
    """

    spans: int = 0
    runs: int = 0
    duplicates: int = 0
    damaged: int = 0
    ignored: int = 0


def catch_up(
    index: EmbeddedIndex, store: TraceStore, *, progress: Callable[[int], None] | None = None
) -> CaughtUp:
    """Index what was added to the store's segments since the last time, and forget segments that are gone.

    How far it got is stored with what it wrote: a process that is killed loses only its last batch, and
    the next one goes on there. Several may catch up at once; they take turns. ``progress`` is told of each
    batch, in spans read. Raises ``SegmentError`` where a segment or the index cannot be read.
    """
    total = Tally()
    source = _Source(store)
    forget_segments(index, store)
    while _is_more(index, source):
        batch = Tally()
        with index.writing(reread=lambda run: reread_run(index.connection, run, store)) as writer:
            _take_batch(writer, index, source, batch)
        batch.runs = writer.touched
        total.add(batch)
        if progress is not None and batch.read:
            progress(batch.read)
    settle_runs(index, store, read=total.read)
    return total.report()


def settle_runs(index: EmbeddedIndex, store: TraceStore, *, read: int) -> None:
    """Find root and steps of long runs that need it, but not of one that just grew by a little.

    So a run that grows for a long time is not read anew, whole, with every few spans.
    """
    with index.reading() as snapshot:
        (now,) = snapshot.connection.execute("SELECT sequence FROM meta").fetchone()
        rows = snapshot.connection.execute(
            "SELECT run FROM runs WHERE unsettled AND (spans <= ? OR sequence < ? OR ? = 0)",
            (read * _GROWTH, now, read),
        ).fetchall()
    if rows:
        with index.writing(reread=lambda run: reread_run(index.connection, run, store)) as writer:
            for (run_id,) in rows:
                writer.settle(run_id)


@dataclass(slots=True)
class Tally:
    """Counts that grow while batches are written."""

    read: int = 0
    spans: int = 0
    runs: int = 0
    duplicates: int = 0
    damaged: int = 0
    ignored: int = 0

    def note(self, taken: Taken) -> None:
        """Count what became of a span."""
        self.read += 1
        if taken in {"new", "merged"}:
            self.spans += 1
        elif taken == "duplicate":
            self.duplicates += 1
        else:
            self.ignored += 1

    def add(self, other: Tally) -> None:
        """Take over the counts of a batch that was written."""
        self.read += other.read
        self.spans += other.spans
        self.runs += other.runs
        self.duplicates += other.duplicates
        self.damaged += other.damaged
        self.ignored += other.ignored

    def report(self) -> CaughtUp:
        """The counts, final."""
        return CaughtUp(
            spans=self.spans,
            runs=self.runs,
            duplicates=self.duplicates,
            damaged=self.damaged,
            ignored=self.ignored,
        )


_Read = tuple[Origin, str, Block]  # a block of a segment of that name


class _Source:
    """The blocks of both folders. Reading goes on where it stopped, unless another process went further."""

    def __init__(self, store: TraceStore) -> None:
        self._store = store
        self._expected: dict[Origin, dict[str, int]] | None = None
        self._blocks: Iterator[_Read] = iter(())
        self._next: _Read | None = None

    def is_more(self, positions: dict[Origin, dict[str, int]]) -> bool:
        """Whether there is anything behind these positions."""
        if positions != self._expected:
            self._expected = positions
            self._blocks = self._follow(positions)
            self._next = None
        if self._next is None:
            self._next = next(self._blocks, None)
        return self._next is not None

    def blocks(self, positions: dict[Origin, dict[str, int]]) -> Iterator[_Read]:
        """What lies behind these positions; they are kept up to date with what is handed out."""
        while self.is_more(positions):
            assert self._next is not None
            origin, name, block = self._next
            self._next = None
            positions[origin][name] = block.end
            self._expected = positions
            yield origin, name, block

    def _follow(self, positions: dict[Origin, dict[str, int]]) -> Iterator[_Read]:
        for origin in _ORIGINS:
            since = dict(positions[origin])
            for name, block in follow_blocks(folder_of(self._store, origin), since, max_bytes=_BLOCK_BYTES):
                yield origin, name, block


def _is_more(index: EmbeddedIndex, source: _Source) -> bool:
    with index.reading() as snapshot:
        return source.is_more(read_positions(snapshot.connection))


def _take_batch(writer: SpanWriter, index: EmbeddedIndex, source: _Source, tally: Tally) -> None:
    """Write what fits into one transaction."""
    size = 0
    for origin, name, block in source.blocks(read_positions(index.connection)):
        segment = save_position(index.connection, Position(origin=origin, name=name, end=block.end))
        damage = DamageReport()
        for record in records_in(block, name=name, damage=damage):
            tally.note(writer.take(record.span, _place_of(record, segment), origin=origin))
        if damage.total:
            add_damage(index.connection, segment, damage.total)
            tally.damaged += damage.total
        size += block.end - block.start
        if size >= _BATCH_BYTES:
            return


def _place_of(record: Record, segment: int) -> Place:
    return Place(segment, record.offset, record.length, record.checksum)
