"""The clock of a run."""

from __future__ import annotations

from harness.clock import MonotonicClock, VirtualClock


def test_virtual_time_is_what_is_spent() -> None:
    """And never runs backwards."""
    clock = VirtualClock()
    clock.spend(2.5)
    clock.spend(-1.0)

    assert clock.now() == 2.5
    assert clock.virtual


def test_real_time_passes_by_itself() -> None:
    """Counted from when the clock was made; spending changes nothing."""
    times = iter([100.0, 103.0])
    clock = MonotonicClock(lambda: next(times))
    clock.spend(50.0)

    assert clock.now() == 3.0
    assert not clock.virtual
