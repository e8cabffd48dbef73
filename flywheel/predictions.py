"""Predictions of proposals held against what their experiments saw; kept for people, and never deciding anything.

A proposal names tasks of ``mine``, and its experiment runs on groups of ``gate``, which nobody mined: no task is in both. What is
carried over is the rule that named them. A proposal answers a mechanism, so it predicts that failures which show this mechanism
are fixed and that passes which show it may break. The rule is applied, by the detector, to the control's runs of the experiment, which
no analyst has seen; then each pair is a hit or none. Chance is the same number of pairs drawn from the control's failures (or passes) at random.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from analyzers.detectors import default_detectors, detect_all
from analyzers.proposal import Proposal
from analyzers.surface_kind import SurfaceKind, surface_kind
from benchmarks.gate.verdict import PairResult, Verdict
from flywheel.archive import Archive
from flywheel.indexing import caught_up
from flywheel.project import Project
from flywheel.records import mapping, proposal_of
from harness.ledger import Entry
from traces.normal import assemble
from traces.run import Run

KIND = "prediction"


@dataclass(frozen=True, kw_only=True)
class Hits:
    """Pairs ``among`` which something could happen, for which it was ``expected``, to which it ``happened``, and both (``hits``)."""

    among: int = 0
    expected: int = 0
    happened: int = 0
    hits: int = 0

    def __add__(self, other: Hits) -> Hits:
        return Hits(**{f.name: getattr(self, f.name) + getattr(other, f.name) for f in fields(Hits)})

    @property
    def precision(self) -> float | None:
        """Of those that were expected the share to which it happened; ``None`` where none was."""
        return self.hits / self.expected if self.expected else None

    @property
    def recall(self) -> float | None:
        """Of those to which it happened the share that was expected; ``None`` where it never did."""
        return self.hits / self.happened if self.happened else None

    @property
    def chance_precision(self) -> float | None:
        """The precision of pairs drawn at random: how often it happened at all."""
        return self.happened / self.among if self.among else None

    @property
    def chance_recall(self) -> float | None:
        """The recall of as many pairs drawn at random."""
        return self.expected / self.among if self.among else None


@dataclass(frozen=True, kw_only=True)
class Score:
    """What an experiment said of a proposal's predictions. ``unread`` pairs are left out: their control run is not stored here."""

    experiment: str
    proposal: str
    analyst: str
    kind: SurfaceKind
    answers: str
    fixes: Hits
    breakages: Hits
    unread: int = 0


def record_score(project: Project, proposal: Proposal, experiment: str, verdict: Verdict) -> None:
    """Score a proposal's predictions once; one that answers no detector's mechanism, as a merge, predicts nothing that could be."""
    if proposal.parents or not proposal.answers or project.ledger.get(KIND, experiment) is not None:
        return
    detectors = [detector for detector in default_detectors() if detector.name == proposal.answers]
    if not detectors:
        return
    pairs = [p for p in verdict.pairs if p.control_score is not None and p.candidate_score is not None]
    runs = _control_runs(project, pairs)
    shown = {signal.run_id for signal in detect_all(runs, detectors)}
    read = {run.run_id for run in runs}
    known = [pair for pair in pairs if pair.control_run in read]
    failed = [pair for pair in known if not _passed(pair.control_score)]
    passed = [pair for pair in known if _passed(pair.control_score)]
    body: dict[str, Any] = {
        "proposal": proposal.id,
        "answers": proposal.answers,
        "fixes": _record(_hits(failed, shown)),
        "breakages": _record(_hits(passed, shown)),
        "unread": len(pairs) - len(known),
    }
    project.ledger.append(KIND, experiment, body)


def scores(project: Project) -> tuple[Score, ...]:
    """The scores in the ledger, in their order."""
    known = {entry.key: proposal_of(entry.body) for entry in project.ledger.entries("proposal")}
    return tuple(
        _score(entry, known[str(entry.body["proposal"])])
        for entry in project.ledger.entries(KIND)
        if entry.body["proposal"] in known
    )


def by_analyst_and_surface(found: Iterable[Score]) -> Mapping[tuple[str, SurfaceKind], tuple[Score, ...]]:
    """The scores of each analyst on each kind of surface, by name."""
    rows: dict[tuple[str, SurfaceKind], list[Score]] = defaultdict(list)
    for score in found:
        rows[score.analyst, score.kind].append(score)
    return {key: tuple(rows[key]) for key in sorted(rows)}


def summed(found: Iterable[Hits]) -> Hits:
    """All of them together."""
    total = Hits()
    for each in found:
        total += each
    return total


def hits_words(hits: Hits, happened: str) -> str:
    """Precision and recall with what chance gives, for a reader."""
    if not hits.among:
        return "no such pair"
    if not hits.expected:
        return f"none expected; {hits.happened} of {hits.among} {happened}"
    recall = (
        f", recall {_percent(hits.recall)} (chance {_percent(hits.chance_recall)})" if hits.happened else ""
    )
    return (
        f"{hits.hits} of {hits.expected} expected {happened}: precision {_percent(hits.precision)} "
        f"(chance {_percent(hits.chance_precision)}){recall}"
    )


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.0f} %"


def _control_runs(project: Project, pairs: Iterable[PairResult]) -> tuple[Run, ...]:
    archive = Archive.of(project)
    with caught_up(archive) as index:
        found = [
            assemble(spans) for p in pairs if (spans := tuple(index.run_spans(p.control_run, archive.store)))
        ]
    return tuple(found)


def _hits(pairs: Iterable[PairResult], shown: set[str]) -> Hits:
    """A pair changes for the better among the control's failures, for the worse among its passes."""
    marks = [(pair.control_run in shown, pair.difference != 0.0) for pair in pairs]
    return Hits(
        among=len(marks),
        expected=sum(expected for expected, _ in marks),
        happened=sum(happened for _, happened in marks),
        hits=sum(expected and happened for expected, happened in marks),
    )


def _passed(score: float | None) -> bool:
    return score is not None and score >= 1.0


def _record(hits: Hits) -> dict[str, int]:
    return {f.name: getattr(hits, f.name) for f in fields(Hits)}


def _score(entry: Entry, proposal: Proposal) -> Score:
    return Score(
        experiment=entry.key,
        proposal=proposal.id,
        analyst=proposal.analyst,
        kind=surface_kind(proposal.edits),
        answers=str(entry.body["answers"]),
        fixes=Hits(**mapping(entry.body["fixes"])),
        breakages=Hits(**mapping(entry.body["breakages"])),
        unread=int(str(entry.body["unread"])),
    )
