"""Analysts side by side: one that fails, hangs or runs wild loses only its own finding."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import wait

from analyzers.analysts.apart import Job, Outcome, Work
from analyzers.analysts.budget import Budget
from analyzers.analysts.spent import Spent
from analyzers.errors import Loss
from analyzers.mine_view import MineView
from analyzers.pattern import Pattern
from analyzers.proposal import Analyst, Finding
from harness.edits import Tree


@dataclass(frozen=True, kw_only=True)
class AnalystReport:
    """What became of one analyst's work on one pattern: a finding, or ``error`` with the cause of its loss.

    ``loss`` is that cause in a word: ``malformed`` answers, over ``budget`` (calls, tokens, money), a ``model`` that
    failed, out of ``time`` or ``memory``, ``ended`` (its process died), ``stray`` (it spoke of another pattern), ``failed``.
    """

    pattern: str
    analyst: str
    finding: Finding | None
    error: str | None = None
    loss: Loss | None = None
    seconds: float = 0.0
    spent: Spent = field(default_factory=Spent)


@dataclass(frozen=True, kw_only=True)
class _Started:
    number: int
    work: Work
    since: float


def diagnose_all(
    patterns: Sequence[Pattern],
    view: MineView,
    harness: Tree,
    analysts: Sequence[Analyst],
    *,
    workers: int = 4,
    budget: Budget | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> tuple[AnalystReport, ...]:
    """Every analyst on every pattern, at most ``workers`` at once; reports by pattern, then analyst.

    Each works in a process of its own, a fork of this one, within the budget's seconds (from its own start) and memory;
    calls, tokens and money are for the analyst to keep. This process must not have threads that hold locks.
    """
    allowed = budget or Budget()
    jobs = [Job(analyst=a, pattern=p, view=view, harness=harness) for p in patterns for a in analysts]
    waiting = deque(enumerate(jobs))
    started: list[_Started] = []
    reports: dict[int, AnalystReport] = {}
    try:
        while waiting or started:
            while waiting and len(started) < max(1, workers):
                number, job = waiting.popleft()
                started.append(_Started(number=number, work=Work(job, allowed), since=clock()))
            for one, outcome in _finished(started, allowed.seconds, clock):
                one.work.end()
                started.remove(one)
                reports[one.number] = _report(jobs[one.number], outcome, clock() - one.since)
    finally:
        for one in started:
            one.work.end()
    return tuple(reports[number] for number in range(len(jobs)))


def _finished(
    started: Sequence[_Started], seconds: float, clock: Callable[[], float]
) -> list[tuple[_Started, Outcome]]:
    """Those that have come to an end, and those whose time is over; waits for the first of either."""
    left = min(one.since for one in started) + seconds - clock()
    ready = wait([one.work.connection for one in started], timeout=max(0.0, left))
    done = [(one, one.work.outcome()) for one in started if one.work.connection in ready]
    late = Outcome(loss="time", error=f"no answer within {seconds:g} seconds")
    return done or [(one, late) for one in started if clock() - one.since >= seconds]


def _report(job: Job, outcome: Outcome, seconds: float) -> AnalystReport:
    finding = outcome.finding
    if finding is not None and finding.pattern != job.pattern.id:
        error = f"the finding speaks of another pattern, {finding.pattern[:40]!r}"
        outcome = Outcome(loss="stray", error=error, spent=outcome.spent)
    return AnalystReport(
        pattern=job.pattern.id,
        analyst=job.analyst.name,
        finding=outcome.finding,
        error=outcome.error,
        loss=outcome.loss,
        seconds=seconds,
        spent=outcome.spent,
    )
