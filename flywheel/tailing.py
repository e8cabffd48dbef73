"""What is stored from now on, span by span."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from flywheel.archive import Archive
from traces.segments import follow, segment_paths
from traces.segments.names import PACKED_SUFFIX, name_of
from traces.span import Span

POLL_SECONDS = 0.3


def new_spans(archive: Archive, *, sleep: Callable[[float], None] = time.sleep) -> Iterator[Span | None]:
    """Each span that is stored after the call, of runs whose reading is no look; ``None`` after each round.

    Never ends by itself. Raises ``SegmentError`` where a segment cannot be read.
    """
    folders = (archive.store.own, archive.store.foreign)
    since = {folder: _ends(folder) for folder in folders}
    closed = archive.held_out()
    while True:
        for folder in folders:
            for chunk in follow(folder, since[folder]):
                since[folder][chunk.segment] = chunk.end
                # A look is recorded before its first run starts.
                closed = closed if folder == archive.store.foreign else archive.held_out()
                yield from (record.span for record in chunk.records if record.span.trace_id not in closed)
        yield None
        sleep(POLL_SECONDS)


def _ends(folder: Path) -> dict[str, int]:
    # What is compressed is closed: nothing comes after it.
    return {
        name_of(path): sys.maxsize if path.name.endswith(PACKED_SUFFIX) else path.stat().st_size
        for path in segment_paths(folder)
    }
