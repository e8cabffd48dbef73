"""The watchdog counts real time since the last progress."""

from __future__ import annotations

import pytest

from harness.watchdog import Watchdog


class Time:
    """A clock that a test sets."""

    now = 100.0

    def __call__(self) -> float:
        """Seconds."""
        return self.now


def test_progress_gives_the_whole_time_again() -> None:
    """And nothing else does."""
    time = Time()
    watchdog = Watchdog(10.0, time)
    time.now += 7.0
    left = watchdog.left()
    watchdog.step()

    assert left == 3.0
    assert watchdog.left() == 10.0


@pytest.mark.parametrize("passed", [10.0, 11.0])
def test_no_time_left_is_a_timeout(passed: float) -> None:
    """The very moment counts: a wait of no seconds would be one without end."""
    time = Time()
    watchdog = Watchdog(10.0, time)
    time.now += passed

    with pytest.raises(TimeoutError):
        watchdog.left()
