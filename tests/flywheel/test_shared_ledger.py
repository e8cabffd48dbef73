"""Clones and the ledger of the repository they came from."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from benchmarks.task import Split
from flywheel.campaigns import budget, known_campaign
from flywheel.cli import run
from flywheel.errors import FlywheelError
from flywheel.observer import SilentObserver
from flywheel.project import Project, open_project
from flywheel.shared_ledger import share_ledger, share_look


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


JOB = """
import sys, time
from pathlib import Path
from benchmarks.errors import CampaignError
from flywheel.campaigns import budget, charge, open_campaign
from flywheel.observer import SilentObserver
from flywheel.project import open_project
from flywheel.shared_ledger import share_ledger, share_look
from harness.policy import Policy

folder, name, rule, begins = Path(sys.argv[1]), sys.argv[2], sys.argv[3], float(sys.argv[4])
project = open_project(folder)
shared = share_ledger(project, local=False, observer=SilentObserver())
while time.time() < begins:
    time.sleep(0.001)
policy = Policy(candidates=2, error_rule=rule)
campaign = open_campaign(project, suite="suite", seed=1, policy=policy)
charge(project, campaign, name)
shared.publish()
try:
    print(budget(project, campaign).charge(name).of(name).share)
except CampaignError:
    print("spent")
"""


def at_once(jobs: list[Project], rule: str) -> list[str]:
    """One process for each clone, all charging a candidate at the same moment; what each holds then."""
    begins = str(time.time() + 1.5)
    words = [
        [sys.executable, "-c", JOB, str(job.repository.path), f"candidate-{number}", rule, begins]
        for number, job in enumerate(jobs)
    ]
    running = [
        subprocess.Popen(each, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for each in words
    ]
    ended = [process.communicate(timeout=60) for process in running]
    assert [process.returncode for process in running] == [0] * len(jobs), ended
    return [said.strip() for said, _ in ended]


@pytest.mark.parametrize("rule", ["campaign", "e-lond"])
def test_three_jobs_at_once_draw_on_one_budget(rule: str, project: Project, tmp_path: Path) -> None:
    """Processes that know nothing of each other, before a bare remote: no share is given twice.

    They open the campaign together, one of three finds the two candidates of a campaign taken, and nobody's ledger breaks.
    """
    hub = tmp_path / "hub.git"
    git(tmp_path, "clone", "--quiet", "--bare", f"file://{project.repository.path}", str(hub))
    jobs = []
    for name in ("one", "two", "three"):
        git(tmp_path, "clone", "--quiet", f"file://{hub}", str(tmp_path / name))
        jobs.append(open_project(tmp_path / name))

    held = at_once(jobs, rule)

    assert [publish(job) for job in jobs] == ["shared"] * 3
    campaign = known_campaign(jobs[0], suite="suite", seed=1)
    assert campaign is not None
    budgets = [budget(job, campaign) for job in jobs]
    assert budgets[0] == budgets[1] == budgets[2]
    assert {job.ledger.verify() for job in jobs} == {4}
    if rule == "campaign":
        assert sorted(held) == ["0.025", "0.025", "spent"]
        assert len(budgets[0].charges) == 2
    else:
        assert len(set(held)) == 3
        assert sum(map(float, held)) <= 0.05


def test_the_first_plan_stands_for_both(project: Project, tmp_path: Path) -> None:
    """Two jobs that ask the same at once: the second takes over what the first wrote, and only decisions yield."""
    first, second = (clone(project, tmp_path / name) for name in ("one", "two"))
    for number, job in enumerate((first, second)):
        job.ledger.append("experiment", "same", {"plan": number})
    publish(first)
    publish(second)
    first.ledger.append("label", "run", {"says": "good"})
    second.ledger.append("label", "run", {"says": "bad"})
    publish(first)

    entry = second.ledger.get("experiment", "same")
    assert entry is not None
    assert entry.body["plan"] == 0
    with pytest.raises(FlywheelError, match="another body"):
        publish(second)


def test_only_looks_at_held_out_splits_are_shared(project: Project, tmp_path: Path) -> None:
    """A clone that cannot reach its ledger may run ``mine`` and looks at nothing else."""
    job = clone(project, tmp_path / "job")
    git(job.repository.path, "remote", "set-url", "origin", str(tmp_path / "nowhere"))
    where = ["-C", str(job.repository.path), "--suite", "nope"]

    mine = share_look(job, Split.MINE, local=False, observer=SilentObserver())
    mine.publish()

    assert mine.sharing == "alone"
    with pytest.raises(FlywheelError, match="--local-ledger"):
        share_look(job, Split.GATE, local=False, observer=SilentObserver()).publish()
    assert [run(["run", *where, "--split", split]) for split in ("gate", "sealed")] == [2, 2]
    assert job.ledger.entries() == ()
