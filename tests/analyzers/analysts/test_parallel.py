"""Analysts work side by side, and one that fails, hangs or runs wild loses only its own finding."""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from analyzers.analysts.budget import Budget
from analyzers.analysts.parallel import AnalystReport, diagnose_all
from analyzers.analysts.playbook import Playbook
from analyzers.analysts.spent import Spent
from analyzers.errors import BudgetExceededError, MalformedAnswerError, ModelFailedError
from analyzers.mine_view import MineView, RunsView
from analyzers.pattern import Pattern
from analyzers.proposal import Finding
from harness.edits import Tree

FORK = multiprocessing.get_context("fork")


@dataclass(frozen=True, kw_only=True)
class Scripted:
    """An analyst that does what it is told."""

    name: str
    act: Callable[[Pattern], Finding]

    def diagnose(self, pattern: Pattern, view: MineView, harness: Tree) -> Finding:  # noqa: ARG002
        """Whatever the script says."""
        return self.act(pattern)


def finding(pattern: Pattern) -> Finding:
    return Finding(pattern=pattern.id, analyst="scripted", diagnosis="d", claims=(), proposals=())


def broken(pattern: Pattern) -> Finding:
    raise RuntimeError(f"no connection for {pattern.signature.mechanism}")


def hang_in_c(pattern: Pattern) -> Finding:
    """Hold the interpreter's lock within a C function: no thread of this process runs any more."""
    ctypes.PyDLL(None).sleep(60)
    return finding(pattern)


def take_all_memory(pattern: Pattern) -> Finding:
    """One allocation that is far too large, then many small ones."""
    taken = [bytearray(1 << 40)]
    while len(taken) < 1 << 20:
        taken.append(bytearray(1 << 20))
    return finding(pattern)


def leak_slowly(pattern: Pattern) -> Finding:
    """Piece by piece, until nothing is left."""
    taken: list[bytearray] = []
    while len(taken) < 1 << 20:
        taken.append(bytearray(1 << 22))
    return finding(pattern)


def kill_itself(pattern: Pattern) -> Finding:
    """As the kernel does with one that takes too much."""
    os.kill(os.getpid(), signal.SIGKILL)
    return finding(pattern)


def leave(pattern: Pattern) -> Finding:
    raise SystemExit(3)


def beside_playbook(
    act: Callable[[Pattern], Finding], pattern: Pattern, view: MineView, harness: Tree, **limits: float
) -> AnalystReport:
    """What became of this analyst, with the playbook having come through beside it."""
    budget = replace(Budget(seconds=20), **limits)
    analysts = (Scripted(name="wild", act=act), Playbook())
    lost, kept = diagnose_all((pattern,), view, harness, analysts, workers=1, budget=budget)
    assert kept.finding is not None
    return lost


def test_every_analyst_sees_every_pattern_in_order(
    patterns: dict[str, Pattern], view: RunsView, harness: Tree
) -> None:
    """Reports come by pattern, then analyst, however they finish."""
    ordered = tuple(patterns.values())
    analysts = (Playbook(), Scripted(name="scripted", act=finding))
    reports = diagnose_all(ordered, view, harness, analysts, workers=3)

    assert [(r.pattern, r.analyst) for r in reports] == [
        (pattern.id, analyst.name) for pattern in ordered for analyst in analysts
    ]
    assert all(report.finding is not None and report.error is None for report in reports)


def test_an_analyst_that_raises_loses_only_its_own(
    unverified: Pattern, view: RunsView, harness: Tree
) -> None:
    """The cause is recorded."""
    lost = beside_playbook(broken, unverified, view, harness)

    assert lost.finding is None
    assert (lost.loss, lost.error) == ("failed", "RuntimeError: no connection for no_verification")


@pytest.mark.parametrize("hang", [lambda _: time.sleep(60), hang_in_c], ids=["python", "c"])
def test_an_analyst_that_hangs_is_ended(
    unverified: Pattern, view: RunsView, harness: Tree, hang: Callable[[Pattern], Finding]
) -> None:
    """Also in C code that holds the interpreter's lock; its place is free for the next one after its time."""
    started = time.monotonic()
    lost = beside_playbook(hang, unverified, view, harness, seconds=0.5)

    assert (lost.loss, lost.error) == ("time", "no answer within 0.5 seconds")
    assert time.monotonic() - started < 10


@pytest.mark.parametrize("take", [take_all_memory, leak_slowly])
def test_an_analyst_that_takes_all_memory_is_stopped(
    unverified: Pattern, view: RunsView, harness: Tree, take: Callable[[Pattern], Finding]
) -> None:
    """At its own limit, before the machine's."""
    lost = beside_playbook(take, unverified, view, harness, memory_mb=64)

    assert (lost.loss, lost.error) == ("memory", "more than 64 MiB of memory")


def test_an_analyst_whose_process_dies_is_reported(
    unverified: Pattern, view: RunsView, harness: Tree
) -> None:
    """With how it died."""
    killed = beside_playbook(kill_itself, unverified, view, harness)
    left = beside_playbook(leave, unverified, view, harness)

    assert (killed.loss, killed.error) == ("ended", "its process was ended by SIGKILL")
    assert (left.loss, left.error) == ("ended", "its process ended with 3 and without an answer")


@pytest.mark.parametrize("error", [BudgetExceededError, MalformedAnswerError, ModelFailedError])
def test_a_lost_finding_keeps_its_cost(
    unverified: Pattern,
    view: RunsView,
    harness: Tree,
    error: type[BudgetExceededError | MalformedAnswerError | ModelFailedError],
) -> None:
    """What was paid is known although nothing came of it."""
    spent = Spent(calls=3, tokens=200, usd=0.02, malformed=1)

    def spend(pattern: Pattern) -> Finding:
        raise error("too much", spent=spent)

    lost = beside_playbook(spend, unverified, view, harness)

    assert (lost.loss, lost.spent) == (error.loss, spent)


def test_what_an_analyst_started_ends_with_it(
    unverified: Pattern, view: RunsView, harness: Tree, tmp_path: Path
) -> None:
    """Nothing goes on behind the round's back."""
    note = tmp_path / "pid"

    def start(pattern: Pattern) -> Finding:
        with subprocess.Popen(["sleep", "60"]) as child:
            note.write_text(str(child.pid))
        return finding(pattern)

    beside_playbook(start, unverified, view, harness, seconds=0.5)
    status = Path(f"/proc/{note.read_text()}/status")

    assert not status.exists() or "State:\tZ" in status.read_text()


def test_an_error_tells_no_secret(unverified: Pattern, view: RunsView, harness: Tree) -> None:
    """Providers repeat keys in what they answer."""
    secret = "sk-ant-api03-" + "aB3dE6gH9" * 10

    def tell(pattern: Pattern) -> Finding:
        raise ConnectionError(f"the key {secret} is not known")

    error = beside_playbook(tell, unverified, view, harness).error or ""

    assert secret not in error
    assert "is not known" in error


def test_no_more_work_at_once_than_there_are_workers(
    patterns: dict[str, Pattern], view: RunsView, harness: Tree
) -> None:
    """Two places, eight jobs."""
    working, most = FORK.Value("i", 0), FORK.Value("i", 0)

    def act(pattern: Pattern) -> Finding:
        with working.get_lock():
            working.value += 1
            most.value = max(most.value, working.value)
        time.sleep(0.05)
        with working.get_lock():
            working.value -= 1
        return finding(pattern)

    analysts = [Scripted(name=str(number), act=act) for number in range(4)]
    diagnose_all(tuple(patterns.values()), view, harness, analysts, workers=2)

    assert most.value == 2


def test_they_do_work_at_the_same_time(unverified: Pattern, view: RunsView, harness: Tree) -> None:
    """Two that wait for each other both come through."""
    barrier = FORK.Barrier(2, timeout=10)

    def meet(pattern: Pattern) -> Finding:
        barrier.wait()
        return finding(pattern)

    analysts = [Scripted(name=name, act=meet) for name in ("a", "b")]
    reports = diagnose_all((unverified,), view, harness, analysts, workers=2)

    assert [report.error for report in reports] == [None, None]


def test_a_finding_on_another_pattern_is_lost(unverified: Pattern, view: RunsView, harness: Tree) -> None:
    """An analyst answers for what it was asked."""
    stray = beside_playbook(
        lambda pattern: finding(replace(pattern, id="p-other")), unverified, view, harness
    )

    assert (stray.finding, stray.loss) == (None, "stray")
    assert "another pattern" in (stray.error or "")


def test_no_patterns_give_no_reports(view: RunsView, harness: Tree) -> None:
    """And no waiting."""
    assert diagnose_all((), view, harness, (Playbook(),)) == ()
