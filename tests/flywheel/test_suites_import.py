"""The command that imports other people's tasks, and what can be done with the suite."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.errors import SuiteError
from flywheel.cli import run
from flywheel.exit_codes import ExitCode
from flywheel.observer import SilentObserver
from flywheel.suites import open_suite
from harness.repository import HarnessRepository
from harness.template import coder_template


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A set with one task that holds and one that does not, and an empty cache."""
    monkeypatch.setenv("FLYWHEEL_CACHE", str(tmp_path / "cache"))
    for name, answer in (("good", "42"), ("bad", "41")):
        record = {
            "id": name,
            "instruction": "Write 42 to out.txt.",
            "verifier": {"command": ["bash", "check.sh"], "files": {"check.sh": "test $(cat out.txt) = 42"}},
            "reference": {"out.txt": answer},
        }
        file = tmp_path / "set" / f"{name}.jsonl"
        file.parent.mkdir(exist_ok=True)
        file.write_text(json.dumps(record))
    return tmp_path / "set"


def test_an_import_lists_every_task(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Accepted or refused with the reason, then the counts and the suite."""
    code = run(["suites", "import", str(folder), "--name", "toy"])
    output = capsys.readouterr().out

    assert code == ExitCode.DONE
    assert "accepted toy/good\n" in output
    assert "refused  toy/bad  reference fails: the tests say verifier_says_no" in output
    assert "1 of 2 tasks accepted" in output
    assert "suite toy, version" in output


def test_an_import_as_json(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One document, the same each time."""
    run(["suites", "import", str(folder), "--name", "toy", "--licence", "CC0", "--json"])
    first = json.loads(capsys.readouterr().out)
    run(["suites", "import", str(folder), "--name", "toy", "--licence", "CC0", "--json"])

    assert first == json.loads(capsys.readouterr().out)
    assert (first["accepted"], first["refused"], first["licence"]) == (1, 1, "CC0")
    assert first["tasks"][0]["reasons"][0]["reason"] == "reference_fails"


def test_the_suite_is_one_like_any_other(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Listed, shown and checked."""
    run(["suites", "import", str(folder), "--name", "toy", "--no-splits"])
    codes = [run(["suites", *words]) for words in (["list"], ["show", "toy", "toy/good"], ["check", "toy"])]
    output = capsys.readouterr().out

    assert codes == [ExitCode.DONE] * 3
    assert "Write 42 to out.txt." in output
    assert "1 of 1 tasks hold" in output
    assert "check.sh" not in output


def test_nothing_that_counts_is_a_negative_answer(folder: Path) -> None:
    """And makes no suite."""
    (folder / "good.jsonl").unlink()

    assert run(["suites", "import", str(folder), "--name", "toy"]) == ExitCode.NEGATIVE
    assert run(["suites", "show", "toy"]) == ExitCode.WRONG_USE


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--name", "workshop"], "is a suite of its own"),
        (["--name", "Not A Name"], "cannot be a suite's name"),
        (["--name", "toy", "--format", "harbor"], "holds no tasks of the format harbor"),
        (["--name", "toy", "--format", "zip"], "'zip'"),
    ],
)
def test_wrong_use_names_the_way_out(
    folder: Path, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    """In one line."""
    assert run(["suites", "import", str(folder), *words]) == ExitCode.WRONG_USE
    assert said in capsys.readouterr().err


def test_a_suite_without_splits_cannot_be_optimised_on(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is said before anything runs."""
    run(["suites", "import", str(folder), "--name", "toy", "--no-splits"])
    tree = coder_template(model="simulated:coder")
    HarnessRepository.init(tmp_path / "harness", tree, "Start", clock=lambda: 1_700_000_000.0)
    code = run(["optimize", "-C", str(tmp_path / "harness"), "--suite", "toy"])

    assert code == ExitCode.WRONG_USE
    assert "holds no groups out for the gate" in capsys.readouterr().err
    assert open_suite("toy", seed=1, observer=SilentObserver()).name == "toy"
    with pytest.raises(SuiteError, match="choose a suite with splits"):
        open_suite("toy", seed=1, observer=SilentObserver(), held_out=True)


@pytest.mark.parametrize("words", [[], ["--dry-run"]])
def test_nothing_can_be_measured_on_a_suite_without_splits(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    """Nor planned: there is no gate to ask."""
    run(["suites", "import", str(folder), "--name", "toy", "--no-splits"])
    tree = coder_template(model="simulated:coder")
    repository = HarnessRepository.init(tmp_path / "harness", tree, "Start", clock=lambda: 1_700_000_000.0)
    changed = {**tree, "prompts/system.md": b"Work with great care.\n"}
    commit = repository.commit_candidate(changed, "Other words", parent=repository.current(), name="other")
    code = run(["evaluate", commit, "-C", str(tmp_path / "harness"), "--suite", "toy", *words])

    assert code == ExitCode.WRONG_USE
    assert "holds no groups out for the gate" in capsys.readouterr().err
