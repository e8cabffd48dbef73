"""The first half of a turn: run the ``mine`` split, read the runs back, find patterns."""

from __future__ import annotations

from collections.abc import Sequence

from analyzers.detectors import default_detectors, detect_all
from analyzers.observing import observe_all
from analyzers.pattern import Pattern
from analyzers.patterns import find_patterns
from analyzers.patterns.placing import centres_of
from analyzers.quality import sift
from analyzers.signal import Signal
from benchmarks.splits import tasks_of
from benchmarks.task import Split
from flywheel.archive import Archive
from flywheel.batch import Batch, run_batch
from flywheel.indexing import caught_up
from flywheel.mine_index import mine_view
from flywheel.pattern_cache import store_centres
from flywheel.pattern_ledger import corrections, known_patterns, record_patterns, round_name
from flywheel.wheel import Mined, Wheel
from traces.outcome import Outcome
from traces.run import Run


def mine_batch(wheel: Wheel, commit: str) -> Batch:
    """The batch of one mining round; its name holds the tree, so that the same harness is run once."""
    settings = wheel.settings
    checkout = wheel.project.repository.checkout(commit)
    return Batch(
        name=f"{settings.suite}@{settings.seed}/mine/{checkout.tree[:12]}",
        suite=wheel.suite,
        tasks=tasks_of(wheel.suite, Split.MINE, per_group=settings.per_group, seed=settings.seed),
        checkout=checkout,
        repeats=settings.repeats,
        seed=settings.seed,
        in_flight=settings.in_flight,
    )


def mine(wheel: Wheel, commit: str, number: int) -> Mined:
    """Run the ``mine`` split with a harness commit and find the patterns in its failures."""
    wheel.observer.stage(f"round {number}: run the mine split on {commit[:10]}")
    batch = mine_batch(wheel, commit)
    run_batch(batch, wheel.executor, wheel.observer)
    wheel.observer.stage(f"round {number}: mine the failures")
    keys = [request.key for request in batch.requests()]
    runs = mine_view(wheel.project, keys).runs()
    mined = find(Archive.of(wheel.project), runs, round_number=number, commit=commit)
    record_patterns(wheel.project.ledger, mined)
    wheel.observer.note(f"{mined.passed} of {mined.runs} runs passed; {len(mined.patterns)} patterns")
    return mined


def find(archive: Archive, runs: Sequence[Run], *, round_number: int, commit: str) -> Mined:
    """Detectors, quality and patterns over runs that are there already; runs nothing.

    Patterns that the ledger knows keep their identities, and what persons said of them holds. Where each pattern lies is
    kept for placing further runs (``pattern_cache``).
    """
    sifted = sift(runs)
    detectors = default_detectors()
    signals = detect_all(sifted.kept, detectors)
    observations = observe_all(sifted.kept, signals, detectors)
    ledger = archive.ledger()
    name = round_name(round_number, commit)
    found = find_patterns(
        observations,
        judged=sifted.rests_on_outcomes,
        known=() if ledger is None else known_patterns(ledger, before=name),
        corrections=() if ledger is None else corrections(ledger),
    )
    _index(archive, sifted.kept, signals, found.patterns)
    store_centres(archive, centres_of(found.patterns, observations))
    return Mined(
        round=round_number,
        commit=commit,
        runs=len(sifted.kept),
        passed=sum(run.outcome is Outcome.PASSED for run in sifted.kept),
        set_apart={reason: len(ids) for reason, ids in sifted.set_apart.items()},
        patterns=found.patterns,
        unexplained=len(found.unexplained),
        rests_on=found.rests_on,
        gone=found.gone,
        candidates=found.candidates,
        alike=found.alike,
    )


def _index(
    archive: Archive, runs: Sequence[Run], signals: Sequence[Signal], patterns: Sequence[Pattern]
) -> None:
    found: dict[str, dict[str, set[str]]] = {run.run_id: {"signal": set(), "pattern": set()} for run in runs}
    for signal in signals:
        found[signal.run_id]["signal"].add(signal.detector)
    for pattern in patterns:
        for run_id in (*pattern.run_ids, *pattern.also):
            found[run_id]["pattern"].add(pattern.id)
    with caught_up(archive) as index:
        index.annotate_all(
            {run: {name: sorted(values) for name, values in said.items()} for run, said in found.items()}
        )
