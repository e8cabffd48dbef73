"""Segments: append-only files of spans that survive a kill at any moment.

A segment is a file of lines ``v1 <CRC-32 of the JSON, 8 hexadecimal digits> <JSON of a span>``. A line that
was cut or changed fails its checksum and costs only itself; the next line break is the next record.
"""

from __future__ import annotations

from traces.segments.compress import CompressReport, compress_closed
from traces.segments.follow import Chunk, follow, read_record
from traces.segments.names import SUFFIX, segment_paths
from traces.segments.reader import read_segment, read_spans
from traces.segments.record import DamageReport, Record
from traces.segments.retention import Held, RetentionReport, retain
from traces.segments.verify import SegmentCheck, VerifyReport, verify
from traces.segments.writer import Fsync, SegmentWriter

__all__ = [
    "SUFFIX",
    "Chunk",
    "CompressReport",
    "DamageReport",
    "Fsync",
    "Held",
    "Record",
    "RetentionReport",
    "SegmentCheck",
    "SegmentWriter",
    "VerifyReport",
    "compress_closed",
    "follow",
    "read_record",
    "read_segment",
    "read_spans",
    "retain",
    "segment_paths",
    "verify",
]
