"""Bringing files of traces into an archive: stored redacted, each content once, and indexed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from flywheel.archive import Archive
from flywheel.indexing import caught_up
from flywheel.observer import Observer
from flywheel.redacting import rules_of
from traces.ingest import IngestProgress, IngestReport, ingest
from traces.redaction import Redactor
from traces.segments import SegmentWriter

_MEBIBYTE = 1 << 20


def bring_in(archive: Archive, paths: Sequence[Path], observer: Observer) -> IngestReport:
    """Ingest the paths into the archive's foreign segments and index what is new.

    Raises ``SegmentError`` where the disk is full; what was stored until then stays.
    """
    redactor = Redactor(rules_of(archive))

    def tell(progress: IngestProgress) -> None:
        observer.progress(
            progress.bytes_read // _MEBIBYTE,
            progress.bytes_total // _MEBIBYTE,
            f"MB, {progress.files} of {progress.files_total} files, {progress.spans:,} spans",
        )

    with caught_up(archive, observer) as index:
        observer.stage("read traces")
        with SegmentWriter(archive.store.foreign, name="ingest") as writer:
            report = ingest(
                paths, writer=writer, known=index.known, progress=tell, prepare=redactor.redact_span
            )
    with caught_up(archive, observer):
        pass
    if counts := redactor.counts:
        found = ", ".join(f"{count} {name}" for name, count in sorted(counts.items()))
        observer.note(f"redacted before the first write: {found}")
    return report
