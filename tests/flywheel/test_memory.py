"""How much memory a process tree holds."""

from __future__ import annotations

import os
import subprocess
import sys
import time

from flywheel.memory import MemoryWatch, tree_memory_mb

HOLD_100_MB = "import sys; held = b'x' * 100_000_000; print('ready', flush=True); sys.stdin.read()"


def test_children_count_and_ended_ones_do_not() -> None:
    """A child's 100 MB are in the sum while it lives."""
    before = tree_memory_mb(os.getpid())
    with subprocess.Popen(
        [sys.executable, "-c", HOLD_100_MB], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        assert child.stdout is not None
        child.stdout.readline()
        during = tree_memory_mb(os.getpid())
        child.communicate()
    after = tree_memory_mb(os.getpid())

    assert during - before > 90
    assert abs(after - before) < 50


def test_a_watch_keeps_the_peak() -> None:
    """Memory that was given back still counts."""
    with MemoryWatch(every_seconds=0.01) as watch:
        held = bytearray(os.urandom(1)) * 80_000_000
        time.sleep(0.1)
        held.clear()
        time.sleep(0.05)

    assert watch.peak_mb > 80


def test_a_process_that_does_not_exist_holds_nothing() -> None:
    """It may have ended between being listed and being looked at."""
    assert tree_memory_mb(2**22 + 1) == 0
