"""Reading files and folders of traces of any known format into a store."""

from __future__ import annotations

from traces.ingest.engine import ingest
from traces.ingest.report import FileReport, IngestProgress, IngestReport, SkippedParts

__all__ = ["FileReport", "IngestProgress", "IngestReport", "SkippedParts", "ingest"]
