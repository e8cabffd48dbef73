"""Searching an archive without opening what is held out."""

from __future__ import annotations

from flywheel.archive import Archive
from flywheel.indexing import asks_for_signals, caught_up, detect, open_only
from flywheel.mine_index import stored_runs
from flywheel.observer import Observer, SilentObserver
from flywheel.reading import look_at
from traces.index import Page, Query


def search_archive(
    archive: Archive, query: Query, *, held_out: bool = False, observer: Observer | None = None
) -> Page:
    """Answer a query over everything stored until now.

    Without ``held_out`` runs of the gate and sealed splits stay closed; with it, they are searched too, and
    the look is recorded first. Raises ``FlywheelError`` where there are no traces at all, and ``QueryError``
    for a query that makes no sense.
    """
    archive.require_traces()
    if held_out and archive.project is not None:
        closed = archive.held_out()
        runs = tuple(run for run in stored_runs(archive.project) if run.run_id in closed)
        look_at(archive.project, runs, why="traces search --held-out")
    with caught_up(archive, observer) as index:
        if asks_for_signals(query):
            detect(archive, index, observer or SilentObserver())
        return index.search(query if held_out else open_only(query))
