"""The embedded index of an archive: brought up to date with its segments, with the ledger and with detectors."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from analyzers.detectors import default_detectors, detect_all
from benchmarks.task import Split
from flywheel.archive import Archive
from flywheel.looks import held_out_keys
from flywheel.observer import Observer, SilentObserver
from flywheel.records import names
from traces.catch_up import catch_up
from traces.embedded import EmbeddedIndex, is_index
from traces.index import Query, Where
from traces.normal import assemble, is_run
from traces.reindex import ReindexReport, reindex

HELD_OUT = "held-out"
_OPEN = (
    Where(field="access", operator="!=", value=HELD_OUT),
    Where(field="split", operator="!=", value=Split.GATE.value),
    Where(field="split", operator="!=", value=Split.SEALED.value),
)
_MARKED = "marked"  # notes in the index: up to which change its runs were dealt with
_DETECTED = "detected"
_AT_ONCE = 200  # runs whose annotations are one transaction
_ROUNDS = 5  # others may write all the time


@contextmanager
def caught_up(archive: Archive, observer: Observer | None = None) -> Iterator[EmbeddedIndex]:
    """The archive's index with everything that its segments hold; an outdated file is built anew.

    Runs that a look covers are marked in the field ``access``. Raises ``SegmentError`` where segments or
    index cannot be read.
    """
    observer = observer or SilentObserver()
    if archive.store.index.exists() and not is_index(archive.store.index):
        observer.stage("build the index anew")
        rebuild(archive)
    with EmbeddedIndex(archive.store.index) as index:
        done = 0

        def tell(spans: int) -> None:
            nonlocal done
            if not done:
                observer.stage("index new spans")
            done += spans
            observer.progress(done, done, "spans")

        catch_up(index, archive.store, progress=tell)
        _mark_closed(archive, index)
        yield index


def rebuild(archive: Archive) -> ReindexReport:
    """Build the index anew from the segments, the ledger and the detectors, beside the old one."""
    report = reindex(archive.store, archive.store.index)
    with EmbeddedIndex(archive.store.index) as index:
        _mark_closed(archive, index)
        detect(archive, index, SilentObserver())
    return report


def detect(archive: Archive, index: EmbeddedIndex, observer: Observer) -> int:
    """Let detectors see the runs that changed since they last did, and enter signals and patterns.

    Runs that a look covers are left out. Returns how many runs were looked at.
    """
    seen = 0

    def deal(changed: Sequence[str]) -> None:
        nonlocal seen
        closed, patterns = archive.held_out(), _patterns(archive)
        runs = [run for run in changed if run not in closed]
        observer.stage(f"look for signals in {len(runs):,} new runs")
        for start in range(0, len(runs), _AT_ONCE):
            index.annotate_all(_annotations(archive, index, runs[start : start + _AT_ONCE], patterns))
            observer.progress(min(start + _AT_ONCE, len(runs)), len(runs), "runs")
        seen += len(runs)

    since = int(index.note(_DETECTED) or 0)
    sequence = _deal_with_changes(index, since, deal)
    if sequence != since:
        index.set_note(_DETECTED, str(sequence))
    return seen


def open_only(query: Query) -> Query:
    """The query over runs whose reading is no look."""
    return replace(query, where=(*query.where, *_OPEN))


def asks_for_signals(query: Query) -> bool:
    """Whether a query needs what detectors and the ledger say."""
    asked = {*(where.field for where in query.where), *query.facets, *(sort.field for sort in query.sort)}
    return bool(asked & {"signal", "pattern"})


def _annotations(
    archive: Archive, index: EmbeddedIndex, run_ids: Sequence[str], patterns: dict[str, list[str]]
) -> dict[str, dict[str, list[str]]]:
    traces = (index.run_spans(run_id, archive.store) for run_id in run_ids)
    runs = [assemble(spans) for spans in traces if spans and is_run(spans)]
    signals: dict[str, set[str]] = defaultdict(set)
    for signal in detect_all(runs, default_detectors()):
        signals[signal.run_id].add(signal.detector)
    found = {run.run_id: {"signal": sorted(signals[run.run_id])} for run in runs}
    if archive.project is not None:  # a folder has no ledger: what an analysis entered there stays
        for run in runs:
            found[run.run_id]["pattern"] = patterns.get(run.run_id, [])
    return found


def _patterns(archive: Archive) -> dict[str, list[str]]:
    """The ids of patterns by run id, as the ledger has them."""
    found: dict[str, set[str]] = defaultdict(set)
    entries = () if archive.project is None else archive.project.ledger.entries("pattern")
    for entry in entries:
        for run_id in (*names(entry.body["runs"]), *names(entry.body.get("also"))):
            found[run_id].add(str(entry.body["id"]))
    return {run_id: sorted(ids) for run_id, ids in found.items()}


def _mark_closed(archive: Archive, index: EmbeddedIndex) -> None:
    """Enter which runs a look covers: all again where there are new looks, else those that changed."""
    if archive.project is None:
        return
    keys = len(held_out_keys(archive.project.ledger))
    note = index.note(_MARKED)
    known, _, since = note.partition("@")

    def deal(changed: Sequence[str]) -> None:
        closed = archive.held_out()
        index.annotate_all({run: {"access": [HELD_OUT]} for run in changed if run in closed})

    sequence = _deal_with_changes(index, int(since) if known == str(keys) else 0, deal)
    if (marked := f"{keys}@{sequence}") != note:
        index.set_note(_MARKED, marked)


def _deal_with_changes(index: EmbeddedIndex, since: int, deal: Callable[[Sequence[str]], None]) -> int:
    """Hand over the runs that changed; returns where to go on the next time.

    Annotating a run changes it, and is no reason to hand it over again. What others change meanwhile is
    handed over too, now or the next time.
    """
    changed, sequence = index.changed_since(since)
    for _ in range(_ROUNDS):
        if not changed:
            return sequence
        deal(changed)
        dealt, since = set(changed), sequence
        later, sequence = index.changed_since(since)
        changed = tuple(run for run in later if run not in dealt)
    return sequence if not changed else since
