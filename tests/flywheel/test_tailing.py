"""What is stored while somebody watches."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from flywheel.archive import Archive, create_archive
from flywheel.project import Project
from flywheel.tailing import new_spans
from tests.flywheel.plain_folder import close, store_own, unjudged
from traces.run import Run
from traces.segments import SegmentWriter
from traces.span import Span


def no_wait(_: float) -> None:
    """Do not sleep: the test stores between two rounds."""


def round_of(spans: Iterator[Span | None]) -> list[str]:
    """The names of the spans of one round."""
    return [span.name for span in iter(lambda: next(spans), None) if span is not None]


def store(folder: Path, run: Run) -> None:
    """Another program's work."""
    with SegmentWriter(folder, name="other") as writer:
        writer.append_many(run.spans)


def test_only_what_comes_after_the_start_is_told(tmp_path: Path) -> None:
    """Each span once, in the order in which it was stored."""
    archive = create_archive(tmp_path)
    store(archive.store.foreign, unjudged(1))
    spans = new_spans(archive, sleep=no_wait)
    first = round_of(spans)

    store(archive.store.foreign, unjudged(2))
    second = round_of(spans)

    assert first == []
    assert second == ["chat simulated:coder", "execute_tool bash", "invoke_agent coder"]
    assert round_of(spans) == []


def test_a_folder_may_be_empty_at_first(tmp_path: Path) -> None:
    """Who waits for the first span need not store one before."""
    archive = create_archive(tmp_path)
    spans = new_spans(archive, sleep=no_wait)
    assert round_of(spans) == []

    store(archive.store.own, unjudged(1))

    assert len(round_of(spans)) == 3


def test_closed_runs_are_left_out(project: Project) -> None:
    """Also those that are closed while somebody watches, as an experiment's are."""
    spans = new_spans(Archive.of(project), sleep=no_wait)
    assert round_of(spans) == []

    close(project, "gate/one")
    store_own(project, "gate/one", split="gate")
    store_own(project, "mine/one")

    assert len(round_of(spans)) == 4
