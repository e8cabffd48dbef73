"""The clock of a run."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

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


@given(spent=st.lists(st.floats(-10, 1e6)))
def test_virtual_time_never_runs_backwards(spent: list[float]) -> None:
    """Each moment is at or after the one before."""
    clock = VirtualClock()
    moments = [clock.now()]
    for seconds in spent:
        clock.spend(seconds)
        moments.append(clock.now())

    assert moments[0] == 0.0
    assert moments == sorted(moments)
