"""Signals that ask for an end are counted instead of ending the process, for a while."""

from __future__ import annotations

import select
import signal

from traces.receiver.stop_signals import StopSignals


def test_signals_are_counted_and_can_be_waited_for() -> None:
    """Each once, however quickly they come."""
    with StopSignals() as signals:
        assert not select.select([signals], [], [], 0)[0]
        signal.raise_signal(signal.SIGTERM)
        signal.raise_signal(signal.SIGINT)

        assert select.select([signals], [], [], 0)[0]
        signals.take()
        assert not select.select([signals], [], [], 0)[0]
        assert signals.count == 2


def test_what_was_before_is_restored() -> None:
    """The caller's own handlers."""
    before = signal.getsignal(signal.SIGINT)

    with StopSignals():
        assert signal.getsignal(signal.SIGINT) != before

    assert signal.getsignal(signal.SIGINT) == before
