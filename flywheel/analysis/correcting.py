"""What a person says of patterns: names, merges and splits, each a ledger entry that later rounds follow."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from analyzers.correction import Correction
from analyzers.known_pattern import KnownPattern
from flywheel.analysis.analyzing import Analysis, analyze
from flywheel.analysis.recording import record_analysis
from flywheel.archive import Archive
from flywheel.errors import FlywheelError
from flywheel.pattern_ledger import correct, corrections, known_patterns


@dataclass(frozen=True, kw_only=True)
class Listed:
    """A recorded pattern as it is called now; ``note`` says what a person made of it, or is empty."""

    known: KnownPattern
    name: str
    note: str = ""

    def document(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "id": self.known.id,
            "name": self.name,
            "status": self.known.status,
            "cause": self.known.signature.cause,
            "mechanism": self.known.signature.mechanism,
            "rounds": [
                {"round": count.round, "count": count.count, "runs": count.runs}
                for count in self.known.history
            ],
            "note": self.note.strip(),
        }


def listed(archive: Archive) -> tuple[Listed, ...]:
    """Every pattern that a round recorded, in the order in which they were first seen."""
    ledger = archive.ledger()
    if ledger is None:
        return ()
    said = corrections(ledger)
    names = {each.pattern: each.name for each in said if each.kind == "label"}
    return tuple(
        Listed(
            known=known,
            name=names.get(known.id, known.name),
            note="".join(_notes(known, said)),
        )
        for known in known_patterns(ledger)
    )


def label_pattern(archive: Archive, wanted: str, name: str) -> Correction:
    """Call a pattern ``name`` from now on; raises ``FlywheelError`` for a pattern that is not there or an empty name."""
    if not name.strip():
        raise FlywheelError("a pattern needs a name; say one in quotation marks")
    return _enter(archive, Correction(kind="label", pattern=_known(archive, wanted), name=name.strip()))


def merge_patterns(archive: Archive, wanted: str, into: str) -> Correction:
    """Move a pattern's runs into another for good; raises ``FlywheelError`` where they are not two that are there."""
    first, second = _known(archive, wanted), _known(archive, into)
    if first == second:
        raise FlywheelError(f"{first} cannot be merged into itself; name two patterns")
    return _enter(archive, Correction(kind="merge", pattern=first, into=second))


def split_pattern(archive: Archive, wanted: str, runs: Sequence[str], *, name: str = "") -> Correction:
    """Take some runs out of a pattern as one of their own.

    Raises ``FlywheelError`` where the pattern is not there, a run is not its own, or none would be left.
    """
    analysis = analyze(archive)
    pattern = analysis.one(wanted).pattern
    taken = tuple(sorted({_run_of(pattern.run_ids, run, pattern.id) for run in runs}))
    if len(taken) == len(pattern.run_ids):
        raise FlywheelError(
            f"these are all runs of {pattern.id}; give it another name with `flywheel patterns label`"
        )
    content = hashlib.sha256("\n".join((pattern.id, *taken)).encode()).hexdigest()
    into = f"p-{content[:10]}"
    correction = Correction(kind="split", pattern=pattern.id, into=into, name=name.strip(), run_ids=taken)
    _remember(archive, analysis, pattern.id)
    return _enter(archive, correction)


def _known(archive: Archive, wanted: str) -> str:
    """The id of a pattern of the recorded rounds, or else of the runs as they are now, which are then recorded."""
    ledger = archive.ledger()
    recorded = () if ledger is None else known_patterns(ledger)
    found = {known.id for known in recorded if known.id.startswith(wanted) or known.name == wanted}
    if len(found) == 1:
        return found.pop()
    analysis = analyze(archive)
    pattern = analysis.one(wanted).pattern.id
    _remember(archive, analysis, pattern)
    return pattern


def _remember(archive: Archive, analysis: Analysis, pattern: str) -> None:
    """Record the round where the ledger does not know the pattern yet: what is said of it must find it again."""
    ledger = archive.ledger()
    if ledger is None or all(known.id != pattern for known in known_patterns(ledger)):
        record_analysis(archive, analysis.mined)


def _run_of(held: Sequence[str], wanted: str, pattern: str) -> str:
    found = [run_id for run_id in held if run_id.startswith(wanted)]
    if len(found) != 1:
        problem = "is none of" if not found else f"begins {len(found)} of"
        raise FlywheelError(
            f"{wanted[:60]!r} {problem} the runs of {pattern}; `flywheel patterns show {pattern} --json` lists them"
        )
    return found[0]


def _enter(archive: Archive, correction: Correction) -> Correction:
    ledger = archive.ledger(create=True)
    assert ledger is not None
    correct(ledger, correction)
    return correction


def _notes(known: KnownPattern, said: Sequence[Correction]) -> Iterator[str]:
    for each in said:
        if each.kind == "merge" and each.pattern == known.id:
            yield f"  (merged into {each.into})"
        if each.kind == "split" and each.pattern == known.id:
            yield f"  ({len(each.run_ids)} runs split off as {each.into})"
