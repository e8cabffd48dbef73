"""The demo: ``flywheel optimize`` with arguments that anybody can pass, in a repository of its own."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

from flywheel.errors import FlywheelError
from flywheel.observer import Observer
from flywheel.optimizing import Outputs, optimize
from flywheel.project import open_project, working
from flywheel.starting import start_harness
from flywheel.wheel import Settings

MARK = "harness"
PATIENCE = 3


@dataclass(frozen=True, kw_only=True)
class Demo:
    """Where the demo lies, and its seed."""

    folder: Path
    seed: int

    @property
    def harness(self) -> Path:
        """The harness repository."""
        return self.folder / MARK

    @property
    def report(self) -> Path:
        """The HTML report."""
        return self.folder / "report.html"

    @property
    def result(self) -> Path:
        """The result document; it is there once the demo is finished."""
        return self.folder / "result.json"


def run_demo(demo: Demo, observer: Observer, *, fresh: bool) -> None:
    """Run the demo unless it is finished; ``fresh`` removes an earlier one first.

    Raises ``FlywheelError`` where the folder holds the finished demo of another seed.
    """
    if fresh:
        _remove(demo)
    if demo.result.exists():
        _require_same_seed(demo)
        observer.note(f"finished before; --fresh (make demo FRESH=1) begins anew: {demo.result}")
        return
    if not (demo.harness / ".git").exists():
        start_harness(demo.harness, model="simulated:coder")
    settings = demo_settings(demo.seed)
    with working(open_project(demo.harness)) as project:
        optimize(project, settings, Outputs(result=demo.result, report=demo.report), observer)


def _require_same_seed(demo: Demo) -> None:
    seed = json.loads(demo.result.read_text(encoding="utf-8"))["seed"]
    if seed != demo.seed:
        raise FlywheelError(
            f"{demo.folder} holds the demo of seed {seed}; begin anew with --fresh (make demo FRESH=1), or choose "
            f"another --folder for seed {demo.seed}"
        )


def demo_settings(seed: int) -> Settings:
    """What the demo passes to ``optimize``."""
    return Settings(
        suite="humaneval-repair",
        seed=seed,
        autonomy="autonomous",
        open_sealed=True,
        patience=PATIENCE,
    )


def demo_command(demo: Demo) -> str:
    """The same work as a command line."""
    return (
        f"flywheel optimize -C {demo.harness} --suite humaneval-repair --seed {demo.seed} "
        f"--autonomy autonomous --patience {PATIENCE} --open-sealed --output {demo.folder}"
    )


def _remove(demo: Demo) -> None:
    """Remove an earlier demo, and nothing that is not one."""
    if not demo.folder.exists():
        return
    others = {path.name for path in demo.folder.iterdir()} - {MARK, "report.html", "result.json"}
    foreign = demo.harness.exists() and not (demo.harness / ".git").is_dir()
    if others or foreign:
        raise FlywheelError(f"{demo.folder} holds more than a demo; remove it yourself or choose --folder")
    shutil.rmtree(demo.folder)
