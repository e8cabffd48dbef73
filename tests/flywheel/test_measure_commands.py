"""Commands that measure: exit codes for each verdict, and going on after an interruption."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest

from benchmarks.gate.verdict import Decision, Verdict
from benchmarks.task import Split
from flywheel.answer import verdict_text
from flywheel.cli import run
from flywheel.errors import FlywheelError
from flywheel.history import judged_proposals
from flywheel.observer import SilentObserver
from flywheel.project import Project
from flywheel.records import verdict_record
from flywheel.running import RunOrder, run_tasks
from flywheel.suites import open_suite
from harness.run_store import finished_runs


class Interrupted(Exception):  # noqa: N818 - it stands for a person's interrupt
    """The work was cut short."""


class StopsAfterOne(SilentObserver):
    """Cuts the work short after its first run."""

    def progress(self, done: int, total: int, detail: str = "") -> None:
        """End once a run has ended."""
        del total, detail
        if done == 1:
            raise Interrupted


def put_answer(project: Project, verdict: Verdict) -> tuple[str, str]:
    """Write an answered question on the wheel's candidate into the ledger: the words of both commits."""
    judged = judged_proposals(project)[0]
    trees = [project.repository.tree_hash(commit) for commit in (judged.candidate, judged.control)]
    name = f"{trees[0][:12]}-against-{trees[1][:12]}"
    planned = next(
        entry for entry in project.ledger.entries("experiment") if entry.key.endswith(judged.proposal.id)
    )
    body: Any = json.loads(json.dumps(planned.body))
    body["plan"]["id"] = "asked-by-a-person"
    project.ledger.append("experiment", f"humaneval-repair/epoch-1/{name}", body)
    answered = {
        "campaign": "humaneval-repair/epoch-1",
        "budgeted_as": name,
        "proposal": name,
        "control": judged.control,
        "candidate": judged.candidate,
        "verdict": verdict_record(verdict),
    }
    project.ledger.append("verdict", "asked-by-a-person", answered)
    return judged.candidate, judged.control


@pytest.mark.parametrize(
    ("decision", "code"), [(Decision.PROMOTE, 0), (Decision.REJECT, 1), (Decision.INCONCLUSIVE, 3)]
)
def test_a_verdict_decides_the_exit_code_of_evaluate(
    decision: Decision, code: int, verdict: Verdict, copied: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    """The same question asked again is answered from the ledger, without a run, for programs and people."""
    decided = dataclasses.replace(verdict, decision=decision)
    candidate, control = put_answer(copied, decided)
    before = finished_runs(copied.segments).keys()
    words = ["evaluate", candidate, "--better", "--against", control, "-C", str(copied.repository.path)]

    codes = run([*words, "--json"]), run(words)

    document, _, text = capsys.readouterr().out.partition("\n}\n")
    assert codes == (code, code)
    answered = json.loads(document + "}")
    assert answered["experiment"] == "asked-by-a-person"
    assert answered["verdict"] == json.loads(json.dumps(verdict_record(decided)))
    assert f"{decision.value}: {verdict.reason}" in text
    assert finished_runs(copied.segments).keys() == before


def test_an_answer_names_what_flipped_and_what_would_help(verdict: Verdict) -> None:
    """Fixed and broken tasks one per line, then what more could decide it."""
    lines = verdict_text(dataclasses.replace(verdict, more="40 more groups")).splitlines()

    numbers = next(line for line in lines if line.startswith("effect "))
    assert numbers.startswith("effect +25.0 points")
    assert "interval +3.0 … +60.0, 4 groups, claim groups" in numbers
    assert lines[-3:] == ["fixed  suite/G0/m1", "broken suite/G1/m1", "40 more groups"]


def test_a_commit_that_is_not_there_is_wrong_use(copied: Project, capsys: pytest.CaptureFixture[str]) -> None:
    """Its name is in the message and nothing is charged."""
    charges = len(copied.ledger.entries("charge"))

    code = run(["evaluate", "no-such-branch", "-C", str(copied.repository.path)])

    assert code == 2
    assert "no-such-branch" in capsys.readouterr().err
    assert len(copied.ledger.entries("charge")) == charges


def test_an_interrupted_run_goes_on_with_its_look_taken_once(
    lenient: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of two ordered gate runs one had ended: the repeated command pays only for the other; a third is new."""
    suite = open_suite("humaneval-repair", seed=1, observer=SilentObserver())
    tasks = tuple(task.id for task in suite.of(Split.GATE)[:2])
    order = RunOrder(suite="humaneval-repair", split=Split.GATE, tasks=tasks, in_flight=1)
    with pytest.raises(Interrupted):
        run_tasks(lenient, order, StopsAfterOne())
    first = finished_runs(lenient.segments)
    words = ["run", "-C", str(lenient.repository.path), "--split", "gate", "--in-flight", "1"]
    words += [word for task in tasks for word in ("--task", task)]

    code = run([*words, "--json"])

    document = json.loads(capsys.readouterr().out)
    runs = {row["key"]: row["run"] for row in document["runs"]}
    finished = lenient.ledger.entries("batch_finished")
    assert code == 0
    assert len(runs) == document["scored"] == 2
    assert first
    assert {key: result.run_id for key, result in first.items()}.items() <= runs.items()
    assert [entry.body["runs"] for entry in finished] == [2]
    assert all(key.startswith(finished[0].key) for key in runs)
    assert len(lenient.ledger.entries("look")) == 1


@pytest.mark.slow
def test_a_run_is_told_line_by_line(lenient: Project, capsys: pytest.CaptureFixture[str]) -> None:
    """One line per run with its id, outcome and key, and the count of what passed at the end."""
    suite = open_suite("humaneval-repair", seed=1, observer=SilentObserver())
    task = suite.of(Split.MINE)[0].id

    code = run(["run", "-C", str(lenient.repository.path), "--task", task])

    said = capsys.readouterr()
    lines = said.out.splitlines()
    stored = next(iter(finished_runs(lenient.segments).values()))
    assert code == 0
    assert lines[0].startswith(f"{stored.run_id[:12]} {stored.outcome.value}")
    assert lines[0].endswith(f"{task}/1")
    assert lines[-1].endswith("of 1 scored runs passed")
    assert "== run 1 times on the mine split" in said.err
    assert lenient.ledger.entries("look") == ()


def test_a_finished_optimize_is_told_again(copied: Project, capsys: pytest.CaptureFixture[str]) -> None:
    """The repeated command runs nothing, gives 0 for what had passed, and writes where it was told to."""
    before = finished_runs(copied.segments).keys()
    folder = copied.repository.path.parent / "told"
    words = ["optimize", "-C", str(copied.repository.path), "--rounds", "2", "--autonomy", "autonomous"]

    code = run([*words, "--output", str(folder), "--json"])

    document = json.loads(capsys.readouterr().out)
    assert code == 0
    assert finished_runs(copied.segments).keys() == before
    assert json.loads((folder / "result.json").read_text()) == document
    assert document["proposals"][-1]["status"] == "promoted"
    assert document["sealed"] is None
    assert (folder / "report.html").exists()


def test_no_task_of_another_split_is_run(lenient: Project) -> None:
    """A gate task cannot be run as one of mine, where it would be no look."""
    suite = open_suite("humaneval-repair", seed=1, observer=SilentObserver())
    order = RunOrder(suite="humaneval-repair", tasks=(suite.of(Split.GATE)[0].id,))

    with pytest.raises(FlywheelError, match="task in the mine split"):
        run_tasks(lenient, order, SilentObserver())

    assert not lenient.segments.exists()
