"""A person reading runs: reading results of held-out splits is a look and is recorded before anything is shown."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from benchmarks.task import Split
from flywheel.archive import Archive
from flywheel.errors import FlywheelError, UnknownName
from flywheel.indexing import caught_up, open_only
from flywheel.looks import record_look
from flywheel.project import Project
from traces.embedded import EmbeddedIndex
from traces.index import Query, Where
from traces.normal import assemble
from traces.outcome import Outcome
from traces.run import Run

_PAGE = 1000


def find_run(archive: Archive, wanted: str) -> Run:
    """The run whose id begins with ``wanted``; raises ``UnknownName`` for none and ``FlywheelError`` for several."""
    archive.require_traces()
    with caught_up(archive) as index:
        found = index.run_ids(wanted)
        if not found:
            recent = index.search(open_only(Query(by_run=True, limit=6))).hits
            raise UnknownName("run", wanted, (hit.run_id[:12] for hit in recent))
        if len(found) > 1:
            raise FlywheelError(
                f"{wanted!r} begins {len(found)} run ids; give more of it, e.g. {found[0][:12]}"
            )
        run = read_run(archive, index, found[0])
    if archive.project is not None and run.run_id in archive.held_out():
        look_at(archive.project, (run,), why="traces show")
    return run


def read_run(archive: Archive, index: EmbeddedIndex, run_id: str) -> Run:
    """A run from the segments, with the outcome that evaluations gave it; raises ``SegmentError``."""
    page = index.search(Query(where=(Where(field="run", operator="=", value=run_id),), limit=1))
    return _read(archive, index, run_id, page.hits[0].fields if page.hits else {})


def matching_runs(
    archive: Archive, index: EmbeddedIndex, *, text: str = "", where: Sequence[Where] = ()
) -> Iterator[Run]:
    """The runs of a query that are open to be read, the newest first, one in memory at a time."""
    query = open_only(Query(text=text, where=tuple(where), by_run=True, limit=_PAGE))
    offset = 0
    while hits := index.search(replace(query, offset=offset)).hits:
        for hit in hits:
            yield _read(archive, index, hit.run_id, hit.fields)
        offset += len(hits)


def _read(
    archive: Archive, index: EmbeddedIndex, run_id: str, fields: Mapping[str, str | int | float]
) -> Run:
    run = assemble(index.run_spans(run_id, archive.store))
    outcome = str(fields.get("outcome", Outcome.UNKNOWN))
    if run.outcome is not Outcome.UNKNOWN or outcome == Outcome.UNKNOWN:
        return run
    return replace(run, outcome=Outcome(outcome), reason=str(fields.get("reason", "")))


def look_at(project: Project, runs: tuple[Run, ...], *, why: str) -> None:
    """Record that a person read results of held-out runs."""
    if not runs:
        return
    record_look(
        project.ledger,
        f"read/{time.time_ns()}",
        split=Split.SEALED if any(run.split == Split.SEALED for run in runs) else Split.GATE,
        groups=[run.group for run in runs],
        run_keys=sorted({run.key for run in runs}),
        candidate=runs[0].harness_commit,
        why=why,
    )
    sys.stderr.write(f"this reads {len(runs)} held-out runs: recorded as a look\n")
