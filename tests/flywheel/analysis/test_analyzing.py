"""Why runs fail, told from stored traces alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from flywheel.analysis.analyzing import analyze
from flywheel.analysis.text import analysis_text
from flywheel.archive import open_archive
from flywheel.cli import run
from flywheel.project import Project
from tests.flywheel.plain_folder import close, store_own, write_spans
from traces.span import Span
from traces.testing import SECOND_NS, START_NS, TraceBuilder


def stuck(number: int) -> list[Span]:
    """A run that nobody judged, which makes the same failing edit again and again."""
    trace = TraceBuilder(f"{number:032x}", start_ns=START_NS + number * SECOND_NS)
    edit = {"path": f"a{number}.py", "old": "x", "new": "y"}
    calls = [trace.tool("edit_file", edit, "no match for old text", status="error") for _ in range(6)]
    return [
        trace.chat("I edit", prompt=f"Repair program {number}"),
        *calls,
        trace.chat("I give up"),
        trace.root(""),
    ]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Six such runs."""
    file = write_spans(tmp_path / "runs.jsonl", [span for number in range(1, 7) for span in stuck(number)])
    run(["traces", "ingest", str(file), "-C", str(tmp_path)])
    return tmp_path


def analysis(folder: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    """The analysis as JSON."""
    capsys.readouterr()
    assert run(["analyze", "--json", "-C", str(folder)]) == 0
    return json.loads(capsys.readouterr().out)


def test_without_outcomes_patterns_come_from_signals(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """And say so, with a run to look at and the way to better ones."""
    document = analysis(folder, capsys)
    text = analysis_text(analyze(open_archive(folder)))

    assert (document["runs"], document["passed"], document["rests_on"]) == (6, 0, "signals")
    assert len(document["patterns"][0]["runs"]) == 6
    assert "6 runs, 0 passed" in text
    assert "traces label RUN" in text
    assert "100 % of the runs" in text
    assert "failures" not in text


def test_a_pattern_can_be_searched_for(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is an annotation of the runs that it was found in."""
    found = analysis(folder, capsys)["patterns"][0]["id"]

    run(["traces", "search", "--where", f"pattern={found}", "--by-run", "--json", "-C", str(folder)])

    assert json.loads(capsys.readouterr().out)["total"] == 6


def test_nothing_to_analyze_says_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 2, whether there is nothing at all or nothing of an agent."""
    empty = run(["analyze", "-C", str(tmp_path)])
    said = capsys.readouterr().err
    file = write_spans(tmp_path / "spans.jsonl", [TraceBuilder().span("GET /health")])
    run(["traces", "ingest", str(file), "-C", str(tmp_path)])

    assert (empty, run(["analyze", "-C", str(tmp_path)])) == (2, 2)
    assert "traces ingest" in said
    assert "no runs to analyze" in capsys.readouterr().err


def test_a_harness_is_analyzed_by_its_own_open_runs(
    project: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither closed ones nor imported ones are among them; without passes none are compared with."""
    for number in range(4):
        store_own(project, f"mine/{number}")
    store_own(project, "gate/one", split="gate")
    close(project, "gate/one")
    file = write_spans(tmp_path / "runs.jsonl", stuck(1))
    run(["traces", "ingest", str(file), "-C", str(project.repository.path)])

    document = analysis(project.repository.path, capsys)

    assert document["runs"] == 4
    assert document["rests_on"] == "outcomes"
