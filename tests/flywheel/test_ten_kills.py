"""``kill -9`` at random moments of a campaign: it ends as the undisturbed one did, and nothing is left over."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from flywheel.looks import held_out_run_ids
from flywheel.mine_index import mine_view, stored_runs
from flywheel.project import Project, open_project
from harness.run_store import finished_runs
from tests.flywheel.test_optimize import descendants, roots, verdicts, wait_until_gone

SEED = 5
DRIVER = """
import sys
from pathlib import Path
from flywheel.observer import SilentObserver
from flywheel.optimizing import Outputs, optimize
from flywheel.project import open_project
from flywheel.wheel import Settings
from harness.simulated.profile import Profile

def main():
    folder = Path(sys.argv[1])
    settings = Settings(
        suite="humaneval-repair", autonomy="autonomous", rounds=2, open_sealed=True, together=int(sys.argv[2])
    )
    outputs = Outputs(result=folder / "result.json", report=folder / "report.html")
    project = open_project(folder / "lenient")
    optimize(project, settings, outputs, SilentObserver(), model_profile=Profile(unverified_finish=0.8))

if __name__ == "__main__":
    main()
"""


def progress(project: Project) -> int:
    """How far a campaign has come: entries in the ledger and runs that have ended."""
    runs = len(finished_runs(project.segments)) if project.segments.is_dir() else 0
    return len(project.ledger.entries()) + runs


def mounts() -> Counter[str]:
    """Where this machine has something mounted, but for what a Docker engine does meanwhile."""
    places = (line.split()[1] for line in Path("/proc/self/mounts").read_text().splitlines())
    return Counter(place for place in places if "docker" not in place)


def control_groups() -> set[str]:
    """The control groups of this machine, but for those of a Docker engine."""
    return {place for place, _, _ in os.walk("/sys/fs/cgroup") if "docker" not in place}


def begin(folder: Path, together: int) -> subprocess.Popen[bytes]:
    """Start the campaign of a folder's harness, or go on with it; so many candidates share a control."""
    (folder / "driver.py").write_text(DRIVER)
    words = [sys.executable, folder / "driver.py", folder, str(together)]
    return subprocess.Popen(words, stdout=subprocess.DEVNULL)


def undisturbed(lenient: Project, folder: Path, together: int) -> tuple[Project, Any]:
    """The campaign of a copy that nobody kills, and its result."""
    shutil.copytree(lenient.repository.path, folder / "lenient", symlinks=True)
    assert begin(folder, together).wait() == 0
    return open_project(folder / "lenient"), json.loads((folder / "result.json").read_text())


def kill_at(process: subprocess.Popen[bytes], project: Project, point: int, pause: float) -> set[int]:
    """Wait until it has come so far and a moment longer, kill it, and name the processes that it had started."""
    while process.poll() is None and progress(project) < point:
        time.sleep(0.02)
    time.sleep(pause)
    started = descendants(process.pid) if process.poll() is None else set()
    process.send_signal(signal.SIGKILL)
    process.wait()
    return started


def looked_at(project: Project) -> list[list[str]]:
    """The runs that each look covers; a promotion's commit has its time in it, so looks are not told by candidates."""
    return sorted(list(entry.body["run_keys"]) for entry in project.ledger.entries("look"))  # type: ignore[call-overload]


def without_attempts(project: Project) -> list[Any]:
    """Every verdict but for which attempt a run was: one that a kill cut short is a second one."""
    return [
        {
            **verdict,
            "pairs": [
                {name: value for name, value in pair.items() if not name.endswith("_attempt")}
                for pair in verdict["pairs"]
            ],
        }
        for verdict in verdicts(project)
    ]


def consumed(project: Project) -> dict[str, tuple[str, str]]:
    """Outcome and digest of each run that a verdict rests on, by run key."""
    named = {
        run
        for entry in project.ledger.entries("verdict")
        for pair in entry.body["verdict"]["pairs"]
        for run in (pair["control_run"], pair["candidate_run"])
    }
    keys = {run.key for run in stored_runs(project) if run.run_id in named}
    found = finished_runs(project.segments)
    return {key: (found[key].outcome.value, found[key].digest) for key in keys}


@pytest.mark.slow
@pytest.mark.parametrize(("kills", "together"), [(10, 1), (3, 2)])
def test_kills_change_nothing(
    lenient: Project,
    tmp_path: Path,
    record_property: Callable[[str, object], None],
    kills: int,
    together: int,
) -> None:
    """Same verdicts, looks, promotion and sealed result; no run is paid for twice; no process, mount or group is left."""
    reference, expected = undisturbed(lenient, tmp_path / "whole", together)
    whole, draw = progress(reference), random.Random(SEED)
    points = sorted(draw.sample(range(1, whole), kills))
    before, groups = mounts(), control_groups()
    left: list[int] = []
    killed = 0
    for point in points:
        process = begin(tmp_path, together)
        started = kill_at(process, lenient, point, draw.uniform(0.0, 0.3))
        killed += process.returncode == -signal.SIGKILL
        left += wait_until_gone(started)
        assert max(roots(lenient).values(), default=1) == 1
        assert lenient.ledger.verify() == len(lenient.ledger.entries())
    assert begin(tmp_path, together).wait() == 0

    project = open_project(lenient.repository.path)
    document = json.loads((tmp_path / "result.json").read_text())
    paid = roots(project)
    attempts = Counter(run.attempt for run in stored_runs(project))
    record_property("kills", killed)
    record_property("points", f"{points} of {whole}")
    record_property("runs", len(paid))
    record_property("runs_undisturbed", len(roots(reference)))
    record_property("attempts", str(dict(sorted(attempts.items()))))
    assert killed >= kills - 1
    assert left == []
    assert (mounts() - before, control_groups() - groups) == (Counter(), set())
    assert set(paid.values()) == {1}
    assert without_attempts(project) == without_attempts(reference)
    assert consumed(project) == consumed(reference)
    for kind in (
        "campaign",
        "charge",
        "window",
        "experiment",
        "look",
        "sealed_opened",
        "sealed",
        "promotion",
    ):
        assert len(project.ledger.entries(kind)) == len(reference.ledger.entries(kind)), kind
    assert looked_at(project) == looked_at(reference)
    assert len(project.ledger.entries("window")) == (together > 1)
    assert len(project.ledger.entries("sealed_opened")) == 1
    assert document["sealed"] == expected["sealed"]
    assert project.repository.tree_hash("HEAD") == reference.repository.tree_hash("HEAD")
    assert not {run.run_id for run in mine_view(project).runs()} & held_out_run_ids(project.ledger)
    assert {run.split for run in mine_view(project).runs()} == {"mine"}
