"""A person's word on a run: a span beside the run's own and, in a harness repository, a ledger entry."""

from __future__ import annotations

import getpass
import time

from flywheel.archive import Archive
from flywheel.redacting import rules_of
from traces.labels import PersonLabel, label_span, labels_in, rating_span
from traces.outcome import Outcome
from traces.redaction import Redactor
from traces.segments import SegmentWriter, read_segment, segment_paths
from traces.span import Span

_NAME = "labels"


def label_run(
    archive: Archive, run_id: str, *, outcome: Outcome | None, stars: int | None, reason: str
) -> None:
    """Record an outcome, a rating or both, in this person's name and now; raises ``SegmentError``."""
    redactor = Redactor(rules_of(archive))
    reason = redactor.redact(reason)
    who, now = _who(), time.time_ns()
    spans: list[Span] = []
    if outcome is not None:
        spans.append(label_span(run_id, outcome, reason=reason, who=who, time_ns=now))
    if stars is not None:
        spans.append(rating_span(run_id, stars, reason=reason, who=who, time_ns=now))
    # Only this machine's own programs write there: a label counts like nothing that a sender claims.
    with SegmentWriter(archive.store.own, redactor=redactor, name=_NAME) as writer:
        writer.append_many(spans)
    if archive.project is not None:
        body = {
            "run": run_id,
            "outcome": None if outcome is None else outcome.value,
            "stars": stars,
            "reason": reason,
            "who": who,
        }
        archive.project.ledger.append("label", f"{run_id}/{now}", body)


def labels_of(archive: Archive, run_id: str) -> tuple[PersonLabel, ...]:
    """What people said of a run on this machine, the earliest first; raises ``SegmentError``."""
    found = [
        label
        for path in segment_paths(archive.store.own)
        if _NAME in path.name.split("-")
        for label in labels_in(read_segment(path))
        if label.run_id == run_id
    ]
    return tuple(sorted(found, key=lambda label: label.time_ns))


def _who() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"
