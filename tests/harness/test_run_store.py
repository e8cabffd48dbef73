"""What the segments say of finished keys."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.clock import VirtualClock
from harness.root_attributes import result_of
from harness.run_record import Ending, RunRecord
from harness.run_store import StoredRuns, finished_runs, remember, stored_runs
from harness.runs import RunResult
from tests.harness.scripted import Harness, request
from traces import attributes as names
from traces.outcome import Outcome
from traces.segments import SegmentWriter
from traces.span import Span


def record(folder: Path, outcome: Outcome | None, *, key: str = "run", attempt: int = 1) -> RunResult | None:
    """One attempt; without an outcome it was killed."""
    with SegmentWriter(folder / "segments") as writer:
        made = request(Harness().checkout(folder), key=key, attempt=attempt)
        run = RunRecord(made, writer, VirtualClock(), 1_700_000_000_000_000_000)
        run.started()
        if outcome is None:
            return None
        described = {names.ISOLATION: "namespace", names.LIMITS_HASH: "h"}
        return result_of(run.close(Ending(outcome=outcome, reason="r", score=0.5, cause="c"), described))


def test_nothing_is_finished_in_an_empty_folder(tmp_path: Path) -> None:
    """Also when there is none."""
    assert finished_runs(tmp_path / "nothing") == {}


def test_a_result_is_read_back_exactly(tmp_path: Path) -> None:
    """It is derived from the root, and equal to what the supervisor said."""
    result = record(tmp_path, Outcome.FAILED)

    assert finished_runs(tmp_path / "segments") == {"run": result}


def test_errored_and_killed_runs_are_not_finished(tmp_path: Path) -> None:
    """Their attempts count, so that the next one has an id of its own."""
    record(tmp_path, Outcome.ERRORED, key="errored")
    record(tmp_path, None, key="killed", attempt=2)
    stored = stored_runs(tmp_path / "segments")

    assert stored.finished == {}
    assert stored.attempts == {"errored": 1, "killed": 2}


def test_the_last_scored_attempt_counts(tmp_path: Path) -> None:
    """Whatever the order of the segments."""
    record(tmp_path, Outcome.ERRORED, attempt=3)
    second = record(tmp_path, Outcome.PASSED, attempt=2)
    record(tmp_path, Outcome.ERRORED, attempt=1)

    assert finished_runs(tmp_path / "segments") == {"run": second}


def test_a_later_scored_attempt_replaces_an_earlier_one(tmp_path: Path) -> None:
    """In the order of attempts, not of writing."""
    third = record(tmp_path, Outcome.FAILED, attempt=3)
    record(tmp_path, Outcome.PASSED, attempt=1)
    stored = stored_runs(tmp_path / "segments")

    assert stored.finished == {"run": third}
    assert stored.attempts == {"run": 3}


@pytest.mark.parametrize("outcome", list(Outcome))
def test_what_counts_as_finished(tmp_path: Path, outcome: Outcome) -> None:
    """Every outcome that the gate scores, and no other."""
    result = record(tmp_path, outcome)

    assert finished_runs(tmp_path / "segments") == ({"run": result} if outcome.is_scored else {})


def test_a_root_that_was_cut_off_leaves_a_begun_attempt(tmp_path: Path) -> None:
    """A kill in the middle of the last write: the run is made again under a new id."""
    record(tmp_path, Outcome.PASSED)
    (segment,) = (tmp_path / "segments").iterdir()
    segment.write_bytes(segment.read_bytes()[:-20])
    stored = stored_runs(tmp_path / "segments")

    assert stored.finished == {}
    assert stored.attempts == {"run": 1}


def test_remembering_is_as_good_as_reading(tmp_path: Path) -> None:
    """An executor need not read its own segments again."""
    stored = StoredRuns()
    for outcome, attempt in ((Outcome.ERRORED, 1), (Outcome.FAILED, 2), (Outcome.ERRORED, 4)):
        result = record(tmp_path, outcome, attempt=attempt)
        assert result is not None
        remember(stored, result)

    assert stored == stored_runs(tmp_path / "segments")


def test_spans_of_others_are_left_alone(tmp_path: Path) -> None:
    """Traces that came from elsewhere lie in the same folder."""
    with SegmentWriter(tmp_path / "segments") as writer:
        for parent in (None, "c" * 16):
            writer.append(
                Span(
                    trace_id="a" * 32,
                    span_id="b" * 16,
                    parent_id=parent,
                    name="invoke_agent other",
                    start_ns=1,
                    end_ns=2,
                    attributes={names.OUTCOME: "passed"},
                )
            )

    assert stored_runs(tmp_path / "segments") == StoredRuns()
