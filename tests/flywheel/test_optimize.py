"""The whole wheel, turned on a small suite with real runs, real programs and a planted weakness."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
import time
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from benchmarks.task import Split
from flywheel.analysis.analyzing import analyze
from flywheel.analysis.document import analysis_document
from flywheel.archive import Archive
from flywheel.history import judged_proposals, status_of
from flywheel.indexing import rebuild
from flywheel.looks import held_out_run_ids
from flywheel.mine_index import count_runs, mine_view, stored_runs
from flywheel.observer import SilentObserver
from flywheel.optimizing import Outputs, optimize
from flywheel.project import Project, open_project
from flywheel.promotion import promote_proposal, roll_back
from flywheel.review import review_document, review_text
from flywheel.searching import search_archive
from flywheel.wheel import Settings
from harness.errors import ManifestError
from harness.run_store import finished_runs
from harness.simulated.profile import Profile
from traces import attributes
from traces.index import Query
from traces.segments import read_spans

DRIVER = """
import dataclasses, sys
from pathlib import Path
from flywheel.observer import SilentObserver
from flywheel.optimizing import Outputs, optimize
from flywheel.project import open_project
from flywheel.wheel import Settings
from harness.simulated.profile import Profile

def main():
    folder = Path(sys.argv[1])
    settings = Settings(suite="humaneval-repair", rounds=2)
    outputs = Outputs(result=folder / "result.json", report=folder / "report.html")
    project = open_project(folder / "lenient")
    optimize(project, settings, outputs, SilentObserver(), model_profile=Profile(unverified_finish=0.8))

if __name__ == "__main__":
    main()
"""
MINE_RUNS = 12
RUNS_BEFORE_KILL = MINE_RUNS + 1


def kinds(project: Project) -> list[str]:
    """The kinds of the ledger's entries in their order."""
    return [entry.kind for entry in project.ledger.entries()]


def roots(project: Project) -> Counter[str]:
    """How many finished attempts each run key has in the segments."""
    return Counter(
        str(span.attributes[attributes.RUN_KEY])
        for span in read_spans(project.segments)
        if span.parent_id is None and attributes.OUTCOME in span.attributes
    )


def without_costs(document: dict[str, Any]) -> dict[str, Any]:
    """A result without what this machine needed for it."""
    return {name: value for name, value in document.items() if name not in {"seconds", "peak_memory_mb"}}


def without_runs(verdict: Any) -> Any:
    """A verdict without ids of runs and notes on coverage, which tell a second attempt from a first one."""
    pairs = [
        {name: value for name, value in pair.items() if not name.endswith("_run")}
        for pair in verdict["pairs"]
    ]
    return {**verdict, "pairs": pairs, "notes": []}


def verdicts(project: Project) -> list[Any]:
    """Every verdict in the ledger, without run ids."""
    return [without_runs(entry.body["verdict"]) for entry in project.ledger.entries("verdict")]


def descendants(pid: int) -> set[int]:
    """The processes that a process started, and those that they started."""
    found: set[int] = set()
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, task.read_text().split()):
            found |= {child} | descendants(child)
    return found


def is_alive(pid: int) -> bool:
    """Whether a process is there and no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_planted_weakness_is_found_and_mended(optimized: Any) -> None:
    """The pattern is found, a proposal passes the gate and is promoted, and nothing fails afterwards."""
    document = optimized.document
    promoted = [row for row in document["proposals"] if row["status"] == "promoted"]

    assert document["simulated"] is True
    assert document["rounds"][0]["passed"] < document["rounds"][-1]["passed"]
    assert len(promoted) == 1
    assert document["harness"]["after"] == promoted[0]["promotion"]
    assert promoted[0]["pattern"] in {row["id"] for row in document["patterns"]}
    assert document["runs"] == len(stored_runs(optimized.project))


def test_the_sealed_split_is_measured_for_both_ends(optimized: Any) -> None:
    """Baseline and result on the same runs' number; the baseline's weakness shows there too."""
    sealed = optimized.document["sealed"]

    assert sealed["before"]["total"] == sealed["after"]["total"] == 4
    assert sealed["before"]["passed"] < sealed["after"]["passed"]


def test_everything_is_in_the_ledger_before_it_happens(optimized: Any) -> None:
    """Campaign, proposal, charge, plan, look, verdict, promotion, in this order; the chain is whole."""
    project = optimized.project
    order = kinds(project)
    steps = ["campaign", "proposal", "proposed", "charge", "experiment", "look", "verdict", "promotion"]

    assert [order.index(step) for step in steps] == sorted(order.index(step) for step in steps)
    assert order.index("promotion") < order.index("sealed_opened") < order.index("sealed")
    assert project.ledger.verify() == len(order)


def test_a_look_is_recorded_before_the_first_run_that_it_covers(optimized: Any) -> None:
    """No held-out run began before its look, and each has one."""
    project = optimized.project
    looked = {
        key: datetime.fromisoformat(entry.time).timestamp()
        for entry in project.ledger.entries("look")
        for key in entry.body["run_keys"]
    }
    held = [run for run in stored_runs(project) if run.split != Split.MINE]

    assert held
    assert all(looked[run.key] <= run.root.start_ns / 1e9 for run in held if run.root)


def test_no_view_of_analysts_holds_a_held_out_run(optimized: Any) -> None:
    """What can be mined are the runs of mine; no other run, and all of them."""
    project = optimized.project
    seen = mine_view(project).runs()

    assert {run.split for run in seen} == {"mine"}
    assert not {run.run_id for run in seen} & held_out_run_ids(project.ledger)
    assert len(seen) == 2 * MINE_RUNS


def test_evidence_and_patterns_quote_runs_of_mine(optimized: Any) -> None:
    """Every run that a proposal or a pattern names is one that analysts may see."""
    project = optimized.project
    minable = {run.run_id for run in mine_view(project).runs()}
    quoted = {
        claim["run_id"] for entry in project.ledger.entries("proposal") for claim in entry.body["evidence"]
    }
    clustered = {run for entry in project.ledger.entries("pattern") for run in entry.body["runs"]}

    assert quoted
    assert quoted | clustered <= minable


def test_a_promotion_stands_on_the_campaigns_start(optimized: Any) -> None:
    """Its parents are the start and the candidate, its trailers name experiment, proposal and verdict."""
    project, document = optimized.project, optimized.document
    entry = project.ledger.entries("promotion")[0]
    logged = next(row for row in project.repository.log() if row.commit == entry.body["commit"])
    parents = project.repository.git.run("show", "-s", "--format=%P", logged.commit).decode().split()

    assert parents == [document["harness"]["before"], entry.body["candidate"]]
    assert logged.trailers["Flywheel-Experiment"] == entry.body["experiment"]
    assert logged.trailers["Flywheel-Proposal"] == entry.body["proposal"]
    assert logged.trailers["Flywheel-Verdict"].startswith("promote")


def test_a_verdict_agrees_with_the_runs_that_it_names(optimized: Any) -> None:
    """Each pair's outcomes are those of the stored runs, its arms the control's and the candidate's."""
    project = optimized.project
    stored = {run.run_id: run for run in stored_runs(project)}
    judged = judged_proposals(project)[0]

    assert judged.verdict.pairs
    for pair in judged.verdict.pairs:
        control, candidate = stored[pair.control_run], stored[pair.candidate_run]
        assert (control.outcome, candidate.outcome) == (pair.control_outcome, pair.candidate_outcome)
        assert (control.arm, candidate.arm) == ("control", "candidate")
        assert control.task == candidate.task == pair.task
        assert control.seed == candidate.seed
        assert {control.split, candidate.split} == {"gate"}


def test_result_and_report_are_whole(optimized: Any) -> None:
    """The document is what was returned, the page ends as pages do, and no half-written file is left."""
    outputs = optimized.outputs

    assert json.loads(outputs.result.read_text()) == optimized.document
    assert outputs.report.read_text().rstrip().endswith("</html>")
    assert sorted(path.name for path in outputs.result.parent.iterdir()) == ["report.html", "result.json"]


def test_a_reviewer_gets_diff_numbers_and_the_way_back(optimized: Any) -> None:
    """Of a proposal that was really measured."""
    project = optimized.project
    promoted = project.ledger.entries("promotion")[0].body["proposal"]
    document, text = review_document(project, promoted), review_text(project, promoted)

    assert document["status"] == "promoted"
    assert document["diff"].startswith("diff --git a/harness.toml")
    assert document["verdict"]["decision"] == "promote"
    assert document["diff"].splitlines()[-1] in text
    assert "fixed  humaneval-repair/" in text
    assert "flywheel rollback" in text


def test_optimizing_again_changes_nothing(
    copied: Project, optimized: Any, settings: Settings, profile: Profile, tmp_path: Path
) -> None:
    """No run, no entry, no commit, and the same result."""
    before = kinds(copied), roots(copied), copied.repository.current()
    outputs = Outputs(result=tmp_path / "result.json", report=tmp_path / "report.html")

    again = optimize(copied, settings, outputs, SilentObserver(), model_profile=profile)

    assert (kinds(copied), roots(copied), copied.repository.current()) == before
    assert without_costs(again) == without_costs(optimized.document)
    assert outputs.report.exists()


def test_a_deleted_index_is_rebuilt_as_it_was(copied: Project) -> None:
    """The same hits and the same counts, patterns and signals included."""
    query = Query(facets=("outcome", "signal", "pattern", "split"), limit=200)
    before = search_archive(Archive.of(copied), query)
    copied.index.unlink()

    report = rebuild(Archive.of(copied))

    assert search_archive(Archive.of(copied), query) == before
    assert before.facets["pattern"]
    assert report.damaged == 0
    assert report.runs == len(stored_runs(copied))


def test_analyze_finds_the_same_without_an_index(copied: Project) -> None:
    """Patterns follow from the segments alone."""
    before = analysis_document(analyze(Archive.of(copied)))
    copied.index.unlink()

    assert analysis_document(analyze(Archive.of(copied))) == before


def test_a_rollback_restores_the_start(copied: Project, optimized: Any) -> None:
    """Tree for tree; the proposal counts as rolled back."""
    start = optimized.document["harness"]["before"]
    judged = judged_proposals(copied)[0]

    commit = roll_back(copied, reason="test")

    assert copied.repository.tree_hash(commit) == copied.repository.tree_hash(start)
    assert status_of(copied, judged.proposal) == "rolled back"


@pytest.mark.slow
def test_a_steady_model_gets_no_promotion(lenient: Project, settings: Settings, tmp_path: Path) -> None:
    """Where nothing fails there is nothing to propose, and the sealed split stays closed."""
    outputs = Outputs(result=tmp_path / "result.json", report=tmp_path / "report.html")
    closed = dataclasses.replace(settings, open_sealed=False, repeats=1)
    start = lenient.repository.current()

    document = optimize(lenient, closed, outputs, SilentObserver(), model_profile=Profile())

    assert document["proposals"] == []
    assert document["sealed"] is None
    assert document["harness"] == {"before": start, "after": start}
    assert lenient.repository.current() == start
    assert "verdict" not in kinds(lenient)


def kill_in_the_experiment(project: Project, driver: Path) -> set[int]:
    """Start an ``optimize``, kill it in its experiment, and return the processes that it had started."""
    driver.write_text(DRIVER)
    process = subprocess.Popen([sys.executable, driver, project.repository.path.parent])
    while process.poll() is None:
        if project.segments.is_dir() and roots(project).total() >= RUNS_BEFORE_KILL:
            break
        time.sleep(0.05)
    assert process.poll() is None, "it ended before it could be killed"
    started = descendants(process.pid)
    process.kill()
    process.wait()
    return started


def wait_until_gone(processes: set[int], *, seconds: float = 10.0) -> list[int]:
    """Those that are still there after some time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and any(is_alive(pid) for pid in processes):
        time.sleep(0.05)
    return [pid for pid in processes if is_alive(pid)]


@pytest.mark.slow
def test_a_killed_optimize_goes_on_and_ends_as_another_one_did(
    lenient: Project, optimized: Any, settings: Settings, profile: Profile, tmp_path: Path
) -> None:
    """Killed in its experiment, it leaves nothing running, pays for no run twice, and judges the same.

    It is interactive: the proposal waits, a person promotes it, and the next call goes on from there.
    """
    started = kill_in_the_experiment(lenient, tmp_path / "driver.py")
    left = wait_until_gone(started)
    paid = roots(lenient)
    outputs = Outputs(result=tmp_path / "result.json", report=tmp_path / "report.html")
    interactive = dataclasses.replace(settings, autonomy="interactive", open_sealed=False, rounds=1)
    project = open_project(lenient.repository.path)

    waiting = optimize(project, interactive, outputs, SilentObserver(), model_profile=profile)
    commit = promote_proposal(project, waiting["proposals"][-1]["id"])
    document = optimize(project, interactive, outputs, SilentObserver(), model_profile=profile)

    assert started
    assert left == []
    assert waiting["proposals"][-1]["status"] == "waiting"
    assert waiting["harness"]["after"] == waiting["harness"]["before"]
    assert document["proposals"][-1]["promotion"] == document["harness"]["after"] == commit
    assert set(roots(project).values()) == {1}
    assert paid <= roots(project)
    assert verdicts(project) == verdicts(optimized.project)
    assert document["patterns"][0]["id"] == optimized.document["patterns"][0]["id"]
    assert same_ends(project, optimized.project) == []


def same_ends(one: Project, other: Project) -> list[str]:
    """Keys of runs that both have and that said or did something else in one of them."""
    first, second = finished_runs(one.segments), finished_runs(other.segments)
    common = sorted(first.keys() & second.keys())
    assert len(common) >= RUNS_BEFORE_KILL
    return [
        key
        for key in common
        if (first[key].outcome, first[key].digest) != (second[key].outcome, second[key].digest)
    ]


def test_an_analyst_that_there_is_not_costs_nothing(
    project: Project, settings: Settings, tmp_path: Path
) -> None:
    """It is refused before the campaign is opened and the first run made."""
    outputs = Outputs(result=tmp_path / "result.json", report=tmp_path / "report.html")
    wrong = dataclasses.replace(settings, analysts=("simulated:nobody",))
    with pytest.raises(ManifestError, match="simulated:coder"):
        optimize(project, wrong, outputs, SilentObserver())

    assert project.ledger.entries() == ()
    assert count_runs(project) == 0
