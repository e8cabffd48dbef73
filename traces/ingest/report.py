"""What an ingest says of itself: while it goes on, and at its end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

# Why a whole file was left out.
NOT_A_TRACE = "not a trace"
EMPTY = "empty"
UNREADABLE = "unreadable"
BINARY = "binary"


@dataclass(frozen=True, kw_only=True)
class IngestProgress:
    """Where an ingest is. ``bytes_read`` and ``bytes_total`` count bytes on disk; ``path`` is the file at hand."""

    path: Path
    files: int
    files_total: int
    bytes_read: int
    bytes_total: int
    spans: int


@dataclass(frozen=True, kw_only=True)
class SkippedParts:
    """How often something was left out of a file for a reason, and the first line where (0: no lines)."""

    reason: str
    count: int
    first_line: int


@dataclass(frozen=True, kw_only=True)
class FileReport:
    """What one file gave.

    ``format`` is the importer's name, empty where no importer knows the file: ``left_out`` then says why.
    ``spans`` were read, of them ``stored`` and ``duplicate`` (already there with the same content).
    """

    path: Path
    format: str = ""
    left_out: str = ""
    runs: int = 0
    spans: int = 0
    stored: int = 0
    duplicate: int = 0
    skipped: tuple[SkippedParts, ...] = ()


@dataclass(frozen=True, kw_only=True)
class IngestReport:
    """What all files gave. ``runs`` counts a run once that is spread over several files.

    ``verdicts`` counts the outcomes of runs that came from lists of outcomes beside them (and are among
    the spans stored). ``interrupted`` says that the user stopped it; what had been stored stays.
    """

    files: tuple[FileReport, ...]
    runs: int
    verdicts: int = 0
    interrupted: bool = False

    @property
    def spans(self) -> int:
        """Spans read."""
        return sum(file.spans for file in self.files)

    @property
    def stored(self) -> int:
        """Spans stored."""
        return sum(file.stored for file in self.files)

    @property
    def duplicate(self) -> int:
        """Spans that were already there with the same content."""
        return sum(file.duplicate for file in self.files)

    @property
    def left_out(self) -> Mapping[str, int]:
        """For each reason, how many files gave nothing for it."""
        return Counter(file.left_out for file in self.files if file.left_out)

    @property
    def skipped(self) -> Mapping[str, int]:
        """For each reason, how many parts of files were left out for it."""
        total: Counter[str] = Counter()
        for file in self.files:
            for parts in file.skipped:
                total[parts.reason] += parts.count
        return total
