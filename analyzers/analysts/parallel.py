"""Analysts side by side: one that fails or hangs loses only its own finding."""

from __future__ import annotations

import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from analyzers.mine_view import MineView
from analyzers.pattern import Pattern
from analyzers.proposal import Analyst, Finding
from harness.edits import Tree


@dataclass(frozen=True, kw_only=True)
class AnalystReport:
    """What became of one analyst's work on one pattern: a finding, or ``error`` with the cause of its loss."""

    pattern: str
    analyst: str
    finding: Finding | None
    error: str | None = None
    seconds: float = 0.0


@dataclass(frozen=True, kw_only=True)
class _Job:
    number: int
    pattern: Pattern
    analyst: Analyst


def diagnose_all(
    patterns: Sequence[Pattern],
    view: MineView,
    harness: Tree,
    analysts: Sequence[Analyst],
    *,
    workers: int = 4,
    timeout_seconds: float = 300.0,
    clock: Callable[[], float] = time.monotonic,
) -> tuple[AnalystReport, ...]:
    """Every analyst on every pattern, at most ``workers`` at once; reports by pattern, then analyst.

    Each has ``timeout_seconds`` from its own start. A thread cannot be killed, so one that hangs is left
    behind as a daemon: it holds no place and can write nowhere.
    """
    jobs = [
        _Job(number=n, pattern=p, analyst=a)
        for n, (p, a) in enumerate((p, a) for p in patterns for a in analysts)
    ]
    waiting = deque(jobs)
    done: queue.SimpleQueue[tuple[_Job, Finding | None, str | None]] = queue.SimpleQueue()
    started: dict[int, tuple[_Job, float]] = {}
    reports: dict[int, AnalystReport] = {}
    while waiting or started:
        while waiting and len(started) < max(1, workers):
            job = waiting.popleft()
            started[job.number] = (job, clock())
            threading.Thread(target=_work, args=(job, view, harness, done), daemon=True).start()
        for job, finding, error in _next_results(done, started, timeout_seconds, clock):
            if job.number in started:
                _, since = started.pop(job.number)
                reports[job.number] = _report(job, finding, error, clock() - since)
    return tuple(reports[job.number] for job in jobs)


def _next_results(
    done: queue.SimpleQueue[tuple[_Job, Finding | None, str | None]],
    started: dict[int, tuple[_Job, float]],
    timeout_seconds: float,
    clock: Callable[[], float],
) -> list[tuple[_Job, Finding | None, str | None]]:
    """The next result that comes in, or those whose time is over."""
    first = min(since for _, since in started.values())
    try:
        return [done.get(timeout=max(0.0, first + timeout_seconds - clock()))]
    except queue.Empty:
        late = f"no answer within {timeout_seconds:g} seconds"
        return [(job, None, late) for job, since in started.values() if clock() - since >= timeout_seconds]


def _work(
    job: _Job,
    view: MineView,
    harness: Tree,
    done: queue.SimpleQueue[tuple[_Job, Finding | None, str | None]],
) -> None:
    try:
        finding = job.analyst.diagnose(job.pattern, view, harness)
    except Exception as error:  # noqa: BLE001 - an analyst ends here, and its cause is recorded
        done.put((job, None, f"{type(error).__name__}: {error}"))
        return
    done.put((job, finding, None))


def _report(job: _Job, finding: Finding | None, error: str | None, seconds: float) -> AnalystReport:
    if finding is not None and finding.pattern != job.pattern.id:
        error = f"the finding speaks of another pattern, {finding.pattern[:40]!r}"
        finding = None
    return AnalystReport(
        pattern=job.pattern.id, analyst=job.analyst.name, finding=finding, error=error, seconds=seconds
    )
