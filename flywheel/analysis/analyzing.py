"""Mining without running: patterns in the runs that are there already, with quotes and remedies."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from analyzers.analysts.playbook import claims_for, remedies_with_promise
from analyzers.boosting import Attention, places
from analyzers.evidence import problem_of
from analyzers.mine_view import MineView, RunsView
from analyzers.pattern import Pattern
from analyzers.proposal import Claim
from flywheel.analysis.choosing import Choice, chosen_runs
from flywheel.analysis.periods import Period, periods_of
from flywheel.archive import Archive
from flywheel.attention import attention_now, failing_tasks
from flywheel.errors import FlywheelError
from flywheel.mining import find
from flywheel.wheel import Mined
from harness.manifest import Manifest
from traces.run import Run

_REMEDIES = 3


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """What may help against a pattern: a remedy's title, and why it should."""

    remedy: str
    title: str
    hypothesis: str


@dataclass(frozen=True, kw_only=True)
class Explained:
    """A pattern with what a person wants to see of it.

    Every one of ``claims`` has a quote that is in the span it cites. ``trend`` counts the pattern's runs in each of the
    analysis' ``periods``. ``tasks`` maps a task to its number of the pattern's runs, the most frequent first. ``weight`` is above 1
    where earlier rounds failed on it (``analyzers.boosting``), and ``places`` are its places by rank alone and by weight × rank.
    """

    pattern: Pattern
    claims: tuple[Claim, ...]
    suggestions: tuple[Suggestion, ...]
    trend: tuple[int, ...]
    tasks: Mapping[str, int]
    weight: float = 1.0
    places: tuple[int, int] = (0, 0)


@dataclass(frozen=True, kw_only=True)
class Analysis:
    """The patterns of some runs; ``periods`` divide the time in which these began into equal parts."""

    mined: Mined
    explained: tuple[Explained, ...]
    periods: tuple[Period, ...]

    def one(self, wanted: str) -> Explained:
        """The pattern whose id begins so, or whose name is this; raises ``FlywheelError`` where it is not exactly one."""
        found = [e for e in self.explained if e.pattern.id.startswith(wanted) or e.pattern.name == wanted]
        if len(found) == 1:
            return found[0]
        if not found:
            there = ", ".join(e.pattern.id for e in self.explained) or "none"
            raise FlywheelError(f"no pattern {wanted[:60]!r} in these runs; there is: {there}")
        raise FlywheelError(f"{wanted[:60]!r} begins {len(found)} patterns; give more of the id")


def analyze(archive: Archive, choice: Choice | None = None) -> Analysis:
    """Patterns over runs of an archive, without running anything.

    Of a harness repository: the minable runs of the current tree, or all minable runs where it has none.
    Where there are none at all, and of any other folder: the runs that were received and imported. Raises
    ``FlywheelError`` where no run is left to look at, ``QueryError`` for a condition that makes no sense.
    """
    archive.require_traces()
    chosen = chosen_runs(archive, choice or Choice())
    mined = find(archive, chosen.runs, round_number=0, commit=chosen.commit)
    ledger = archive.ledger()
    weights = None if ledger is None else attention_now(ledger, mined.patterns, failing_tasks(chosen.runs))
    return explained(mined, chosen.runs, manifest=_manifest(archive), weights=weights)


def explained(
    mined: Mined, runs: Sequence[Run], *, manifest: Manifest | None, weights: Attention | None = None
) -> Analysis:
    """The patterns with quotes, remedies that the harness does not have yet, and their course over time."""
    view = RunsView(runs)
    periods = periods_of(runs)
    known = weights or Attention()
    order = places({pattern.id: pattern.rank for pattern in mined.patterns}, known)
    return Analysis(
        mined=mined,
        explained=tuple(
            replace(
                _explained(pattern, view, periods, manifest),
                weight=known.of(pattern.id),
                places=order[pattern.id],
            )
            for pattern in mined.patterns
        ),
        periods=periods,
    )


def _explained(
    pattern: Pattern, view: MineView, periods: Sequence[Period], manifest: Manifest | None
) -> Explained:
    members = [view.run(run_id) for run_id in pattern.run_ids]
    return Explained(
        pattern=pattern,
        claims=tuple(claim for claim in claims_for(pattern, view) if problem_of(claim, view) is None),
        suggestions=_suggestions(pattern, manifest),
        trend=tuple(sum(run.run_id in period.runs for run in members) for period in periods),
        tasks=dict(Counter(run.task for run in members if run.task).most_common()),
    )


def _suggestions(pattern: Pattern, manifest: Manifest | None) -> tuple[Suggestion, ...]:
    found = [
        Suggestion(remedy=remedy.name, title=remedy.title, hypothesis=remedy.hypothesis)
        for remedy, _ in remedies_with_promise(pattern)
        if manifest is None or remedy.edits(manifest)
    ]
    return tuple(found[:_REMEDIES])


def _manifest(archive: Archive) -> Manifest | None:
    return None if archive.project is None else archive.project.manifest()
