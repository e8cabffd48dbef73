"""A person's word on a run: a span beside the run's own and, in a harness repository, a ledger entry."""

from __future__ import annotations

import getpass
import time

from flywheel.archive import Archive
from traces.labels import label_span, rating_span
from traces.outcome import Outcome
from traces.redaction import Redactor
from traces.segments import SegmentWriter
from traces.span import Span


def label_run(
    archive: Archive, run_id: str, *, outcome: Outcome | None, stars: int | None, reason: str
) -> None:
    """Record an outcome, a rating or both, in this person's name and now; raises ``SegmentError``."""
    who, now = _who(), time.time_ns()
    spans: list[Span] = []
    if outcome is not None:
        spans.append(label_span(run_id, outcome, reason=reason, who=who, time_ns=now))
    if stars is not None:
        spans.append(rating_span(run_id, stars, reason=reason, who=who, time_ns=now))
    # Only this machine's own programs write there: a label counts like nothing that a sender claims.
    with SegmentWriter(archive.store.own, redactor=Redactor(), name="labels") as writer:
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


def _who() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"
