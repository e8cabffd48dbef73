"""Counts of several processes, living and dead, become one; senders cannot make them grow."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from traces.receiver.counts import Counts, CountsFile, Snapshot, read_snapshots, settle, tally, total


def _snapshot(spans: int, waiting: int = 0) -> Snapshot:
    return Snapshot(counts=Counts(stored=Counter(spans=spans)), now={"waiting_requests": waiting})


def test_counts_of_processes_are_summed(tmp_path: Path) -> None:
    """Each writes a file of its own; one may be left out, for its owner knows better."""
    CountsFile(tmp_path / "worker-1.1.json").write(_snapshot(1))
    CountsFile(tmp_path / "worker-2.1.json").write(_snapshot(20, waiting=3))

    all_of_them = total(read_snapshots(tmp_path))
    others = total(read_snapshots(tmp_path, but=tmp_path / "worker-1.1.json"))

    assert (all_of_them.counts.stored["spans"], others.counts.stored["spans"]) == (21, 20)
    assert all_of_them.now["waiting_requests"] == 3


def test_the_dead_are_busy_with_nothing(tmp_path: Path) -> None:
    """What they counted stays."""
    path = tmp_path / "worker-1.1.json"
    CountsFile(path).write(_snapshot(5, waiting=3))

    settle(path)
    settle(tmp_path / "never-written.json")

    found = total(read_snapshots(tmp_path))
    assert found.counts.stored["spans"] == 5
    assert found.now.get("waiting_requests", 0) == 0


def test_what_has_not_changed_is_not_written_again(tmp_path: Path) -> None:
    """An idle receiver leaves the disk alone."""
    file = CountsFile(tmp_path / "worker.json")
    file.write(_snapshot(1))
    first = file.path.stat()

    file.write(_snapshot(1))

    assert file.path.stat().st_mtime_ns == first.st_mtime_ns
    assert file.path.stat().st_ino == first.st_ino


def test_a_folder_that_is_gone_harms_nobody(tmp_path: Path) -> None:
    """Counting must not end a process that receives."""
    CountsFile(tmp_path / "gone" / "worker.json").write(_snapshot(1))

    assert read_snapshots(tmp_path / "gone") == []


def test_a_damaged_file_counts_nothing(tmp_path: Path) -> None:
    """One that another program has written, for instance."""
    (tmp_path / "worker.json").write_text("{")

    assert read_snapshots(tmp_path) == []


def test_reasons_are_bounded_in_number_and_length() -> None:
    """They may hold names that senders chose."""
    sums: Counter[str] = Counter()

    for number in range(1000):
        tally(sums, {f"{number} " + "x" * 1000: 2})

    assert len(sums) == 201
    assert sums["other"] == 1600
    assert max(map(len, sums)) == 80
