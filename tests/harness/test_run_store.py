"""What the segments say of finished keys."""

from __future__ import annotations

from pathlib import Path

from harness.clock import VirtualClock
from harness.root_attributes import result_of
from harness.run_record import Ending, RunRecord
from harness.run_store import finished_runs, stored_runs
from harness.runs import RunResult
from tests.harness.scripted import Harness, request
from traces import attributes as names
from traces.outcome import Outcome
from traces.segments import SegmentWriter


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
