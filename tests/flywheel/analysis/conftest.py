"""Folders of traces that somebody brought: some runs go wrong in one way, some in another."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from flywheel.archive import Archive, create_archive
from traces.segments import SegmentWriter
from traces.span import Span
from traces.testing import SECOND_NS, START_NS, TraceBuilder

HOUR = 3600 * SECOND_NS


def stuck(number: int, outcome: str = "failed") -> list[Span]:
    """A run that makes the same failing edit again and again, begun ``number`` hours after the first."""
    trace = TraceBuilder(f"{number:032x}", start_ns=START_NS + number * HOUR)
    edit = {"path": f"a{number}.py", "old": "x", "new": "y"}
    calls = [trace.tool("edit_file", edit, "no match for old text", status="error") for _ in range(6)]
    return [
        trace.chat("I edit", prompt=f"Repair program {number}"),
        *calls,
        trace.chat("I give up"),
        trace.root(outcome, task=f"task-{number % 5}"),
    ]


def lost(number: int) -> list[Span]:
    """A failing run that asks for files that are not there."""
    trace = TraceBuilder(f"{number:032x}", start_ns=START_NS + number * HOUR)
    calls = [
        trace.tool(
            "bash",
            {"command": f"cat /nowhere/{name}.py"},
            f"cat: /nowhere/{name}.py: No such file or directory",
            exit_code=1,
        )
        for name in "abcde"
    ]
    return [
        trace.chat("I read", prompt="Repair it"),
        *calls,
        trace.chat("Done."),
        trace.root("failed", task=f"task-{number % 5}"),
    ]


def sound(number: int) -> list[Span]:
    """A run that edits once, tests and passes."""
    trace = TraceBuilder(f"{number:032x}", start_ns=START_NS + number * HOUR)
    return [
        trace.chat("I edit", prompt="Repair it"),
        trace.tool("edit_file", {"path": "a.py", "old": "x", "new": "y"}, "edited"),
        trace.tool("bash", {"command": "pytest -q"}, "3 passed", exit_code=0),
        trace.chat("Done: the tests pass."),
        trace.root("passed", task=f"task-{number % 5}"),
    ]


def bring(folder: Path, runs: Sequence[Sequence[Span]]) -> Archive:
    """Runs in a folder as an importer leaves them, outcomes that a benchmark gave among them."""
    archive = create_archive(folder)
    with SegmentWriter(archive.store.foreign, name="ingest") as writer:
        writer.append_many([span for spans in runs for span in spans])
    return archive


def _runs() -> list[list[Span]]:
    return [
        *[stuck(number) for number in range(1, 13)],
        *[lost(number) for number in range(13, 23)],
        *[sound(number) for number in range(23, 41)],
    ]


@pytest.fixture(scope="session")
def brought(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """Twelve stuck runs, ten lost ones and eighteen sound ones, an hour apart; only to be read."""
    return bring(tmp_path_factory.mktemp("brought"), _runs())


@pytest.fixture
def own(tmp_path: Path) -> Archive:
    """The same runs in a folder of one's own, to be corrected."""
    return bring(tmp_path, _runs())
