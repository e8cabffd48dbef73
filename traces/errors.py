"""Errors of this room.

TraceError
├── QueryError      a query that the index cannot answer: the user's to mend
└── SegmentError    a store that cannot be read or written
"""

from __future__ import annotations


class TraceError(Exception):
    """Base of all errors of ``traces``."""


class QueryError(TraceError):
    """A query names a field or operator that does not exist."""


class SegmentError(TraceError):
    """A segment store cannot be read or written."""
