"""Tests of the files that a person sees, through promotions that are cut short."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from harness.errors import RepositoryError
from harness.repository import HarnessRepository
from harness.working_tree import JOURNAL, WorkingTree, blob_id


def candidate_of(repository: HarnessRepository, name: str = "c", **files: bytes) -> str:
    tree = {path: content for path, content in repository.tree("HEAD").items() if path != "README.md"}
    return repository.commit_candidate(
        {**tree, "notes/deep/new.md": b"new\n", **files}, "Candidate", "HEAD", name
    )


def status(path: Path) -> str:
    return subprocess.run(
        ["git", "status", "--porcelain"], cwd=path, check=True, capture_output=True, text=True
    ).stdout


def test_a_clean_tree_has_no_changes(repository: HarnessRepository) -> None:
    """Neither for us nor for git."""
    repository.require_clean()

    assert status(repository.path) == ""


def test_every_kind_of_change_is_named(repository: HarnessRepository) -> None:
    """Edited, deleted, added, staged, linked and made executable: all of them stand in the error."""
    path = repository.path
    (path / "harness.toml").write_text("edited")
    (path / "policy.toml").unlink()
    (path / "notes.md").write_text("new")
    (path / "staged.md").write_text("new")
    subprocess.run(["git", "add", "staged.md"], cwd=path, check=True)
    (path / "README.md").chmod(0o755)
    (path / "prompts/system.md").unlink()
    (path / "prompts/system.md").symlink_to("/etc/passwd")
    with pytest.raises(RepositoryError) as caught:
        repository.require_clean()

    assert str(caught.value) == (
        f"{path} has uncommitted changes: README.md, harness.toml, notes.md, policy.toml, prompts/system.md, "
        "staged.md; commit, stash or remove them"
    )


def test_ignored_files_and_our_own_folder_are_no_changes(repository: HarnessRepository) -> None:
    """A person's ``.gitignore`` is respected; ``.flywheel`` needs no entry in it."""
    (repository.path / ".git/info/exclude").open("a").write("*.log\n")
    (repository.path / "x.log").write_text("x")
    (repository.state / "segments").mkdir()
    (repository.state / "segments/1.jsonl").write_text("{}")

    repository.require_clean()
    assert status(repository.path) == ""


def test_a_move_writes_changes_and_removes_files_and_their_folders(repository: HarnessRepository) -> None:
    """The working tree is the candidate's tree afterwards, for git too."""
    repository.promote(candidate_of(repository), subject="Promote", trailers={})

    assert (repository.path / "notes/deep/new.md").read_bytes() == b"new\n"
    assert not (repository.path / "README.md").exists()
    assert status(repository.path) == ""

    repository.rollback(trailers={})
    assert not (repository.path / "notes").exists()
    assert (repository.path / "README.md").exists()
    assert status(repository.path) == ""


def test_a_move_that_was_killed_after_the_branch_moved_is_completed(repository: HarnessRepository) -> None:
    """The branch says what was decided; the files follow as soon as anybody looks."""
    old, new = repository.current(), candidate_of(repository)
    WorkingTree(repository.git, repository.state).prepare(old, new)
    repository.git.move("refs/heads/main", to=new, expected=old)  # and here the power fails
    (repository.path / "notes").mkdir()
    (repository.path / "notes/half-written").touch()
    (repository.path / "notes/half-written").unlink()

    again = HarnessRepository.open(repository.path)
    again.require_clean()
    assert (repository.path / "notes/deep/new.md").exists()
    assert not (repository.state / JOURNAL).exists()
    assert status(repository.path) == ""


def test_a_move_that_was_killed_before_the_branch_moved_is_forgotten(repository: HarnessRepository) -> None:
    """Nothing was decided, so nothing changes."""
    WorkingTree(repository.git, repository.state).prepare(repository.current(), candidate_of(repository))

    repository.require_clean()
    assert not (repository.path / "notes").exists()
    assert not (repository.state / JOURNAL).exists()


def test_what_a_person_edited_after_the_kill_is_not_overwritten(repository: HarnessRepository) -> None:
    """The move waits until the edit is out of the way."""
    old = repository.current()
    new = candidate_of(repository, **{"prompts/system.md": b"the candidate's"})
    WorkingTree(repository.git, repository.state).prepare(old, new)
    repository.git.move("refs/heads/main", to=new, expected=old)
    prompt = repository.path / "prompts/system.md"
    prompt.write_text("a person's")

    with pytest.raises(
        RepositoryError, match=r"edited while the harness was being changed: prompts/system\.md"
    ):
        repository.require_clean()
    assert prompt.read_text() == "a person's"
    assert not (repository.path / "notes").exists()


def test_an_untracked_file_in_the_way_stops_a_promotion(repository: HarnessRepository) -> None:
    """An ignored file is nobody's to overwrite; nothing has moved when the error comes."""
    (repository.path / ".git/info/exclude").open("a").write("notes/\n")
    (repository.path / "notes/deep").mkdir(parents=True)
    (repository.path / "notes/deep/new.md").write_text("mine")
    before = repository.current()
    with pytest.raises(RepositoryError, match=r"in the way: notes/deep/new\.md"):
        repository.promote(candidate_of(repository), subject="Promote", trailers={})

    assert repository.current() == before
    assert (repository.path / "notes/deep/new.md").read_text() == "mine"


def test_a_link_among_the_folders_does_not_lead_out(repository: HarnessRepository, tmp_path: Path) -> None:
    """A folder that is a link to elsewhere is not written through."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (repository.path / ".git/info/exclude").open("a").write("notes\n")
    (repository.path / "notes").symlink_to(outside)
    candidate = candidate_of(repository)
    with pytest.raises(RepositoryError, match="notes is a symbolic link"):
        repository.promote(candidate, subject="Promote", trailers={})

    assert list(outside.iterdir()) == []


def test_the_id_of_a_blob_is_gits(repository: HarnessRepository) -> None:
    """Comparing needs no git process and applies no filter."""
    assert blob_id(b"a\r\n") == repository.git.store("blob", b"a\r\n")


def test_the_executable_bit_is_kept(repository: HarnessRepository) -> None:
    """A file that was executable stays so through a candidate made of bytes alone."""
    script = repository.path / "run.sh"
    script.write_text("#!/bin/sh\n")
    script.chmod(0o755)
    subprocess.run(["git", "add", "run.sh"], cwd=repository.path, check=True)
    subprocess.run(["git", "-c", "user.name=t", "-c", "user.email=t@t", "commit", "-qm", "script"], cwd=repository.path, check=True)  # fmt: skip
    candidate = candidate_of(repository, **{"run.sh": b"#!/bin/sh\necho\n"})
    repository.promote(candidate, subject="Promote", trailers={})

    assert os.access(script, os.X_OK)
    assert repository.modes("HEAD")["run.sh"] == "100755"


@pytest.mark.parametrize("attempt", range(3))
def test_a_file_can_become_a_folder_and_the_other_way_round(
    repository: HarnessRepository, attempt: int
) -> None:
    """What goes is gone before what comes is written, in whatever order a set has them."""
    start = repository.tree("HEAD")
    names = {f"part{number}/deep/file.md": b"x" for number in range(4)}
    folders = repository.commit_candidate({**start, **names}, "Folders", "HEAD", f"folders{attempt}")
    repository.promote(folders, subject="Promote", trailers={})
    flat = {f"part{number}": b"y" for number in range(4)}
    files = repository.commit_candidate({**start, **flat}, "Files", "HEAD", f"files{attempt}")
    repository.promote(files, subject="Promote", trailers={})

    assert {path: (repository.path / path).read_bytes() for path in flat} == flat
    assert status(repository.path) == ""

    repository.rollback(trailers={})
    assert {path: (repository.path / path).read_bytes() for path in names} == names
    assert status(repository.path) == ""


def test_a_person_s_file_in_a_folder_that_becomes_a_file_stops_a_promotion(
    repository: HarnessRepository,
) -> None:
    """An ignored file is nobody's to remove."""
    start = repository.tree("HEAD")
    folder = repository.commit_candidate({**start, "part/a.md": b"x"}, "Folder", "HEAD", "folder")
    repository.promote(folder, subject="Promote", trailers={})
    (repository.path / ".git/info/exclude").open("a").write("*.log\n")
    (repository.path / "part/mine.log").write_text("mine")
    flat = repository.commit_candidate({**start, "part": b"y"}, "File", "HEAD", "flat")
    with pytest.raises(RepositoryError, match="in the way: part"):
        repository.promote(flat, subject="Promote", trailers={})

    assert (repository.path / "part/mine.log").read_text() == "mine"
    assert (repository.path / "part/a.md").read_text() == "x"


def test_what_works_on_commits_alone_may_leave_files_behind(repository: HarnessRepository) -> None:
    """A report that an evaluation wrote into the repository does not refuse the next one; an edit does."""
    (repository.path / "summary.md").write_text("new")
    repository.require_clean(untracked=False)
    (repository.path / "policy.toml").write_text("edited")

    with pytest.raises(RepositoryError, match=r"uncommitted changes: policy\.toml;"):
        repository.require_clean(untracked=False)
