"""The ingest of files and folders."""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path
from typing import Any

import pytest
import zstandard

from traces import attributes as names
from traces.errors import SegmentError
from traces.evaluations import apply_evaluations
from traces.ingest import IngestProgress, ingest
from traces.normal import assemble_all
from traces.outcome import Outcome
from traces.redaction import Redactor
from traces.span import Span


def _ingest(store: Any, *paths: Path, **more: Any) -> Any:
    return ingest(paths, writer=store, known=store.known, **more)


def _trajectory(session: str, **more: Any) -> str:
    step = {"step_id": 1, "source": "agent", "message": "Done."}
    content = {
        "schema_version": "ATIF-v1.5",
        "session_id": session,
        "agent": {"name": "coder", "version": "1"},
    }
    return json.dumps({**content, "steps": [step], **more})


def _mini(task: str) -> str:
    return json.dumps(
        {
            "info": {"mini_version": "1.15.0", "exit_status": "Submitted"},
            "messages": [
                {"role": "assistant", "content": "hi", "extra": {"response": {"id": f"gen-{task}"}}}
            ],
            "trajectory_format": "mini-swe-agent-1",
            "instance_id": task,
        }
    )


def test_a_folder_of_many_formats_is_read(store: Any, inbox: Path, lines: Any) -> None:
    """Each file by the importer that knows its content, whatever its name."""
    (inbox / "a.txt").write_text(lines(3))
    (inbox / "deep").mkdir()
    (inbox / "deep" / "b.dat").write_text(_trajectory("s1"))

    report = _ingest(store, inbox)

    assert [(file.path.name, file.format, file.spans, file.stored) for file in report.files] == [
        ("a.txt", "flat-spans", 3, 3),
        ("b.dat", "atif", 2, 2),
    ]
    assert (report.runs, report.spans, report.stored, report.duplicate) == (2, 5, 5, 0)
    assert len(store.spans()) == 5


def test_the_same_content_is_stored_once(store: Any, inbox: Path, lines: Any) -> None:
    """In a second ingest, and in another file of the first."""
    (inbox / "a").write_text(lines(3))
    (inbox / "b").write_text(lines(4))

    first, second = _ingest(store, inbox), _ingest(store, inbox)

    assert (first.stored, first.duplicate) == (4, 3)
    assert (second.stored, second.duplicate) == (0, 7)
    assert len(store.spans()) == 4


def test_the_same_id_with_other_content_is_stored(store: Any, inbox: Path, lines: Any) -> None:
    """It may be a later state of it: readers decide."""
    (inbox / "a").write_text(lines(1))
    (inbox / "b").write_text(lines(1, more="yes"))

    report = _ingest(store, inbox)

    assert (report.stored, report.duplicate, report.runs) == (2, 0, 1)


def test_what_is_redacted_is_recognised_again(store: Any, inbox: Path, lines: Any) -> None:
    """The checksum is that of the span as it is stored."""
    (inbox / "a").write_text(lines(2, note="token ghp_" + "a1B2" * 9))
    redactor = Redactor()

    first = _ingest(store, inbox, prepare=redactor.redact_span)
    second = _ingest(store, inbox, prepare=redactor.redact_span)

    assert (first.stored, second.stored, second.duplicate) == (2, 0, 2)
    assert "ghp_" not in str(store.spans())


def test_packed_files_are_read_whatever_they_are_called(store: Any, inbox: Path, lines: Any) -> None:
    """By their first bytes; several members follow each other."""
    half = lines(2).encode()
    (inbox / "a.json").write_bytes(gzip.compress(half) + gzip.compress(lines(3).encode()))
    (inbox / "b.gz").write_bytes(zstandard.compress(lines(5).encode()))
    (inbox / "c.zst").write_text(lines(6))

    report = _ingest(store, inbox)

    assert [file.spans for file in report.files] == [5, 5, 6]
    assert report.stored == 6


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress])
def test_a_packed_file_that_is_cut_off_yields_its_beginning(
    store: Any, inbox: Path, lines: Any, pack: Any
) -> None:
    """And says that it is damaged."""
    content = "".join(lines(1, trace=os.urandom(16).hex()) for _ in range(2000)).encode()
    packed = pack(content)
    (inbox / "a").write_bytes(packed[: len(packed) * 3 // 4])

    (file,) = _ingest(store, inbox).files

    assert 100 < file.stored < 2000
    assert file.skipped


def test_damage_of_a_packed_file_is_told(store: Any, inbox: Path, lines: Any) -> None:
    """Also where a line ends there."""
    packed = gzip.compress(lines(500).encode())
    (inbox / "a").write_bytes(packed[:-6])

    (file,) = _ingest(store, inbox).files

    assert file.stored == 500
    assert [parts.reason for parts in file.skipped] == ["the compressed file is damaged from here on"]


def test_files_of_no_known_format_are_counted_by_reason(store: Any, inbox: Path) -> None:
    """None of them stops the others."""
    (inbox / "empty").write_text(" \n")
    (inbox / "readme.md").write_text("# Read me")
    (inbox / "picture").write_bytes(b"\x89PNG\0\0\0")
    (inbox / "nowhere").symlink_to(inbox / "gone")
    os.mkfifo(inbox / "pipe")

    report = _ingest(store, inbox, inbox / "missing")

    assert report.left_out == {"empty": 1, "not a trace": 1, "binary": 1, "unreadable": 3}
    assert report.spans == 0


def test_reasons_are_counted_with_their_first_line(store: Any, inbox: Path, lines: Any) -> None:
    """So that a person can look."""
    (inbox / "a").write_text(lines(1) + "oops\n" + lines(1, trace="b" * 32) + '{"a": 1}\noops\n')

    (file,) = _ingest(store, inbox).files

    assert {(parts.reason, parts.count, parts.first_line) for parts in file.skipped} == {
        ("line is no JSON", 2, 2),
        ("an object that is no span", 1, 4),
    }


def test_spans_are_stored_in_batches(store: Any, inbox: Path, lines: Any) -> None:
    """Of 1,000 at most, so that memory does not grow with the file."""
    (inbox / "a").write_text(lines(2500))

    report = _ingest(store, inbox)

    assert store.batches == [1000, 1000, 500]
    assert report.stored == 2500


def test_large_spans_make_small_batches(store: Any, inbox: Path, lines: Any) -> None:
    """Of about 4 MB."""
    (inbox / "a").write_text(lines(10, big="x" * 1_000_000))

    _ingest(store, inbox)

    assert store.batches == [5, 5]


def test_progress_is_told_by_file_and_by_batch(store: Any, inbox: Path, lines: Any) -> None:
    """In bytes on disk."""
    (inbox / "a").write_text(lines(1500))
    (inbox / "b").write_text(lines(1))
    told: list[IngestProgress] = []

    _ingest(store, inbox, progress=told.append)

    assert [progress.files for progress in told] == [0, 1, 2]
    assert told[0].bytes_read > 0
    assert told[-1].bytes_read == told[-1].bytes_total == sum(path.stat().st_size for path in inbox.iterdir())
    assert [progress.spans for progress in told] == [1000, 1500, 1501]


def test_an_interrupt_keeps_what_was_read(store: Any, inbox: Path, lines: Any) -> None:
    """And the report says so."""
    (inbox / "a").write_text(lines(1500))
    (inbox / "b").write_text(lines(10))

    def interrupt(progress: IngestProgress) -> None:
        raise KeyboardInterrupt

    report = _ingest(store, inbox, progress=interrupt)

    assert report.interrupted
    assert [file.stored for file in report.files] == [1000]
    assert len(store.spans()) == 1000


def test_a_full_disk_is_the_users_to_know(store: Any, inbox: Path, lines: Any) -> None:
    """It is no fault of a file."""

    class Full:
        def append_many(self, spans: Any, /) -> None:
            raise SegmentError(f"the disk is full: {len(spans)} spans")

    (inbox / "a").write_text(lines(1))

    with pytest.raises(SegmentError, match="full"):
        ingest([inbox], writer=Full(), known=store.known)


def _trial(folder: Path, *, trajectory: bool) -> None:
    (folder / "agent").mkdir(parents=True)
    result = {
        "id": folder.name,
        "task_name": "sort",
        "trial_name": folder.name,
        "verifier_result": {"rewards": {"reward": 1}},
    }
    (folder / "result.json").write_text(json.dumps(result))
    (folder / "agent" / "log.txt").write_text(_stream(folder.name))
    if trajectory:
        (folder / "agent" / "trajectory.json").write_text(_trajectory(folder.name))


def _stream(session: str) -> str:
    start = {
        "type": "system",
        "subtype": "init",
        "session_id": session,
        "model": "m",
        "tools": [],
        "cwd": "/app",
    }
    content = [{"type": "text", "text": "Done."}]
    answer = {"id": "m1", "role": "assistant", "model": "m", "content": content, "usage": {"input_tokens": 1}}
    message = {"type": "assistant", "session_id": session, "message": answer, "uuid": "u1"}
    return json.dumps(start) + "\n" + json.dumps(message) + "\n"


def test_a_trial_is_one_run_with_its_outcome(store: Any, inbox: Path) -> None:
    """Told by its trajectory, or else by what the agent left, and never twice."""
    _trial(inbox / "one", trajectory=True)
    _trial(inbox / "two", trajectory=False)

    report = _ingest(store, inbox)
    runs = list(assemble_all(store.spans()))

    assert report.runs == 2
    assert [(run.outcome, run.task, len(run.model_calls)) for run in runs] == [
        (Outcome.PASSED, "sort", 1)
    ] * 2
    assert {run.root.attributes[names.PROVENANCE] for run in runs if run.root} == {"harbor:reward"}
    assert report.left_out == {"told by the trial's trajectory": 1}


def test_the_order_of_a_trials_files_is_of_no_matter(store: Any, inbox: Path, tmp_path: Path) -> None:
    """Given one by one, in any order, they give the same."""
    _trial(inbox / "one", trajectory=True)
    files = sorted(path for path in inbox.rglob("*") if path.is_file())
    other = type(store)(tmp_path / "other")

    _ingest(store, *files)
    _ingest(other, *reversed(files))

    assert {span.span_id: span for span in store.spans()} == {span.span_id: span for span in other.spans()}


def test_a_list_of_outcomes_speaks_of_the_runs_beside_it(store: Any, inbox: Path, tmp_path: Path) -> None:
    """Wherever in the folder it stands in order; not of those elsewhere."""
    for task in ("org__repo-1", "org__repo-2", "org__repo-3"):
        (inbox / f"{task}.traj.json").write_text(_mini(task))
    (inbox / "a-report.json").write_text(
        json.dumps({"resolved_ids": ["org__repo-1", "org__repo-9"], "unresolved_ids": ["org__repo-2"]})
    )
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "x.json").write_text(_mini("org__repo-1").replace("gen-", "gen-other-"))

    report = _ingest(store, inbox, elsewhere)
    spans: list[Span] = store.spans()
    runs = list(apply_evaluations(assemble_all(spans), spans))

    assert report.verdicts == 2
    assert sorted((run.task, run.outcome.value) for run in runs) == [
        ("org__repo-1", "passed"),
        ("org__repo-1", "unknown"),
        ("org__repo-2", "failed"),
        ("org__repo-3", "unknown"),
    ]


def test_lists_are_stored_once(store: Any, inbox: Path) -> None:
    """As everything."""
    (inbox / "a.json").write_text(_mini("org__repo-1"))
    (inbox / "b.json").write_text('{"resolved_ids": ["org__repo-1"], "unresolved_ids": []}')

    _ingest(store, inbox)
    before = len(store.spans())
    _ingest(store, inbox)

    assert len(store.spans()) == before == 3
