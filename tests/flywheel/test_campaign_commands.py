"""``flywheel campaigns list|open|close`` as a person types them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from benchmarks.task import Split
from flywheel.campaigns import latest_campaign, open_campaign
from flywheel.cli import run
from flywheel.looks import record_look
from flywheel.observer import SilentObserver
from flywheel.project import Project
from flywheel.suites import open_suite

SUITE = "humaneval-repair"


def look(project: Project, key: str, groups: set[str]) -> None:
    """An experiment's look at groups of the gate."""
    record_look(
        project.ledger,
        key,
        split=Split.GATE,
        groups=groups,
        run_keys=[key],
        candidate=key,
        why="t",
        suite=SUITE,
    )


def gate(project: Project) -> set[str]:
    """The groups of the gate as the project has them."""
    suite = open_suite(SUITE, seed=1, observer=SilentObserver(), project=project)
    return {group for group, split in suite.splits.items() if split is Split.GATE}


def test_an_epoch_is_closed_and_the_next_one_opened(
    lenient: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    """What was seen leaves the gate, here and for every other command; the list tells of each epoch's own looks."""
    where = ["-C", str(lenient.repository.path)]
    open_campaign(lenient, suite=SUITE, seed=1, policy=lenient.policy())
    seen = set(sorted(gate(lenient))[:10])
    look(lenient, "a", seen)

    codes = [run(["campaigns", *words, *where]) for words in (["open"], ["close", "--why", "over"], ["open"])]
    look(lenient, "b", gate(lenient))
    capsys.readouterr()
    run(["campaigns", "list", *where, "--json"])
    listed = json.loads(capsys.readouterr().out)
    run(["campaigns", "list", *where])
    text = capsys.readouterr().out
    run(["suites", "show", SUITE, *where])

    assert codes == [2, 0, 0]
    assert not gate(lenient) & seen
    assert [campaign["state"] for campaign in listed] == ["closed", "open"]
    assert [campaign["looks"][0]["groups"] for campaign in listed] == [10, len(gate(lenient))]
    assert "humaneval-repair/epoch-2 (open, seed 1): 0 of 2 candidates used" in text
    assert f"wear of gate: {len(gate(lenient))} of {len(gate(lenient))} groups" in capsys.readouterr().out


def test_a_change_is_asked_about_in_the_present_epoch(
    change: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """A closed campaign takes no new question and says how to go on; the next one's plan holds its own groups only."""
    project = change.project
    open_campaign(project, suite=SUITE, seed=1, policy=project.policy())
    look(project, "a", set(sorted(gate(project))[:4]))
    where = ["-C", str(project.repository.path)]
    run(["campaigns", "close", *where])
    capsys.readouterr()

    closed = run([*change.words, "--better", "--dry-run"])
    error = capsys.readouterr().err
    run(["campaigns", "open", *where])
    capsys.readouterr()
    opened = run([*change.words, "--better", "--dry-run", "--json"])

    assert (closed, opened) == (2, 0)
    assert "flywheel campaigns open --suite humaneval-repair" in error
    assert json.loads(capsys.readouterr().out)["groups"] == len(gate(project)) == 10


def test_no_campaign_is_said_so(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is listed, and nothing is closed."""
    where = ["-C", str(project.repository.path)]

    codes = run(["campaigns", "list", *where]), run(["campaigns", "close", *where])

    said = capsys.readouterr()
    assert codes == (0, 2)
    assert "no campaign yet" in said.out
    assert "was ever opened" in said.err
    assert latest_campaign(project, SUITE) is None
