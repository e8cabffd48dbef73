"""The first half of a turn: run the ``mine`` split, read the runs back, find patterns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from analyzers.detectors import default_detectors, detect_all
from analyzers.pattern import Pattern
from analyzers.patterns import find_patterns
from analyzers.quality import sift
from analyzers.signal import Signal
from benchmarks.splits import tasks_of
from benchmarks.task import Split
from flywheel.archive import Archive
from flywheel.batch import Batch, run_batch
from flywheel.indexing import caught_up
from flywheel.mine_index import mine_view
from flywheel.project import Project
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
    record_patterns(wheel.project, mined)
    wheel.observer.note(f"{mined.passed} of {mined.runs} runs passed; {len(mined.patterns)} patterns")
    return mined


def find(archive: Archive, runs: Sequence[Run], *, round_number: int, commit: str) -> Mined:
    """Detectors, quality and patterns over runs that are there already; runs nothing."""
    sifted = sift(runs)
    signals = detect_all(sifted.kept, default_detectors())
    known = () if archive.project is None else known_patterns(archive.project, before=round_number)
    found = find_patterns(sifted.kept, signals, known=known)
    _index(archive, sifted.kept, signals, found.patterns)
    return Mined(
        round=round_number,
        commit=commit,
        runs=len(sifted.kept),
        passed=sum(run.outcome is Outcome.PASSED for run in sifted.kept),
        set_apart={reason: len(ids) for reason, ids in sifted.set_apart.items()},
        patterns=found.patterns,
        unexplained=len(found.unexplained),
        rests_on=found.rests_on,
    )


def known_patterns(project: Project, *, before: int) -> tuple[str, ...]:
    """Identities of the patterns that earlier rounds recorded in the ledger."""
    return tuple(
        dict.fromkeys(
            str(entry.body["id"])
            for entry in project.ledger.entries("pattern")
            if isinstance(entry.body["round"], int) and entry.body["round"] < before
        )
    )


def record_patterns(project: Project, mined: Mined) -> None:
    """Pattern identities are ledger entries, so that deleting the index loses none."""
    for pattern in mined.patterns:
        key = f"{mined.round}/{mined.commit[:12]}/{pattern.id}"
        if project.ledger.get("pattern", key) is None:
            project.ledger.append("pattern", key, _pattern_record(pattern, mined))


def _pattern_record(pattern: Pattern, mined: Mined) -> dict[str, Any]:
    return {
        "id": pattern.id,
        "round": mined.round,
        "harness": mined.commit,
        "name": pattern.name,
        "cause": pattern.signature.cause,
        "mechanism": pattern.signature.mechanism,
        "runs": list(pattern.run_ids),
        "share": round(pattern.share, 4),
        "rank": round(pattern.rank, 4),
    }


def _index(
    archive: Archive, runs: Sequence[Run], signals: Sequence[Signal], patterns: Sequence[Pattern]
) -> None:
    found: dict[str, dict[str, set[str]]] = {run.run_id: {"signal": set(), "pattern": set()} for run in runs}
    for signal in signals:
        found[signal.run_id]["signal"].add(signal.detector)
    for pattern in patterns:
        for run_id in pattern.run_ids:
            found[run_id]["pattern"].add(pattern.id)
    with caught_up(archive) as index:
        index.annotate_all(
            {run: {name: sorted(values) for name, values in said.items()} for run, said in found.items()}
        )
