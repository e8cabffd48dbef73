"""Clones and the ledger of the repository they came from."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from flywheel.errors import FlywheelError
from flywheel.observer import SilentObserver
from flywheel.project import Project, open_project
from flywheel.shared_ledger import share_ledger


class Notes(SilentObserver):
    """Keeps what is said to a person."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def note(self, text: str) -> None:
        """Keep it."""
        self.said.append(text)


def git(folder: Path, *words: str) -> str:
    """Git as a person calls it."""
    done = subprocess.run(["git", "-C", str(folder), *words], check=True, capture_output=True, text=True)
    return done.stdout.strip()


def clone(project: Project, folder: Path, *options: str) -> Project:
    """A clone as a CI job has it."""
    git(folder.parent, "clone", "--quiet", *options, f"file://{project.repository.path}", str(folder))
    return open_project(folder)


def publish(project: Project, *, local: bool = False) -> str:
    """Share the ledger as a command does; says how."""
    shared = share_ledger(project, local=local, observer=SilentObserver())
    shared.publish()
    return shared.sharing


def test_a_repository_without_a_remote_keeps_its_ledger_alone(project: Project) -> None:
    """There is nobody to share it with."""
    assert publish(project) == "alone"


def test_a_clone_without_the_ledger_branch_gets_it(project: Project, tmp_path: Path) -> None:
    """A shallow clone of one branch, as CI makes it, knows what was decided before it looks."""
    project.ledger.append("look", "a", {"split": "gate"})
    job = clone(project, tmp_path / "job", "--single-branch", "--depth", "1", "--branch", "main")
    before = job.ledger.entries()

    assert publish(job) == "shared"
    assert before == ()
    assert job.ledger.get("look", "a") is not None


def test_two_jobs_lose_no_entry(project: Project, tmp_path: Path) -> None:
    """Both publish what the other does not know; the remote holds both, in one unbroken chain."""
    jobs = [clone(project, tmp_path / name) for name in ("one", "two")]
    for number, job in enumerate(jobs):
        job.ledger.append("charge", f"candidate-{number}", {"share": 0.1})

    assert [publish(job) for job in jobs] == ["shared", "shared"]
    assert project.ledger.verify() == 2
    assert {entry.key for entry in project.ledger.entries()} == {"candidate-0", "candidate-1"}


@pytest.mark.parametrize("broken", ["gone", "read-only"])
def test_a_ledger_that_cannot_be_shared_names_the_way_out(
    broken: str, project: Project, tmp_path: Path
) -> None:
    """A remote out of reach, or one that takes no push: before anything was looked at."""
    job = clone(project, tmp_path / "job")
    job.ledger.append("look", "a", {"split": "gate"})
    if broken == "gone":
        git(job.repository.path, "remote", "set-url", "origin", str(tmp_path / "nowhere"))
    else:
        git(project.repository.path, "config", "receive.denyCurrentBranch", "refuse")
        git(project.repository.path, "config", "transfer.hideRefs", "refs/heads/flywheel")

    with pytest.raises(FlywheelError, match=r"--local-ledger.*count for nothing elsewhere"):
        publish(job)


def test_a_local_ledger_is_said_aloud_and_pushes_nothing(project: Project, tmp_path: Path) -> None:
    """What is decided there stays there."""
    job = clone(project, tmp_path / "job")
    job.ledger.append("look", "a", {"split": "gate"})
    notes = Notes()

    shared = share_ledger(job, local=True, observer=notes)
    shared.publish()

    assert shared.sharing == "local"
    assert "count" in notes.said[0]
    assert project.ledger.entries() == ()
