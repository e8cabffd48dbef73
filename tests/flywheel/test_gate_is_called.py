"""No promotion without the gate: every way to one leads through a verdict on that candidate against that control."""

from __future__ import annotations

import ast
import dataclasses
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import flywheel.measuring
import flywheel.trial
from analyzers.proposal import Proposal
from benchmarks.gate.verdict import Decision, Verdict
from flywheel.campaigns import OpenCampaign
from flywheel.errors import FlywheelError
from flywheel.history import Judged
from flywheel.mine_index import stored_runs
from flywheel.project import Project, open_project
from flywheel.promotion import promote, promote_proposal
from flywheel.records import verdict_record
from flywheel.wheel import Mined
from harness.edits import SetValue
from harness.errors import LedgerError
from harness.ledger_entry import new_entry

ROOT = Path(flywheel.__file__).parents[1]
MINED = Mined(round=1, commit="e" * 40, runs=60, passed=20, set_apart={}, patterns=(), unexplained=3)
ROOMS = ("analyzers", "benchmarks", "flywheel", "harness")


def calls_in(path: Path) -> Iterator[tuple[str, ast.Call]]:
    """Every call of a file with the name of the function that it stands in."""
    for function in ast.walk(ast.parse(path.read_text())):
        if isinstance(function, ast.FunctionDef):
            yield from ((function.name, node) for node in ast.walk(function) if isinstance(node, ast.Call))


def is_promotion(call: ast.Call) -> bool:
    """Whether a call writes a promotion: to the ledger, or as a commit."""
    if not isinstance(call.func, ast.Attribute):
        return False
    if call.func.attr == "append" and call.args:
        return isinstance(call.args[0], ast.Constant) and call.args[0].value == "promotion"
    return call.func.attr == "promote"


def position(function: ast.FunctionDef, name: str) -> int:
    """The line of a function's first call of that name."""
    return min(
        node.lineno
        for node in ast.walk(function)
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] == name
    )


def state(project: Project) -> tuple[str, int, int]:
    """What a promotion changes: the current harness, the promotions in git and those in the ledger."""
    entries = project.ledger.entries("promotion")
    return project.repository.current(), len(project.repository.promotions()), len(entries)


def refused(project: Project, action: Callable[[], object], match: str) -> None:
    """The action raises and nothing has changed."""
    before = state(project)
    with pytest.raises((FlywheelError, LedgerError), match=match):
        action()

    assert state(project) == before


def test_promotions_are_written_in_one_place() -> None:
    """Which asks the ledger for the verdict before it does anything; a second place must be brought in here."""
    found = {
        (path.relative_to(ROOT).as_posix(), function)
        for room in ROOMS
        for path in (ROOT / room).rglob("*.py")
        for function, call in calls_in(path)
        if is_promotion(call)
    }
    tree = ast.parse((ROOT / "flywheel" / "promotion.py").read_text())
    body = next(node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "promote")

    assert found == {("flywheel/promotion.py", "promote"), ("flywheel/promotion.py", "_merged")}
    assert position(body, "require_let_through") == min(
        node.lineno for node in ast.walk(body) if isinstance(node, ast.Call)
    )


def with_verdict(judged: Judged, **changes: Any) -> Judged:
    """The same with another verdict in the caller's hands."""
    return dataclasses.replace(judged, verdict=dataclasses.replace(judged.verdict, **changes))


def test_a_verdict_in_a_callers_hands_is_none(project: Project, judged: Judged) -> None:
    """Only what the ledger says counts, of that experiment."""
    unknown = dataclasses.replace(judged, experiment="experiment-2")

    refused(project, lambda: promote(project, unknown), "holds no verdict")


@pytest.mark.parametrize("decision", [Decision.REJECT, Decision.INCONCLUSIVE])
def test_a_refusal_in_the_ledger_stands(
    project: Project, proposal: Proposal, judged: Judged, decision: Decision
) -> None:
    """Whatever the caller claims that the gate said."""
    worse = dataclasses.replace(judged.verdict, decision=decision)
    entry = project.ledger.entries("verdict")[0]
    project.ledger.append("verdict", "experiment-2", {**entry.body, "verdict": verdict_record(worse)})
    claimed = dataclasses.replace(judged, experiment="experiment-2")

    refused(project, lambda: promote(project, claimed), f"not let through by the gate .{decision.value}")


def test_a_verdict_on_something_else_promotes_nothing(project: Project, judged: Judged) -> None:
    """Another candidate made from the same control, or the same candidate with another control."""
    repository = project.repository
    tree = {**repository.tree(judged.control), "prompts/system.md": b"Something else.\n"}
    other = repository.commit_candidate(tree, "other", judged.control, "other")

    refused(project, lambda: promote(project, dataclasses.replace(judged, candidate=other)), "measure again")
    refused(project, lambda: promote(project, dataclasses.replace(judged, control=other)), "measure again")


@pytest.mark.parametrize(
    "changes",
    [
        {"wealth": 159.9},
        {"interval": (-0.001, 0.5)},
        {"interval": (0.0, 0.5)},
        {"blocked_by": "coverage"},
        {"activation": "never_fired"},
    ],
    ids=["wealth", "bound", "zero", "guard", "activation"],
)
def test_a_verdict_that_contradicts_itself_promotes_nothing(
    project: Project, judged: Judged, changes: dict[str, Any]
) -> None:
    """A word in an entry is not enough: its own numbers must bear it out."""
    entry = project.ledger.entries("verdict")[0]
    record = verdict_record(with_verdict(judged, **changes).verdict)
    project.ledger.append("verdict", "experiment-2", {**entry.body, "verdict": record})

    refused(
        project, lambda: promote(project, dataclasses.replace(judged, experiment="experiment-2")), "does not agree"
    )  # fmt: skip


def test_what_is_safe_is_not_promoted(project: Project, judged: Judged) -> None:
    """A passed question about safety is no gain; the error names the command that asks for one."""
    entry = project.ledger.entries("verdict")[0]
    record = verdict_record(with_verdict(judged, question="safe", margin=0.1).verdict)
    project.ledger.append("verdict", "experiment-2", {**entry.body, "verdict": record})
    safe = dataclasses.replace(judged, experiment="experiment-2")

    refused(project, lambda: promote(project, safe), "evaluate --better")


def rewrite(project: Project, path: str, content: bytes) -> None:
    """Commit another content of one entry to the ledger's branch, as somebody with write access could."""
    git = project.repository.git
    tip = git.find("refs/heads/flywheel/ledger")
    assert tip is not None
    index = project.repository.state / "index-of-a-forger"
    index.parent.mkdir(exist_ok=True)
    index.write_bytes(content)
    blob = git.run("hash-object", "-w", str(index)).decode().strip()
    index.unlink()
    environment = {"GIT_INDEX_FILE": str(index)}
    git.run("read-tree", tip, environment=environment)
    git.run("update-index", "--cacheinfo", f"100644,{blob},{path}", environment=environment)
    tree = git.run("write-tree", environment=environment).decode().strip()
    git.run("update-ref", "refs/heads/flywheel/ledger", git.commit(tree, (tip,), "forged", seconds=1))
    index.unlink()


@pytest.fixture
def rejected(project: Project, judged: Judged) -> Judged:
    """A proposal that the gate has rejected, in the ledger's last entry."""
    entry = project.ledger.entries("verdict")[0]
    weak = dataclasses.replace(judged.verdict, decision=Decision.REJECT, wealth=0.3, interval=(-0.4, 0.1))
    project.ledger.append("verdict", "experiment-2", {**entry.body, "verdict": verdict_record(weak)})
    return dataclasses.replace(judged, experiment="experiment-2", verdict=weak)


def test_an_entry_that_was_changed_is_found(project: Project, rejected: Judged) -> None:
    """The word alone, the file no longer as it is written: the ledger is broken, and says which entry."""
    entry = project.ledger.entries("verdict")[-1]
    forged = entry.text.replace('"decision": "reject"', '"decision": "promote"', 1)

    rewrite(project, entry.path, forged.encode())

    refused(
        project,
        lambda: promote_proposal(open_project(project.repository.path), rejected.proposal.id),
        entry.path,
    )


def test_a_forged_entry_that_keeps_the_chain_does_not_add_up(project: Project, rejected: Judged) -> None:
    """The last entry has none after it that would hold its hash; its numbers still speak against it."""
    entry = project.ledger.entries("verdict")[-1]
    body = json.loads(json.dumps(entry.body))
    body["verdict"]["decision"] = "promote"
    before = project.ledger.entries()[-2]
    forged = new_entry(entry.kind, entry.key, body, time=entry.time, after=before)

    rewrite(project, forged.path, forged.text.encode())

    refused(
        project,
        lambda: promote_proposal(open_project(project.repository.path), rejected.proposal.id),
        f"{forged.path}|does not agree",
    )


def test_a_wheel_that_leaves_the_gate_out_promotes_nothing(
    wheel: Any, campaign: OpenCampaign, proposal: Proposal, verdict: Verdict, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mutation: measuring is replaced by a verdict that nobody came to."""
    made = dataclasses.replace(proposal, id="q-0000000001", edits=(SetValue(key="limits.steps", value=41),))

    def ungated(_measurement: object, subject: Any, **_: object) -> Any:
        return flywheel.measuring.Measured(
            experiment="f" * 16, control=subject.control, candidate=subject.candidate, verdict=verdict
        )

    monkeypatch.setattr(flywheel.trial, "measure", ungated)
    current = wheel.project.repository.current()

    refused(
        wheel.project,
        lambda: flywheel.trial.try_proposal(wheel, campaign, current, made, MINED),
        "holds no verdict",
    )


def test_every_promotion_of_a_whole_wheel_stands_on_runs(optimized: Any) -> None:
    """Backwards from the commit: promotion, verdict, look, experiment, charge, and runs of both arms in the segments."""
    project = optimized.project
    sequence = {(entry.kind, entry.key): entry.sequence for entry in project.ledger.entries()}
    runs = {run.run_id: run for run in stored_runs(project)}
    promotions = project.ledger.entries("promotion")
    standing = {logged.commit: logged for logged in project.repository.promotions()}

    assert {entry.body["commit"] for entry in promotions} == set(standing)
    for entry in promotions:
        verdict = project.ledger.get("verdict", entry.key)
        body = verdict.body["verdict"]
        kinds = {kind: number for (kind, key), number in sequence.items() if key == entry.key}
        assert body["decision"] == "promote"
        assert (verdict.body["candidate"], verdict.body["control"]) == (
            entry.body["candidate"],
            entry.body["control"],
        )
        assert kinds["look"] < kinds["verdict"] < kinds["promotion"]
        assert project.repository.tree_hash(entry.body["commit"]) == project.repository.tree_hash(
            entry.body["candidate"]
        )
        for pair in body["pairs"]:
            assert {runs[pair["control_run"]].arm, runs[pair["candidate_run"]].arm} == {
                "control",
                "candidate",
            }
