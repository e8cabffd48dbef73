"""The demo: finished once, removed only when it is one."""

from __future__ import annotations

import dataclasses
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from flywheel.cli import run
from flywheel.demo import Demo, demo_command, demo_settings, run_demo
from flywheel.errors import FlywheelError
from flywheel.observer import SilentObserver
from flywheel.project import Project, open_project


class Listener(SilentObserver):
    """Keeps the notes."""

    def __init__(self) -> None:
        self.notes: list[str] = []

    def note(self, text: str) -> None:
        """Keep it."""
        self.notes.append(text)


class StopsAtOnce(SilentObserver):
    """A person who interrupts at the first stage."""

    def stage(self, title: str) -> None:
        """Interrupt."""
        del title
        raise KeyboardInterrupt


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


def test_the_demo_of_another_seed_is_not_shown_instead(finished: Demo) -> None:
    """Its numbers would pass for those that were asked for; the way out is named."""
    other, before = dataclasses.replace(finished, seed=2), finished.result.read_bytes()

    with pytest.raises(FlywheelError, match=r"seed 1.*--fresh"):
        run_demo(other, SilentObserver(), fresh=False)

    assert finished.result.read_bytes() == before


@pytest.mark.parametrize("seed", [1, 2])
def test_a_finished_demo_is_shown_again(
    finished: Demo, seed: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its tables, its history and the way back; another seed is wrong use."""
    code = run(["demo", "--folder", str(finished.folder), "--seed", str(seed)])

    said = capsys.readouterr()
    if seed != 1:
        assert (code, said.out) == (2, "")
        return
    assert code == 0
    assert "Proposals and verdicts" in said.out
    assert demo_command(finished) in said.out
    assert f"flywheel rollback -C {finished.harness}" in said.out
    assert "--fresh" in said.err


def test_a_finished_demo_is_one_json_document(finished: Demo, capsys: pytest.CaptureFixture[str]) -> None:
    """With ``--json`` standard output is the result document and nothing else."""
    code = run(["demo", "--folder", str(finished.folder), "--json"])

    assert code == 0
    assert json.loads(capsys.readouterr().out) == json.loads(finished.result.read_text())


@pytest.mark.parametrize("text", ["{}", "no json", "[]"])
def test_a_damaged_result_is_a_broken_system_and_never_a_verdict(
    text: str, finished: Demo, capsys: pytest.CaptureFixture[str]
) -> None:
    """A crash inside a command ends in 4 with a line for the person; 1 is kept for a computed verdict."""
    finished.result.write_text(text)

    code = run(["demo", "--folder", str(finished.folder), "--json"])

    said = capsys.readouterr()
    assert code == 4
    assert said.out == ""
    assert said.err.splitlines()[-1].startswith("flywheel: ")
    assert "Traceback" in said.err


def test_fresh_removes_a_demo_and_begins_anew(finished: Demo) -> None:
    """What is left of the earlier one is nothing; the new one starts at the first stage."""
    before = open_project(finished.harness).repository.log()

    with pytest.raises(KeyboardInterrupt):
        run_demo(finished, StopsAtOnce(), fresh=True)

    assert len(before) > 1
    assert len(open_project(finished.harness).repository.log()) == 1
    assert not finished.result.exists()
    assert not finished.report.exists()


def test_an_interrupted_demo_goes_on_where_it_stood(tmp_path: Path) -> None:
    """Its harness repository is taken up, not made again."""
    demo = Demo(folder=tmp_path / "demo", seed=1)
    heads = []

    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            run_demo(demo, StopsAtOnce(), fresh=False)
        heads.append(open_project(demo.harness).repository.current())

    assert heads[0] == heads[1]
    assert not demo.result.exists()


def test_fresh_leaves_a_folder_named_harness_that_is_none(tmp_path: Path) -> None:
    """The name alone does not make it a demo's: what has no repository in it is kept."""
    kept = tmp_path / "harness" / "seat-belt.txt"
    kept.parent.mkdir()
    kept.write_text("kept")

    with pytest.raises(FlywheelError, match="more than a demo"):
        run_demo(Demo(folder=tmp_path, seed=1), SilentObserver(), fresh=True)

    assert kept.read_text() == "kept"
