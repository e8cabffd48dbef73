"""The embedded index of a project: rebuilt from segments and ledger, searched without opening held-out runs."""

from __future__ import annotations

from collections import defaultdict

from analyzers.detectors import default_detectors, detect_all
from analyzers.quality import sift
from benchmarks.task import Split
from flywheel.looks import held_out_run_ids
from flywheel.mine_index import minable, stored_runs
from flywheel.project import Project
from flywheel.reading import look_at
from flywheel.records import names
from traces.embedded import EmbeddedIndex, is_index
from traces.index import Page, Query, Where
from traces.reindex import ReindexReport, reindex
from traces.segments import segment_paths


def rebuild_index(project: Project) -> ReindexReport:
    """Build the index anew: every run from the segments, signals from detectors, patterns from the ledger."""
    project.segments.mkdir(parents=True, exist_ok=True)
    return reindex(project.segments, project.index, annotations=run_annotations(project))


def run_annotations(project: Project) -> dict[str, dict[str, list[str]]]:
    """Signals and patterns by run id, for the runs that may be mined."""
    runs = minable(project, stored_runs(project))
    signals: dict[str, set[str]] = defaultdict(set)
    patterns: dict[str, set[str]] = defaultdict(set)
    for signal in detect_all(sift(runs).kept, default_detectors()):
        signals[signal.run_id].add(signal.detector)
    for entry in project.ledger.entries("pattern"):
        for run_id in names(entry.body["runs"]):
            patterns[run_id].add(str(entry.body["id"]))
    return {
        run.run_id: {"signal": sorted(signals[run.run_id]), "pattern": sorted(patterns[run.run_id])}
        for run in runs
    }


def search_runs(project: Project, query: Query, *, held_out: bool) -> Page:
    """Search the index, rebuilding it first where there is none or runs have come since.

    Without ``held_out`` only the mine split and runs of no split are searched, and runs that a look
    covers are dropped whatever split they claim; with it, the look is recorded first.
    """
    if held_out or not _is_current(project):
        rebuild_index(project)
    closed = held_out_run_ids(project.ledger)
    if held_out:
        look_at(
            project,
            tuple(run for run in stored_runs(project) if run.run_id in closed),
            why="traces search --held-out",
        )
        closed = frozenset()
    else:
        query = _open_splits_only(query)
    with EmbeddedIndex(project.index) as index:
        page = index.search(query)
    hits = tuple(hit for hit in page.hits if hit.run_id not in closed)
    return Page(hits=hits, total=page.total - (len(page.hits) - len(hits)), facets=page.facets)


def _is_current(project: Project) -> bool:
    """Whether the index is there, readable, and younger than every segment."""
    if not is_index(project.index):
        return False
    built = project.index.stat().st_mtime_ns
    return all(path.stat().st_mtime_ns <= built for path in segment_paths(project.segments))


def _open_splits_only(query: Query) -> Query:
    closed = tuple(
        Where(field="split", operator="!=", value=split.value) for split in (Split.GATE, Split.SEALED)
    )
    return Query(
        text=query.text,
        where=(*query.where, *closed),
        facets=query.facets,
        limit=query.limit,
        offset=query.offset,
    )
