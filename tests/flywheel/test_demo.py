"""The demo: finished once, removed only when it is one."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from flywheel.demo import Demo, demo_command, demo_settings, run_demo
from flywheel.errors import FlywheelError
from flywheel.observer import SilentObserver
from flywheel.project import Project


class Listener(SilentObserver):
    """Keeps the notes."""

    def __init__(self) -> None:
        self.notes: list[str] = []

    def note(self, text: str) -> None:
        """Keep it."""
        self.notes.append(text)


@pytest.fixture
def finished(optimized: Any, copied: Project, tmp_path: Path) -> Demo:
    """A demo's folder after its end."""
    folder = tmp_path / "demo"
    folder.mkdir()
    shutil.move(copied.repository.path, folder / "harness")
    shutil.copy(optimized.outputs.result, folder / "result.json")
    shutil.copy(optimized.outputs.report, folder / "report.html")
    return Demo(folder=folder, seed=1)


def test_a_finished_demo_is_not_run_again(finished: Demo) -> None:
    """It says how to begin anew, and leaves the result as it is."""
    listener, before = Listener(), finished.result.read_bytes()

    run_demo(finished, listener, fresh=False)

    assert "--fresh" in listener.notes[0]
    assert finished.result.read_bytes() == before


def test_fresh_removes_nothing_that_is_no_demo(finished: Demo) -> None:
    """A folder that holds anything else is refused, and all of it is still there."""
    other = finished.folder / "thesis.tex"
    other.write_text("years of work")

    with pytest.raises(FlywheelError, match="more than a demo"):
        run_demo(finished, SilentObserver(), fresh=True)

    assert other.read_text() == "years of work"
    assert finished.result.exists()
    assert (finished.harness / "harness.toml").exists()


def test_the_command_says_what_the_demo_does() -> None:
    """Seed, patience, autonomy and the opening of the sealed split are those of its settings."""
    settings = demo_settings(7)
    words = demo_command(Demo(folder=Path("here"), seed=7)).split()

    assert words[words.index("--seed") + 1] == str(settings.seed)
    assert words[words.index("--patience") + 1] == str(settings.patience)
    assert words[words.index("--autonomy") + 1] == settings.autonomy
    assert ("--open-sealed" in words) is settings.open_sealed
