"""Where traces are kept: any folder, or a harness repository."""

from __future__ import annotations

from pathlib import Path

import pytest

from flywheel.archive import create_archive, open_archive
from flywheel.errors import FlywheelError
from flywheel.project import Project
from harness.errors import HarnessError


def test_looking_into_a_folder_changes_nothing(tmp_path: Path) -> None:
    """Reading commands leave no trace of their own."""
    archive = open_archive(tmp_path)

    assert archive.project is None
    assert archive.held_out() == frozenset()
    assert list(tmp_path.iterdir()) == []


def test_a_plain_folder_keeps_its_traces_out_of_commits(tmp_path: Path) -> None:
    """Whoever has it under version control commits none of them."""
    archive = create_archive(tmp_path)

    assert (tmp_path / ".flywheel" / ".gitignore").read_text() == "*\n"
    assert archive.store.foreign.is_dir()


def test_an_ignore_file_of_a_person_stays(tmp_path: Path) -> None:
    """What is there already is not written over."""
    (tmp_path / ".flywheel").mkdir()
    (tmp_path / ".flywheel" / ".gitignore").write_text("mine\n")

    create_archive(tmp_path)

    assert (tmp_path / ".flywheel" / ".gitignore").read_text() == "mine\n"


def test_a_harness_repository_is_known_by_its_manifest(project: Project) -> None:
    """Its traces are in its own state folder, which it excludes by itself."""
    archive = create_archive(project.repository.path)

    assert archive.project is not None
    assert archive.store == project.store
    assert not (project.store.root / ".gitignore").exists()


def test_a_manifest_outside_a_repository_is_refused(tmp_path: Path) -> None:
    """Half a harness is not taken for a plain folder."""
    (tmp_path / "harness.toml").write_text("[harness]\n")

    with pytest.raises(HarnessError):
        open_archive(tmp_path)


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """The message names it and the option."""
    with pytest.raises(FlywheelError, match="-C names"):
        open_archive(tmp_path / "nowhere")


def test_nothing_to_read_says_how_to_bring_something(tmp_path: Path, project: Project) -> None:
    """A repository of a harness can also make some itself."""
    with pytest.raises(FlywheelError, match="traces ingest") as plain:
        open_archive(tmp_path).require_traces()
    with pytest.raises(FlywheelError, match="traces receive") as harness:
        open_archive(project.repository.path).require_traces()

    assert "flywheel run" not in str(plain.value)
    assert "flywheel run" in str(harness.value)
