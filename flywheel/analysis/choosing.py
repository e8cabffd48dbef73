"""Which of the stored runs are analyzed."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flywheel.archive import Archive
from flywheel.errors import FlywheelError
from flywheel.indexing import asks_for_signals, caught_up, detect
from flywheel.mine_index import mine_view
from flywheel.observer import SilentObserver
from flywheel.reading import matching_runs
from traces.errors import QueryError
from traces.index import Query, Where
from traces.run import Run
from traces.where import check_where, parse_where

_AGO = re.compile(r"(?P<count>\d{1,6})(?P<unit>[mhdw])")
_SECONDS = {"m": 60.0, "h": 3600.0, "d": 86_400.0, "w": 604_800.0}


@dataclass(frozen=True, kw_only=True)
class Choice:
    """Conditions that a run must meet; none chooses all runs that are open."""

    where: tuple[Where, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """The runs, the newest first or by run key, and the harness commit they are looked at for (empty: none)."""

    runs: Sequence[Run]
    commit: str = ""


def parse_choice(
    conditions: Sequence[str], since: str | None, *, clock: Callable[[], float] = time.time
) -> Choice:
    """The choice that ``--where`` and ``--since`` state; raises ``QueryError`` and ``FlywheelError``."""
    where = [parse_where(condition) for condition in conditions]
    if since is not None:
        where.append(_since(since, clock))
    return Choice(where=tuple(where))


def chosen_runs(archive: Archive, choice: Choice) -> Chosen:
    """The runs of an archive that meet the choice; raises ``FlywheelError`` where there is none.

    Runs of held-out splits are left out by the ledger, whatever the choice says.
    """
    project = archive.project
    commit = "" if project is None else project.repository.current()
    own = _own_runs(archive, commit, choice)
    runs = own or _foreign_runs(archive, choice)
    if not runs:
        what = "run meets these conditions" if choice.where else "stored trace tells of an agent's work"
        raise FlywheelError(f"no runs to analyze; no {what}; `flywheel traces stats` tells what there is")
    return Chosen(runs=runs, commit=commit)


def _own_runs(archive: Archive, commit: str, choice: Choice) -> Sequence[Run]:
    project = archive.project
    if project is None:
        return ()
    runs = mine_view(project).runs()
    if choice.where:
        met = {run.run_id for run in _matching(archive, choice)}
        return [run for run in runs if run.run_id in met]
    tree = project.repository.tree_hash(commit)
    return [run for run in runs if run.harness_tree == tree] or runs


def _foreign_runs(archive: Archive, choice: Choice) -> Sequence[Run]:
    return [run for run in _matching(archive, choice) if not run.harness_tree]


def _matching(archive: Archive, choice: Choice) -> Sequence[Run]:
    with caught_up(archive) as index:
        if asks_for_signals(Query(where=choice.where)):
            detect(archive, index, SilentObserver())
        return list(matching_runs(archive, index, where=choice.where))


def _since(text: str, clock: Callable[[], float]) -> Where:
    """A condition on the time: ``90m``, ``12h``, ``7d``, ``2w`` ago, or a date."""
    ago = _AGO.fullmatch(text.strip())
    value = str(clock() - int(ago["count"]) * _SECONDS[ago["unit"]]) if ago is not None else text.strip()
    where = Where(field="time", operator=">=", value=value)
    try:
        check_where(where)
    except QueryError:
        raise FlywheelError(
            f"{text!r} is no time to begin at; write 90m, 12h, 7d, 2w or 2026-01-31"
        ) from None
    return where
