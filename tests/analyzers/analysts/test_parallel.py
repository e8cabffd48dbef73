"""Analysts work side by side, and one that fails or hangs loses only its own finding."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace

from analyzers.analysts.parallel import diagnose_all
from analyzers.analysts.playbook import Playbook
from analyzers.mine_view import MineView, RunsView
from analyzers.pattern import Pattern
from analyzers.proposal import Finding
from harness.edits import Tree


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


def test_every_analyst_sees_every_pattern_in_order(
    patterns: dict[str, Pattern], view: RunsView, harness: Tree
) -> None:
    """Reports come by pattern, then analyst, however they finish."""
    ordered = tuple(patterns.values())
    analysts = (Playbook(), Scripted(name="scripted", act=finding))
    reports = diagnose_all(ordered, view, harness, analysts, workers=3, timeout_seconds=30)

    assert [(r.pattern, r.analyst) for r in reports] == [
        (pattern.id, analyst.name) for pattern in ordered for analyst in analysts
    ]
    assert all(report.finding is not None and report.error is None for report in reports)


def test_an_analyst_that_raises_loses_only_its_own(
    unverified: Pattern, view: RunsView, harness: Tree
) -> None:
    """The cause is recorded."""
    analysts = (Scripted(name="broken", act=broken), Playbook())
    lost, kept = diagnose_all((unverified,), view, harness, analysts, timeout_seconds=30)

    assert lost.finding is None
    assert lost.error == "RuntimeError: no connection for no_verification"
    assert kept.finding is not None


def test_an_analyst_that_hangs_is_left_behind(unverified: Pattern, view: RunsView, harness: Tree) -> None:
    """Its place is free for the next one after its time."""
    release = threading.Event()

    def hang(pattern: Pattern) -> Finding:
        release.wait(20)
        return finding(pattern)

    analysts = (Scripted(name="hanging", act=hang), Playbook())
    lost, kept = diagnose_all((unverified,), view, harness, analysts, workers=1, timeout_seconds=0.3)
    release.set()

    assert lost.error == "no answer within 0.3 seconds"
    assert kept.finding is not None


def test_no_more_work_at_once_than_there_are_workers(
    patterns: dict[str, Pattern], view: RunsView, harness: Tree
) -> None:
    """Two places, eight jobs."""
    working, most, lock = [0], [0], threading.Lock()
    pause = threading.Event()

    def act(pattern: Pattern) -> Finding:
        with lock:
            working[0] += 1
            most[0] = max(most[0], working[0])
        pause.wait(0.02)
        with lock:
            working[0] -= 1
        return finding(pattern)

    analysts = [Scripted(name=str(number), act=act) for number in range(4)]
    diagnose_all(tuple(patterns.values()), view, harness, analysts, workers=2, timeout_seconds=30)

    assert most == [2]


def test_they_do_work_at_the_same_time(unverified: Pattern, view: RunsView, harness: Tree) -> None:
    """Two that wait for each other both come through."""
    barrier = threading.Barrier(2, timeout=10)

    def meet(pattern: Pattern) -> Finding:
        barrier.wait()
        return finding(pattern)

    analysts = [Scripted(name=name, act=meet) for name in ("a", "b")]
    reports = diagnose_all((unverified,), view, harness, analysts, workers=2, timeout_seconds=20)

    assert [report.error for report in reports] == [None, None]


def test_a_finding_on_another_pattern_is_lost(unverified: Pattern, view: RunsView, harness: Tree) -> None:
    """An analyst answers for what it was asked."""
    stray = Scripted(name="stray", act=lambda pattern: finding(replace(pattern, id="p-other")))
    (report,) = diagnose_all((unverified,), view, harness, (stray,), timeout_seconds=30)

    assert report.finding is None
    assert "another pattern" in (report.error or "")


def test_no_patterns_give_no_reports(view: RunsView, harness: Tree) -> None:
    """And no waiting."""
    assert diagnose_all((), view, harness, (Playbook(),)) == ()
