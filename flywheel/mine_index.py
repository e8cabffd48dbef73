"""The view of an index that analysts get: runs of ``mine``, by run id from the ledger."""

from __future__ import annotations

from collections.abc import Iterable

from analyzers.mine_view import RunsView
from flywheel.looks import held_out_keys, held_out_run_ids
from flywheel.project import Project
from traces.outcome import Outcome
from traces.read_runs import read_runs
from traces.run import Run


def stored_runs(project: Project) -> tuple[Run, ...]:
    """All runs of this repository's segments, ordered by run key and attempt."""
    runs = read_runs(project.segments) if project.segments.is_dir() else ()
    return tuple(sorted(runs, key=lambda run: (run.key, run.attempt, run.run_id)))


def minable(project: Project, runs: Iterable[Run]) -> tuple[Run, ...]:
    """The runs that no look covers and that ended, whatever split their spans claim."""
    ids, keys = held_out_run_ids(project.ledger), held_out_keys(project.ledger)
    return tuple(run for run in runs if run.run_id not in ids and run.key not in keys and _ended(run))


def mine_view(project: Project, keys: Iterable[str] | None = None) -> RunsView:
    """A view over the minable runs, those with the given run keys where keys are given."""
    wanted = None if keys is None else frozenset(keys)
    runs = minable(project, stored_runs(project))
    return RunsView(tuple(run for run in runs if wanted is None or run.key in wanted))


def count_runs(project: Project) -> int:
    """How many runs of this repository have ended."""
    return sum(_ended(run) for run in stored_runs(project))


def _ended(run: Run) -> bool:
    return run.root is not None or run.outcome is not Outcome.UNKNOWN
