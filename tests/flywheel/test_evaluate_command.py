"""``flywheel evaluate`` as a CI job calls it: what it refuses early, foretells, writes, and survives."""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from benchmarks.gate.testing import SimulatedExecutor, pass_rates
from benchmarks.gate.verdict import Verdict
from flywheel.campaigns import open_campaign
from flywheel.cli import run
from flywheel.comparison import Question, compare, sized
from flywheel.measuring import Measurement, _plan
from flywheel.observer import SilentObserver
from flywheel.project import Project, open_project
from flywheel.records import verdict_record
from flywheel.suites import open_suite
from harness.run_store import finished_runs
from traces import attributes
from traces.segments import read_spans


def document_of(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """What a command with ``--json`` wrote."""
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def begun(project: Project) -> Counter[str]:
    """How many attempts of each run key were begun."""
    if not project.segments.is_dir():
        return Counter()
    spans = read_spans(project.segments)
    return Counter(
        str(span.attributes[attributes.RUN_KEY]) for span in spans if span.name == attributes.RUN_STARTED
    )


def kill_after(words: list[str], project: Project, runs: int) -> None:
    """Begin the command and kill its process without warning once so many runs have ended."""
    process = subprocess.Popen([sys.executable, "-m", "flywheel", *words], stdout=subprocess.DEVNULL)
    try:
        for _ in range(1500):
            if project.segments.is_dir() and len(finished_runs(project.segments)) >= runs:
                break
            time.sleep(0.02)
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()


def shown(verdict: dict[str, Any]) -> dict[str, Any]:
    """What a verdict rests on; the id of a run counts the attempts that a kill cut short."""
    names = ("decision", "effect_at_stop", "interval", "wealth", "evidence", "blocked_by")
    return {
        **{name: verdict[name] for name in names},
        "pairs": [
            (pair["task"], pair["control_score"], pair["candidate_score"]) for pair in verdict["pairs"]
        ],
    }


@pytest.fixture
def answered(change: Any, verdict: Verdict) -> Verdict:
    """The change's question with an answer in the ledger, as if it had been asked and measured before."""
    project = change.project
    comparison = compare(project, Question(candidate="my-change", against="HEAD", suite="humaneval-repair"))
    suite = open_suite("humaneval-repair", seed=1, observer=SilentObserver())
    size, tasks = sized(comparison, suite)
    measurement = Measurement(
        project=project,
        campaign=open_campaign(project, suite=suite.name, seed=1, policy=comparison.policy),
        policy=comparison.policy,
        suite=suite,
        tasks=tasks,
        repeats=size.repeats,
        max_bets=size.max_bets,
        executor=SimulatedExecutor(ends=pass_rates(0.5, 0.5)),
        in_flight=2,
        observer=SilentObserver(),
        claim=comparison.claim,
        question="safe",
        margin=comparison.margin,
    )
    body = {
        "campaign": measurement.campaign.id,
        "budgeted_as": comparison.subject.name,
        "proposal": comparison.subject.name,
        "control": comparison.subject.control,
        "candidate": comparison.subject.candidate,
        "verdict": verdict_record(dataclasses.replace(verdict, question="safe", margin=comparison.margin)),
    }
    project.ledger.append("verdict", _plan(measurement, comparison.subject).id, body)
    return verdict


@pytest.mark.slow
def test_a_killed_evaluation_goes_on(change: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A clone's job is killed and repeated: the verdict of an undisturbed one, nothing run or looked at twice.

    The repository that it was cloned from knows charge and look from before the first run on, and the verdict.
    """
    origin = change.project
    job, apart = tmp_path / "job", tmp_path / "apart"
    shutil.copytree(origin.repository.path, apart, symlinks=True)
    source = f"file://{origin.repository.path}"
    subprocess.run(["git", "clone", "--quiet", source, str(job)], check=True, capture_output=True)
    words = [
        "evaluate",
        "origin/my-change",
        "-C",
        str(job),
        "--better",
        "--budget",
        "8",
        "--in-flight",
        "1",
        "--json",
    ]
    kill_after(words, open_project(job), 2)
    known = [entry.kind for entry in origin.ledger.entries()]
    before = finished_runs(open_project(job).segments)

    code = run(words)
    document = document_of(capsys)
    undisturbed = run(["evaluate", "my-change", "-C", str(apart), *words[4:]])
    expected = document_of(capsys)

    attempts = begun(open_project(job))
    assert len(before) >= 2
    assert known == ["campaign", "charge", "experiment", "look"]
    assert len(finished_runs(open_project(apart).segments)) == len(finished_runs(open_project(job).segments))
    assert (code, shown(document["verdict"])) == (undisturbed, shown(expected["verdict"]))
    assert all(attempts[key] == 1 for key in before)
    assert document["ledger"] == "shared"
    assert open_project(job).ledger.entries() == origin.ledger.entries()
    assert [entry.kind for entry in origin.ledger.entries()] == [*known, "verdict"]


def test_a_job_gets_its_files(
    answered: Verdict,
    change: Any,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """All forms of one answer agree; a question that was answered before is not run again."""
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    places = {"--junit": tmp_path / "out" / "junit.xml", "--markdown": tmp_path / "out" / "summary.md"}
    words = [*change.words, *(str(word) for place in places.items() for word in place)]

    codes = run([*words, "--json"]), run([*words, "--github"])

    document, _, text = capsys.readouterr().out.partition("\n}\n")
    found = json.loads(document + "}")
    summary = places["--markdown"].read_text()
    cases = list(ET.parse(places["--junit"]).iter("testcase"))
    assert codes == (0, 0)
    assert [case.get("name") for case in cases] == [pair.task for pair in answered.pairs]
    planned = found["runs"]["planned"]
    assert found["runs"]["taken"] == 8
    assert found["simulated"] is True
    assert (found["question"], found["margin"], found["decision"]) == ("safe", 0.1, "promote")
    assert summary == (tmp_path / "summary.md").read_text().removesuffix("\n")
    assert "simulated" in summary
    assert text.startswith("safe: ")
    assert f"8 of {planned} planned runs taken" in text
    assert not change.project.segments.exists()


def test_a_forecast_runs_and_records_nothing(change: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """Groups, runs, cost and what can be detected; a larger budget detects less."""
    codes = [
        run([*change.words, "--better", "--dry-run", "--json", "--budget", budget]) for budget in ("28", "84")
    ]

    said = capsys.readouterr().out
    small, large = (json.loads(part) for part in said.replace("}\n{", "}\n\0{").split("\0"))
    assert codes == [0, 0]
    assert (small["groups"], small["runs"], large["runs"]) == (14, 28, 84)
    assert large["detectable_effect"] < small["detectable_effect"]
    assert small["cost"] is None
    assert small["candidates_left"] == 2
    assert change.project.ledger.entries() == ()
    assert not change.project.segments.exists()


def test_safe_is_the_default_question(change: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """With the policy's margin, and as many runs as usually decide; the text says what that can show."""
    codes = run([*change.words, "--dry-run", "--json"]), run([*change.words, "--dry-run"])

    document, _, text = capsys.readouterr().out.partition("\n}\n")
    found = json.loads(document + "}")
    assert codes == (0, 0)
    assert (found["question"], found["claim"], found["margin"]) == ("safe", "suite", 0.1)
    assert found["runs"] % 28 == 0
    assert found["chances"]["promote"] >= 0.8
    assert f"at most {found['runs']} runs" in text
    assert "costs less than 10.0 points" in text
    assert "nothing was recorded" in text


def test_a_budget_that_cannot_decide_is_refused_for_free(
    change: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """By the forecast and by the evaluation alike: no run and no look."""
    codes = [run([*change.words, "--budget", "2", *more]) for more in ([], ["--dry-run"])]

    errors = [line for line in capsys.readouterr().err.splitlines() if line.startswith("flywheel:")]
    assert codes == [2, 2]
    assert all("1 pairs cannot show" in line for line in errors)
    assert not change.project.segments.exists()
    assert change.project.ledger.entries("look") == ()


@pytest.mark.parametrize("command", ["forecast", "evaluate", "optimize"])
def test_another_seed_is_refused_before_its_suite_is_made(
    command: str,
    change: Any,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Making the tasks of a seed takes minutes, so the campaign is asked first."""
    project = change.project
    open_campaign(project, suite="humaneval-repair", seed=1, policy=project.policy())
    monkeypatch.setenv("FLYWHEEL_CACHE", str(tmp_path / "empty"))
    words = {
        "forecast": [*change.words, "--dry-run"],
        "evaluate": change.words,
        "optimize": ["optimize", "-C", str(project.repository.path)],
    }

    code = run([*words[command], "--seed", "2"])

    assert code == 2
    assert "--seed 1" in capsys.readouterr().err
    assert not (tmp_path / "empty").exists()


@pytest.mark.parametrize(("suite", "hint"), [("workshop", "suites list"), ("nope", "humaneval-repair")])
def test_a_suite_that_cannot_answer_opens_no_campaign(
    suite: str, hint: str, change: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """One without a gate split, or that does not exist: the choices are named and nothing is written."""
    code = run([*change.words, "--suite", suite])

    assert code == 2
    assert hint in capsys.readouterr().err
    assert change.project.ledger.entries() == ()


@pytest.mark.parametrize("arm", ["candidate", "control"])
def test_a_harness_that_does_not_load_is_named(
    arm: str, project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    """Which of the two, by its word and commit, before anything is opened."""
    repository = project.repository
    broken = {**repository.tree("HEAD"), "harness.toml": b"[harness\n"}
    commit = repository.commit_candidate(broken, "broken", repository.current(), "broken")
    words = [commit, "--against", "HEAD"] if arm == "candidate" else ["HEAD", "--against", commit]

    code = run(["evaluate", *words, "-C", str(repository.path)])

    assert code == 2
    assert f"the {arm} {commit}" in capsys.readouterr().err


def test_a_summary_outside_of_a_job_is_refused_before_any_run(
    change: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A typing error must not cost an experiment."""
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)

    code = run([*change.words, "--github"])

    assert code == 2
    assert "GITHUB_STEP_SUMMARY" in capsys.readouterr().err
    assert not change.project.segments.exists()


def test_a_clone_out_of_reach_of_its_ledger_may_only_decide_for_itself(
    answered: Verdict, change: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Refused with the way out; with it, every output says that the verdict counts for nothing elsewhere."""
    change.project.repository.git.run("remote", "add", "origin", str(tmp_path / "nowhere"))

    refused = run(change.words)
    error = capsys.readouterr().err
    alone = run([*change.words, "--local-ledger"])

    said = capsys.readouterr()
    assert (refused, alone) == (2, 0)
    assert "--local-ledger" in error
    assert "counts for nothing elsewhere" in said.out
    assert "counts for nothing elsewhere" in said.err


def test_the_version_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    """For a bug report, without loading any command."""
    code = run(["--version"])

    assert code == 0
    assert capsys.readouterr().out.startswith("flywheel 0.")


@pytest.mark.parametrize("broken", ["manifest", "branch", "garbage"])
def test_status_of_a_broken_head_is_one_clear_line(
    broken: str, project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    """It names the commit and file, or says that no commit is checked out."""
    repository = project.repository
    head = repository.path / ".git" / "HEAD"
    if broken == "manifest":
        (repository.path / "harness.toml").write_text("[harness\n")
        repository.git.run("commit", "-qam", "broken")
    else:
        head.write_text("ref: refs/heads/nowhere\n" if broken == "branch" else "garbage\n")

    code = run(["status", "-C", str(repository.path)])

    lines = capsys.readouterr().err.splitlines()
    assert code == 2
    assert len(lines) == 1
    assert ("does not load: harness.toml:1" if broken == "manifest" else "check out a branch") in lines[0]
