"""The commands that look after a folder of traces: stats, verify, retain, reindex, receive, tail, show."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from flywheel.cli import run
from tests.flywheel.plain_folder import long_trace, unjudged, write_runs, write_spans
from traces.testing import TraceBuilder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two runs that nobody judged."""
    file = write_runs(tmp_path / "runs.jsonl", unjudged(1), unjudged(2))
    run(["traces", "ingest", str(file), "-C", str(tmp_path)])
    return tmp_path


def answer(capsys: pytest.CaptureFixture[str], folder: Path, *words: str, code: int = 0) -> Any:
    """What a command writes with ``--json``."""
    capsys.readouterr()
    assert run(["traces", *words, "--json", "-C", str(folder)]) == code
    return json.loads(capsys.readouterr().out)


def shown(capsys: pytest.CaptureFixture[str], folder: Path, *words: str, code: int = 0) -> str:
    """What a command writes for people."""
    capsys.readouterr()
    assert run(["traces", *words, "-C", str(folder)]) == code
    return capsys.readouterr().out


def segment(folder: Path) -> Path:
    """The only segment of what was imported."""
    (found,) = (folder / ".flywheel" / "received").iterdir()
    return found


def test_stats_count_runs_and_days(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By source, outcome and agent."""
    document = answer(capsys, folder, "stats")

    assert (document["runs"], document["spans"], document["other_traces"]) == (2, 6, 0)
    assert document["runs_by"]["outcome"] == {"unknown": 2}
    assert "2 runs, 6 spans, 2023-11-14 to 2023-11-15" in shown(capsys, folder, "stats")


def test_a_source_without_times_gives_no_date(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nobody ran an agent in 1970; and other runs' times are not lost by it."""
    timeless = TraceBuilder("b" * 32, start_ns=0)
    file = write_spans(tmp_path / "timeless.jsonl", [timeless.chat("hello"), timeless.root("")])
    run(["traces", "ingest", str(file), "-C", str(tmp_path)])
    alone = shown(capsys, tmp_path, "stats")
    run(["traces", "ingest", str(write_runs(tmp_path / "runs.jsonl", unjudged(1))), "-C", str(tmp_path)])

    assert "1 run, 2 spans\n" in alone
    assert "2 runs, 5 spans, 2023-11-14\n" in shown(capsys, tmp_path, "stats")


def test_a_whole_store_is_verified(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every record is read."""
    assert answer(capsys, folder, "verify")["received"]["spans"] == 6
    assert "1 segment, 6 spans of 2 traces" in shown(capsys, folder, "verify")


def test_a_flipped_byte_is_found(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 1 and the place; all other records are still read."""
    content = bytearray(segment(folder).read_bytes())
    content[len(content) // 2] ^= 0xFF
    segment(folder).write_bytes(content)

    document = answer(capsys, folder, "verify", code=1)
    text = shown(capsys, folder, "verify", code=1)
    again = answer(capsys, folder, "reindex")

    assert (document["received"]["ok"], document["received"]["spans"]) == (False, 5)
    assert "DAMAGED" in text
    assert document["received"]["segments"][0]["places"][0] in text
    assert (again["spans"], again["damaged"]) == (5, 1)


def test_retention_says_before_it_does(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A dry run changes nothing; the real one is forgotten by the index too."""
    dry = answer(capsys, folder, "retain", "--days", "0", "--dry-run")
    before = segment(folder).name
    done = answer(capsys, folder, "retain", "--days", "0")

    assert dry["removed"] == done["removed"] == [before]
    assert list((folder / ".flywheel" / "received").iterdir()) == []
    assert run(["traces", "search", "pytest", "-C", str(folder)]) == 2
    assert "traces ingest" in capsys.readouterr().err


def test_retention_without_limits_only_compresses(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What is packed is read as before."""
    text = shown(capsys, folder, "retain")

    assert "compressed 1 segment" in text
    assert "0 segments removed" in text
    assert segment(folder).name.endswith(".zst")
    assert "bash" in shown(capsys, folder, "show", f"{1:032x}")


def test_a_long_run_has_a_line_for_each_step(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What failed is quoted, and with ``--full`` everything."""
    run(["traces", "ingest", str(write_spans(tmp_path / "long.jsonl", long_trace(70))), "-C", str(tmp_path)])

    brief = shown(capsys, tmp_path, "show", "e" * 32)
    full = shown(capsys, tmp_path, "show", "e" * 32, "--full")

    assert len(brief.splitlines()) < 85
    assert "ls 69" in brief
    assert "→ E boom" in brief
    assert "→ fine" not in brief
    assert full.count("→ fine") == 70


def test_a_run_tells_where_it_comes_from(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Everything that the text shows is in the document too."""
    document = answer(capsys, folder, "show", f"{1:032x}")

    assert document["outcome"] == "unknown"
    assert document["labels"] == []
    assert {"source", "agent", "conversation", "provenance", "cached_tokens", "reasoning_tokens"} <= set(
        document
    )


def test_a_search_without_hits_names_a_way_on(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing found is no error; one hit is told as one."""
    assert "no span matches; `flywheel traces stats`" in shown(capsys, folder, "search", "xyzzy")
    assert "2 runs match" in shown(capsys, folder, "search", "pytest", "--by-run")
    assert "1 span matches" in shown(
        capsys, folder, "search", "pytest", "--where", f"run={1:032x}", "--where", "kind=tool"
    )
    assert "before this offset" in shown(capsys, folder, "search", "--offset", "50")


@pytest.mark.parametrize("text", ["* AND (", "'; DROP TABLE", "ü…😀", "a" * 5000])
def test_any_text_may_be_searched_for(text: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """No words are a syntax that can be wrong."""
    assert answer(capsys, folder, "search", text)["total"] >= 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("search", '"'), "no letters or digits to search for"),
        (("search", "--where", "nonsense"), "is no condition"),
        (("search", "--where", "foo=1"), "choose from run, outcome"),
        (("search", "--where", "seconds>long"), "is a number"),
        (("search", "--where", "tool>bash"), "compare it with = or !="),
        (("search", "--sort", "seconds:up"), "is no order"),
        (("search", "--facet", "seconds"), "has no facets"),
        (("show", "zzz"), "there is: "),
        (("show", f"{1:032x}", "--span", "zzz"), "there is: "),
        (("retain", "--days", "-1"), "greater than or equal"),
        (("receive", "--token-variable", "FLYWHEEL_NO_SUCH"), "FLYWHEEL_NO_SUCH is empty"),
        (("receive", "--port", "99999"), "less than or equal"),
    ],
    ids=lambda words: " ".join(words) if isinstance(words, tuple) else "",
)
def test_wrong_use_ends_with_two(
    words: tuple[str, ...], said: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line on standard error, and nothing on standard output."""
    capsys.readouterr()
    code = run(["traces", *words, "-C", str(folder)])

    told = capsys.readouterr()
    assert (code, told.out) == (2, "")
    assert said in told.err
    assert told.err.count("\n") == 1


def test_tail_prints_what_is_stored_until_it_is_interrupted(folder: Path) -> None:
    """A line for each step of an agent, and with Ctrl-C an end without complaint."""
    command = [sys.executable, "-m", "flywheel", "traces", "tail", "-C", str(folder)]
    tail = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert tail.stderr is not None
    assert tail.stdout is not None
    assert "Ctrl-C ends it" in tail.stderr.readline()
    time.sleep(0.3)  # it looks at what is there before it waits

    run(["traces", "ingest", str(write_runs(folder / "more.jsonl", unjudged(3))), "-C", str(folder)])
    lines = [tail.stdout.readline() for _ in range(3)]
    os.kill(tail.pid, signal.SIGINT)
    out, errors = tail.communicate(timeout=20)

    assert [line.split()[2] for line in lines] == ["model", "tool", "agent"]
    assert "bash (exit code 1) pytest -q" in lines[1]
    assert (out, errors, tail.returncode) == ("", "", 0)
