"""The ingest of files: each is opened, its format found by content, its spans stored as they are read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from traces import attributes as names
from traces.calls import AGENT_OPERATION, MODEL_OPERATIONS, TOOL_OPERATION, operation_of
from traces.errors import SegmentError
from traces.importers.harbor_trial import TOLD_ELSEWHERE, is_told_elsewhere, trial_of, with_trial
from traces.importers.importer import Importer, Skipped, Source
from traces.importers.opening import OpenedFile
from traces.importers.registry import importer_for
from traces.ingest.report import (
    BINARY,
    EMPTY,
    NOT_A_TRACE,
    UNREADABLE,
    FileReport,
    IngestProgress,
    IngestReport,
    SkippedParts,
)
from traces.ingest.storing import Known, SpanWriter, Stored, Storing
from traces.ingest.verdicts import Verdicts, is_unlinked
from traces.ingest.walk import files_below
from traces.span import Span

DAMAGED = "the compressed file is damaged from here on"
_STEPS = frozenset({AGENT_OPERATION, TOOL_OPERATION, *MODEL_OPERATIONS})  # traces without any are no runs
CANNOT_STORE = "a span that cannot be stored"

Progress = Callable[[IngestProgress], None]


def ingest(
    paths: Sequence[Path],
    *,
    writer: SpanWriter,
    known: Known,
    progress: Progress | None = None,
    prepare: Callable[[Span], Span] | None = None,
) -> IngestReport:
    """Read all traces below ``paths`` and store those of their spans that are new.

    ``known`` gives the CRC-32 of the stored records of spans by (trace id, span id); ``prepare`` is done to
    each span first, and is where redaction belongs: a writer that changed spans further would make each look
    new. Ingesting the same content again stores
    nothing. Memory is bounded by one batch of 1,000 spans or 4 MB (or one span that is larger) and, for the
    formats that are one JSON document, by one file. A ``KeyboardInterrupt`` ends it early and keeps what was
    read. Raises ``SegmentError`` where the writer cannot store.
    """
    return _Ingest(Storing(writer, known, prepare=prepare), progress).run(paths)


class _Ingest:
    """One ingest: what it has read so far."""

    def __init__(self, storing: Storing, progress: Progress | None) -> None:
        self._storing = storing
        self._progress = progress
        self._verdicts = Verdicts()
        self._runs: set[int] = set()
        self._reports: list[FileReport] = []
        self._spans = 0
        self._bytes_done = 0
        self._files_total = 0
        self._bytes_total = 0

    def run(self, paths: Sequence[Path]) -> IngestReport:
        """Read everything below the paths."""
        try:
            files = list(files_below(paths))
            self._files_total = len(files)
            self._bytes_total = sum(_size(path) for path in files)
            for path in files:
                self._reports.append(self._file(path))
                self._bytes_done += _size(path)
                self._tell(path, 0)
            return self._end(interrupted=False)
        except KeyboardInterrupt:
            return self._end(interrupted=True)

    def _end(self, *, interrupted: bool) -> IngestReport:
        verdicts = 0
        for span in self._verdicts.linked():
            self._storing.add(span)
            verdicts += 1
            if self._storing.is_full:
                self._storing.flush()
        self._storing.flush()
        return IngestReport(
            files=tuple(self._reports), runs=len(self._runs), verdicts=verdicts, interrupted=interrupted
        )

    def _file(self, path: Path) -> FileReport:
        try:
            opened = OpenedFile(path)
            importer, reason = _importer(opened.source)
        except OSError:
            return FileReport(path=path, left_out=UNREADABLE)
        if importer is None:
            return FileReport(path=path, left_out=reason)
        return self._imported(opened, importer)

    def _imported(self, opened: OpenedFile, importer: Importer) -> FileReport:
        tally = _Tally()
        trial = trial_of(opened.path)
        try:
            for item in _items(importer, opened.source):
                if isinstance(item, Skipped):
                    tally.skip(item)
                else:
                    self._take(opened, item if trial is None else with_trial(item, trial), tally)
                    if self._storing.is_full:
                        tally.add(self._storing.flush())
                        self._tell(opened.path, opened.position)
            if opened.damaged:
                tally.skip(Skipped(line=0, reason=DAMAGED))
            tally.add(self._storing.flush())
        except KeyboardInterrupt:
            tally.add(self._storing.flush())
            self._runs |= tally.runs
            self._reports.append(tally.report(opened.path, importer.name))
            raise
        self._runs |= tally.runs
        return tally.report(opened.path, importer.name)

    def _take(self, opened: OpenedFile, span: Span, tally: _Tally) -> None:
        if is_unlinked(span):
            self._verdicts.note_verdict(opened.path, span)
            return
        try:
            self._storing.add(span)
        except SegmentError:
            tally.skip(Skipped(line=0, reason=CANNOT_STORE))
            return
        self._spans += 1
        tally.spans += 1
        operation = operation_of(span)
        if operation in _STEPS:
            tally.runs.add(hash(span.trace_id))
        if operation == AGENT_OPERATION and names.TASK in span.attributes:
            self._verdicts.note_run(opened.path, span)

    def _tell(self, path: Path, position: int) -> None:
        if self._progress is not None:
            self._progress(
                IngestProgress(
                    path=path,
                    files=len(self._reports),
                    files_total=self._files_total,
                    bytes_read=self._bytes_done + position,
                    bytes_total=self._bytes_total,
                    spans=self._spans,
                )
            )


class _Tally:
    """What one file gave so far."""

    def __init__(self) -> None:
        self.runs: set[int] = set()  # a hash of each trace id: enough to count by
        self.spans = 0
        self._stored = 0
        self._duplicate = 0
        self._skipped: Counter[str] = Counter()
        self._first_lines: dict[str, int] = {}

    def skip(self, skipped: Skipped) -> None:
        self._skipped[skipped.reason] += 1
        self._first_lines.setdefault(skipped.reason, skipped.line)

    def add(self, stored: Stored) -> None:
        self._stored += stored.stored
        self._duplicate += stored.duplicate

    def report(self, path: Path, name: str) -> FileReport:
        return FileReport(
            path=path,
            format=name,
            runs=len(self.runs),
            spans=self.spans,
            stored=self._stored,
            duplicate=self._duplicate,
            skipped=tuple(
                SkippedParts(reason=reason, count=count, first_line=self._first_lines[reason])
                for reason, count in self._skipped.items()
            ),
        )


def _importer(source: Source) -> tuple[Importer | None, str]:
    """The importer of a file, or why there is none."""
    if not source.head.strip():
        return None, EMPTY
    if is_told_elsewhere(source.path):
        return None, TOLD_ELSEWHERE
    importer = importer_for(source)
    if importer is not None:
        return importer, ""
    return None, BINARY if b"\0" in source.head else NOT_A_TRACE


def _items(importer: Importer, source: Source) -> Iterator[Span | Skipped]:
    """What the importer reads. A file ends where it fails: the others are still to be read."""
    try:
        yield from importer.read(source)
    except OSError:
        yield Skipped(line=0, reason="the file cannot be read further")
    except Exception as error:  # noqa: BLE001  # one file's import ends here; the report names the cause
        yield Skipped(line=0, reason=f"{importer.name} failed: {type(error).__name__}")


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
