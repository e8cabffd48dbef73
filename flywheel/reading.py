"""A person reading runs: reading results of held-out splits is a look and is recorded before anything is shown."""

from __future__ import annotations

import sys
import time

from benchmarks.task import Split
from flywheel.errors import FlywheelError, UnknownName
from flywheel.looks import held_out_run_ids, record_look
from flywheel.mine_index import stored_runs
from flywheel.project import Project
from traces.run import Run


def find_run(project: Project, wanted: str) -> Run:
    """The run whose id begins with ``wanted``; raises ``UnknownName`` for none and ``FlywheelError`` for several."""
    runs = [run for run in stored_runs(project) if run.run_id.startswith(wanted)]
    if not runs:
        raise UnknownName("run", wanted, (run.run_id[:12] for run in stored_runs(project)[:6]))
    if len(runs) > 1:
        raise FlywheelError(
            f"{wanted!r} begins {len(runs)} run ids; give more of it, e.g. {runs[0].run_id[:12]}"
        )
    if runs[0].run_id in held_out_run_ids(project.ledger):
        look_at(project, (runs[0],), why="traces show")
    return runs[0]


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
