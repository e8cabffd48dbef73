"""Errors of this room.

TraceError
├── QueryError      a query that the index cannot answer: the user's to mend
├── RuleError       a redaction rule that cannot be used: the user's to mend
├── OtlpError       a body that is no OTLP (in traces.otlp.errors)
├── UnavailableError  a server that is needed does not answer
└── SegmentError    a store that cannot be read or written
"""

from __future__ import annotations


class TraceError(Exception):
    """Base of all errors of ``traces``."""


class QueryError(TraceError):
    """A query names a field or operator that does not exist."""


class RuleError(TraceError):
    """A redaction rule does not exist, has a bad pattern, or one that takes too long."""


class UnavailableError(TraceError):
    """A server that is needed does not answer."""


class SegmentError(TraceError):
    """A segment store cannot be read or written."""
