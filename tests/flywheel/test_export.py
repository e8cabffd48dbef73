"""What is taken away can be brought back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from atif import Trajectory

from flywheel.archive import open_archive
from flywheel.cli import run
from flywheel.project import Project
from flywheel.reading import find_run
from tests.flywheel.plain_folder import close, store_own, unjudged, write_runs, write_trial
from traces.run import Run


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A judged run, a labelled one and one that is open; nothing here changes it."""
    folder = tmp_path_factory.mktemp("export")
    trial = write_trial(folder / "sort__abc", reward=0.0)
    file = write_runs(folder / "runs.jsonl", unjudged(1), unjudged(2))
    run(["traces", "ingest", str(trial), str(file), "-C", str(folder)])
    run(["traces", "label", f"{2:032x}", "--outcome", "passed", "-C", str(folder)])
    return folder


def exported(folder: Path, output: Path, *words: str) -> list[str]:
    """The lines of an export."""
    assert run(["traces", "export", *words, "-o", str(output), "-C", str(folder)]) == 0
    return output.read_text().splitlines()


def told(found: Run) -> tuple[object, ...]:
    """What must survive."""
    calls = [(call.name, call.exit_code) for call in found.tool_calls]
    return found.outcome, calls, found.usage, len(found.model_calls), found.agent, found.conversation


def test_otlp_comes_back_as_it_was(folder: Path, tmp_path: Path) -> None:
    """Under the same ids, with calls, tokens and outcomes, also those that labels gave."""
    lines = exported(folder, tmp_path / "all.jsonl")
    run(["traces", "ingest", str(tmp_path / "all.jsonl"), "-C", str(tmp_path)])
    groups = [json.loads(line)["resourceSpans"][0]["scopeSpans"][0] for line in lines]
    ids = {group["spans"][0]["traceId"] for group in groups}

    before, after = open_archive(folder), open_archive(tmp_path)
    assert len(lines) == len(ids) == 3
    for run_id in ids:
        assert told(find_run(after, run_id)) == told(find_run(before, run_id))


def test_atif_is_what_its_own_models_accept(folder: Path, tmp_path: Path) -> None:
    """A trajectory on each line."""
    lines = exported(folder, tmp_path / "all.atif", "--format", "atif", "--where", "outcome=failed")

    (document,) = map(json.loads, lines)
    Trajectory.model_validate(document)
    assert document["extra"]["outcome"] == "failed"
    assert document["extra"]["task"] == "sort-numbers"


def test_one_run_goes_to_standard_output(folder: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """And the count to standard error."""
    code = run(["traces", "export", f"{1:032x}", "-C", str(folder)])

    said = capfdbinary.readouterr()
    assert code == 0
    assert json.loads(said.out)["resourceSpans"]
    assert b"1 run written" in said.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--format", "csv"], "'csv' is not one of"),
        (["1", "--where", "outcome=failed"], "not both"),
        (["--where", "nonsense=1"], "choose from"),
        (["nowhere"], "no run 'nowhere'"),
    ],
    ids=["format", "both", "field", "run"],
)
def test_wrong_use_writes_nothing(
    words: list[str], said: str, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2, and no half of a file."""
    code = run(["traces", "export", *words, "-o", str(tmp_path / "out"), "-C", str(folder)])

    assert code == 2
    assert said in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_file_is_not_written_over(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What somebody exported yesterday stays."""
    (tmp_path / "out").write_text("yesterday")

    code = run(["traces", "export", "-o", str(tmp_path / "out"), "-C", str(folder)])

    assert code == 2
    assert "there already" in capsys.readouterr().err
    assert (tmp_path / "out").read_text() == "yesterday"


def test_closed_runs_are_not_exported_with_the_others(project: Project, tmp_path: Path) -> None:
    """Only one that is named, which is a look."""
    store_own(project, "mine/one")
    closed = store_own(project, "gate/one", split="gate")
    close(project, "gate/one")
    looks = len(project.ledger.entries("look"))

    every = exported(project.repository.path, tmp_path / "every")
    after_every = len(project.ledger.entries("look"))
    named = exported(project.repository.path, tmp_path / "named", closed)

    assert len(every) == len(named) == 1
    assert closed not in every[0]
    assert (after_every, len(project.ledger.entries("look"))) == (looks, looks + 1)
