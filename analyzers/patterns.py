"""Patterns: failing runs grouped by signature, ranked by how surely the mechanism goes with failure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from analyzers.failing_region import portray
from analyzers.naming import pattern_name
from analyzers.pattern import Pattern
from analyzers.quality import rests_on_outcomes
from analyzers.signal import Signal
from analyzers.signatures import Mechanism, cause_kind, explain, is_failure, pattern_id
from traces.outcome import Outcome
from traces.run import Run


@dataclass(frozen=True, kw_only=True)
class Found:
    """``patterns`` by falling rank; ``unexplained`` are the failing runs that no pattern holds.

    ``rests_on`` is ``outcomes``, or ``signals`` where no run has a verdict: patterns then say what
    happens often, not what goes with failure.
    """

    patterns: tuple[Pattern, ...]
    unexplained: tuple[str, ...]
    rests_on: str = "outcomes"


def find_patterns(runs: Iterable[Run], signals: Iterable[Signal], *, known: Collection[str] = ()) -> Found:
    """Group failing runs by cause × mechanism; ``known`` are ids of earlier rounds' patterns.

    A mechanism as common in passes explains nothing: a pattern needs three runs and a contrast whose
    lower bound is above zero. The same runs and signals give the same patterns, in whatever order they come.
    """
    ordered = sorted(runs, key=lambda run: run.run_id)
    judged = rests_on_outcomes(ordered)
    failures = [run for run in ordered if is_failure(run) or not judged]
    passes = [run for run in ordered if judged and run.outcome is Outcome.PASSED]
    by_run = _by_run(signals)
    patterns: list[Pattern] = []
    for cause, block in _blocks(failures).items():
        seen = [signal for run in (*block, *passes) for signal in by_run[run.run_id]]
        mechanisms = explain(cause, block, passes, seen, known=known)
        patterns.extend(_pattern(mechanism, failures, by_run, known) for mechanism in mechanisms)
    held = {run_id for pattern in patterns for run_id in pattern.run_ids}
    return Found(
        patterns=tuple(sorted(patterns, key=lambda pattern: (-pattern.rank, pattern.id))),
        unexplained=tuple(run.run_id for run in failures if run.run_id not in held),
        rests_on="outcomes" if judged else "signals",
    )


def _pattern(
    mechanism: Mechanism,
    failures: Sequence[Run],
    by_run: dict[str, list[Signal]],
    known: Collection[str],
) -> Pattern:
    members = mechanism.members
    ids = tuple(run.run_id for run in members)
    held = frozenset(ids)
    portrait = portray(members, [run for run in failures if run.run_id not in held])
    share = len(members) / len(failures)
    identity = pattern_id(mechanism.signature)
    name = mechanism.signature.mechanism
    return Pattern(
        id=identity,
        name=pattern_name(mechanism.signature),
        signature=mechanism.signature,
        run_ids=ids,
        tasks=tuple(sorted({run.task for run in members if run.task})),
        share=share,
        contrast=mechanism.contrast,
        rank=mechanism.contrast.interval[0] * mechanism.certainty * share,
        medoid=portrait.medoid,
        typical=portrait.typical,
        terms=portrait.terms,
        signals=tuple(s for run_id in ids for s in by_run[run_id] if s.detector == name),
        status="recurring" if identity in known else "new",
        companions=_companions(name, ids, by_run),
    )


def _companions(name: str, ids: Sequence[str], by_run: dict[str, list[Signal]]) -> tuple[str, ...]:
    shown = Counter(
        detector
        for run_id in ids
        for detector in sorted({signal.detector for signal in by_run[run_id]} - {name})
    )
    return tuple(detector for detector, count in shown.most_common() if 2 * count >= len(ids))


def _blocks(failures: Sequence[Run]) -> dict[str, list[Run]]:
    blocks: dict[str, list[Run]] = defaultdict(list)
    for run in failures:
        blocks[cause_kind(run)].append(run)
    return {cause: blocks[cause] for cause in sorted(blocks)}


def _by_run(signals: Iterable[Signal]) -> dict[str, list[Signal]]:
    by_run: dict[str, list[Signal]] = defaultdict(list)
    for signal in sorted(signals, key=lambda signal: (signal.run_id, signal.detector, signal.span_ids)):
        by_run[signal.run_id].append(signal)
    return by_run
