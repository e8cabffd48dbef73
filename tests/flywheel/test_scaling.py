"""How far two runs at once are faster than one after the other, with real runs of the simulated model."""

from __future__ import annotations

import os
import resource
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from benchmarks.task import Split, Suite
from flywheel.observer import SilentObserver
from flywheel.project import Project, open_executor
from flywheel.suites import open_suite
from harness.runs import RunRequest
from harness.simulated.profile import Profile
from tests.harness.containers import skip_where_others_work

RUNS = 64  # fewer, and the last run of one worker, alone, is what is measured
TIMES = 2  # that each number in flight is measured, in turn
ENOUGH = 1.8
Record = Callable[[str, object], None]


@dataclass(frozen=True, kw_only=True)
class Pace:
    """Seconds per run: by the clock, of a processor in workers and agents, and of one in this process."""

    clock: float
    workers: float
    own: float


def processor(who: int) -> float:
    """Seconds of a processor so far."""
    usage = resource.getrusage(who)
    return usage.ru_utime + usage.ru_stime


def pace(project: Project, suite: Suite, name: str, *, in_flight: int) -> Pace:
    """Make the same runs again under another name; the first ones start the workers and are not timed."""
    tasks = suite.of(Split.GATE)
    checkout = project.repository.checkout(project.repository.current())
    requests = [
        RunRequest(
            key=f"{name}/{number}",
            checkout=checkout,
            assignment=tasks[number % len(tasks)].assignment,
            verifier=tasks[number % len(tasks)].verifier,
            seed=number,
            in_flight=in_flight,
        )
        for number in range(RUNS + in_flight)
    ]
    before = processor(resource.RUSAGE_CHILDREN)
    with open_executor(
        project, in_flight=in_flight, model_profile=Profile(unverified_finish=0.5)
    ) as executor:
        list(executor.run(requests[RUNS:]))
        started, own = time.perf_counter(), processor(resource.RUSAGE_SELF)
        list(executor.run(requests[:RUNS]))
        clock, own = time.perf_counter() - started, processor(resource.RUSAGE_SELF) - own
    workers = processor(resource.RUSAGE_CHILDREN) - before
    return Pace(clock=clock / RUNS, workers=workers / len(requests), own=own / RUNS)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_two_runs_at_once_are_nearly_twice_as_fast_as_one(
    small_suite: None, project: Project, record_property: Record
) -> None:
    """At least 1.8 times on two cores where nobody else works; elsewhere the figures are recorded and nothing is claimed."""
    suite = open_suite("humaneval-repair", seed=1, observer=SilentObserver())
    paces = [
        (pace(project, suite, f"one-{n}", in_flight=1), pace(project, suite, f"two-{n}", in_flight=2))
        for n in range(TIMES)
    ]
    ratio = statistics.median(one.clock / two.clock for one, two in paces)
    record_property("cores", len(os.sched_getaffinity(0)))
    record_property("load", round(os.getloadavg()[0], 1))
    record_property("speed_up_of_two", round(ratio, 2))
    for word, at in (("one", 0), ("two", 1)):
        record_property(f"seconds_{word}", round(statistics.median(both[at].clock for both in paces), 4))
        record_property(
            f"processor_seconds_{word}", round(statistics.median(both[at].workers for both in paces), 4)
        )
        record_property(
            f"executor_seconds_{word}", round(statistics.median(both[at].own for both in paces), 4)
        )
    skip_where_others_work()

    assert ratio >= ENOUGH
