"""Bringing the embedded index up to date with a store's segments: what is new goes in, exactly once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from traces.embedded import EmbeddedIndex
from traces.embedded.places import folder_of, reread_run
from traces.embedded.rows import Place
from traces.embedded.run_rows import Origin
from traces.embedded.segments import Position, forget_segments, read_positions, save_position
from traces.embedded.writing import SpanWriter
from traces.segments import Chunk, follow
from traces.store import TraceStore

_BATCH_BYTES = 24 << 20  # of segments; one transaction
_GROWTH = 20  # times what was read: how long a run may be that is read anew
_CHUNK_BYTES = 4 << 20
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


class _Source:
    """The chunks of both folders. Reading goes on where it stopped, unless another process went further."""

    def __init__(self, store: TraceStore) -> None:
        self._store = store
        self._expected: dict[Origin, dict[str, int]] | None = None
        self._chunks: Iterator[tuple[Origin, Chunk]] = iter(())
        self._next: tuple[Origin, Chunk] | None = None

    def is_more(self, positions: dict[Origin, dict[str, int]]) -> bool:
        """Whether there is anything behind these positions."""
        if positions != self._expected:
            self._expected = positions
            self._chunks = self._follow(positions)
            self._next = None
        if self._next is None:
            self._next = next(self._chunks, None)
        return self._next is not None

    def chunks(self, positions: dict[Origin, dict[str, int]]) -> Iterator[tuple[Origin, Chunk]]:
        """What lies behind these positions; they are kept up to date with what is handed out."""
        while self.is_more(positions):
            assert self._next is not None
            origin, chunk = self._next
            self._next = None
            positions[origin][chunk.segment] = chunk.end
            self._expected = positions
            yield origin, chunk

    def _follow(self, positions: dict[Origin, dict[str, int]]) -> Iterator[tuple[Origin, Chunk]]:
        for origin in _ORIGINS:
            since = dict(positions[origin])
            for chunk in follow(folder_of(self._store, origin), since, max_bytes=_CHUNK_BYTES):
                yield origin, chunk


def _is_more(index: EmbeddedIndex, source: _Source) -> bool:
    with index.reading() as snapshot:
        return source.is_more(read_positions(snapshot.connection))


def _take_batch(writer: SpanWriter, index: EmbeddedIndex, source: _Source, tally: Tally) -> None:
    """Write what fits into one transaction."""
    size = 0
    for origin, chunk in source.chunks(read_positions(index.connection)):
        segment = save_position(
            index.connection,
            Position(origin=origin, name=chunk.segment, end=chunk.end, damaged=chunk.damage.total),
        )
        tally.damaged += chunk.damage.total
        _take_chunk(writer, chunk, segment, origin, tally)
        size += chunk.end - chunk.start
        if size >= _BATCH_BYTES:
            return


def _take_chunk(writer: SpanWriter, chunk: Chunk, segment: int, origin: Origin, tally: Tally) -> None:
    tally.read += len(chunk.records)
    for record in chunk.records:
        place = Place(segment, record.offset, record.length, record.checksum)
        taken = writer.take(record.span, place, origin=origin)
        if taken in {"new", "merged"}:
            tally.spans += 1
        elif taken == "duplicate":
            tally.duplicates += 1
        else:
            tally.ignored += 1
