"""Bringing files in: once, whole, and with an answer for everything that is no trace."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from flywheel.cli import run
from tests.flywheel.plain_folder import unjudged, write_runs, write_trial


def ingest(folder: Path, *paths: Path) -> int:
    """Ingest into a folder."""
    return run(["traces", "ingest", *map(str, paths), "-C", str(folder)])


def report(folder: Path, path: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    """The JSON report of an ingest."""
    capsys.readouterr()
    assert run(["traces", "ingest", str(path), "--json", "-C", str(folder)]) == 0
    return json.loads(capsys.readouterr().out)


def test_the_second_time_nothing_is_stored(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The same content is known, whatever its file is called."""
    file = write_runs(tmp_path / "runs.jsonl", unjudged(1), unjudged(2))

    first = report(tmp_path, file, capsys)
    second = report(tmp_path, file.rename(tmp_path / "other.log"), capsys)

    assert (first["runs"], first["spans"], first["stored"], first["duplicate"]) == (2, 6, 6, 0)
    assert (second["stored"], second["duplicate"]) == (0, 6)


def test_a_grown_file_brings_what_is_new(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As a session that goes on."""
    ingest(tmp_path, write_runs(tmp_path / "runs.jsonl", unjudged(1)))

    again = report(tmp_path, write_runs(tmp_path / "runs.jsonl", unjudged(1), unjudged(2)), capsys)

    assert (again["stored"], again["duplicate"]) == (3, 3)


@pytest.fixture
def litter(tmp_path: Path) -> Path:
    """A folder as folders are: a good file among garbage, links in a loop, a pipe, names that act on terminals."""
    folder = tmp_path / "litter"
    folder.mkdir()
    write_runs(folder / "good.jsonl", unjudged(1))
    with (folder / "good.jsonl").open("ab") as file:
        file.write(b'{"half": ')
    (folder / "random.bin").write_bytes(bytes(range(256)) * 40)
    (folder / "empty.jsonl").touch()
    (folder / "text.json").write_text("no trace")
    (folder / "loop").symlink_to(".")
    (folder / "broken").symlink_to("nowhere")
    os.mkfifo(folder / "pipe")
    (folder / "we\x1b[31mird\n.txt").write_text("x")
    return folder


def test_garbage_costs_nothing_but_a_line(
    litter: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The good part is read; each reason is told once, with the first place, and cannot act on the terminal."""
    code = ingest(tmp_path, litter)

    said = capsys.readouterr().out
    assert code == 0
    assert "1 run; 3 of 3 spans new" in said
    assert "good.jsonl:2" in said
    for reason in ("empty", "not a trace", "binary", "unreadable"):
        assert sum(line.endswith(")") and f": {reason} (" in line for line in said.splitlines()) == 1
    assert "\x1b" not in said


def test_the_report_names_every_file(
    litter: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With ``--json`` nothing is summed up."""
    document = report(tmp_path, litter, capsys)

    formats = {Path(file["path"]).name: file["format"] or file["left_out"] for file in document["files"]}
    assert formats["good.jsonl"] == "otlp-lines"
    assert formats["empty.jsonl"] == "empty"
    assert formats["random.bin"] == "binary"
    assert not document["interrupted"]


def test_a_benchmark_s_verdict_comes_along(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The run shows who gave its outcome, its agent, its source, and its tokens with those that were cached."""
    ingest(tmp_path, write_trial(tmp_path / "sort__abc", reward=1.0))
    capsys.readouterr()
    run(["traces", "search", "--where", "outcome=passed", "--by-run", "--json", "-C", str(tmp_path)])
    (hit,) = json.loads(capsys.readouterr().out)["hits"]

    run(["traces", "show", hit["run"], "-C", str(tmp_path)])

    text = capsys.readouterr().out
    assert ": passed" in text.splitlines()[0]
    assert "judged by harbor:reward" in text
    assert "agent some-agent, source atif" in text
    assert "1,200 tokens in (1,000 cached), 60 out" in text


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nowhere.jsonl"], "there is no nowhere.jsonl"),
        ([], "Missing argument"),
        ([".", "-C", "/nowhere"], "is no folder"),
    ],
    ids=["file", "nothing", "folder"],
)
def test_wrong_use_is_told_in_a_line(words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 2."""
    assert run(["traces", "ingest", *words]) == 2

    assert said in capsys.readouterr().err


def test_what_comes_later_completes_the_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder without traces is told as such, and is no failure."""
    (tmp_path / "notes.txt").write_text("hello")

    code = ingest(tmp_path, tmp_path / "notes.txt")

    assert code == 0
    assert "0 runs; 0 of 0 spans new" in capsys.readouterr().out
