"""A receiver's processes are replaced when they die, later each time, and not without end."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from traces.receiver.child import Setup
from traces.receiver.config import ReceiverConfig
from traces.receiver.processes import Process
from traces.store import TraceStore


class _Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> _Clock:
    """A clock that stands still."""
    return _Clock()


@pytest.fixture
def worker(tmp_path: Path, clock: _Clock) -> Iterator[Process]:
    """A worker that listens to nothing."""
    config = ReceiverConfig(store=TraceStore(root=tmp_path))
    process = Process("worker", 1, Setup(config=config, counts=tmp_path), tmp_path, clock)
    yield process
    process.kill()


def _die(worker: Process) -> None:
    worker.start()
    assert worker.process_id is not None
    os.kill(worker.process_id, signal.SIGKILL)
    worker.hear()


def test_a_process_says_that_it_is_ready_and_ends_when_told(worker: Process) -> None:
    """It leaves its counts."""
    worker.start()
    worker.hear()
    assert worker.is_ready

    worker.tell_to_stop()
    worker.hear()

    assert worker.process_id is None


def test_each_death_delays_the_next_start(worker: Process, clock: _Clock) -> None:
    """Twice as long each time; five in a row are too many."""
    delays = []
    for _ in range(5):
        assert not worker.keeps_dying
        _die(worker)
        delays.append((worker.again_at or 0.0) - clock.now)

    assert delays == pytest.approx([0.1, 0.2, 0.4, 0.8, 1.6])
    assert worker.keeps_dying


def test_a_long_life_makes_up_for_early_deaths(worker: Process, clock: _Clock) -> None:
    """One that is killed once a day is not one that keeps dying."""
    for _ in range(4):
        _die(worker)
    worker.start()
    clock.now += 31
    assert worker.process_id is not None
    os.kill(worker.process_id, signal.SIGKILL)
    worker.hear()

    assert not worker.keeps_dying
    assert worker.again_at == pytest.approx(clock.now + 0.1)


def test_interrupts_are_the_parents_to_deal_with(worker: Process, alive: Callable[[int], bool]) -> None:
    """A terminal sends them to all, a service manager too."""
    worker.start()
    worker.hear()
    assert worker.process_id is not None
    for number in (signal.SIGINT, signal.SIGTERM):
        os.kill(worker.process_id, number)

    assert alive(worker.process_id)
    assert os.getpgid(worker.process_id) != os.getpgid(0)


def test_last_words_tell_why(tmp_path: Path) -> None:
    """The last line of what it wrote before it died."""
    (tmp_path / "file").write_text("")
    config = ReceiverConfig(store=TraceStore(root=tmp_path / "file"))
    worker = Process("worker", 1, Setup(config=config, counts=tmp_path), tmp_path)
    assert worker.last_words == ""
    worker.start()
    worker.hear()

    assert worker.cannot_start
    assert "cannot create a segment" in worker.last_words
