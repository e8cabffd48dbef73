"""Errors of OTLP bodies.

TraceError
└── OtlpError    a body that cannot be decoded as a whole: the sender's fault, answered with 400
"""

from __future__ import annotations

from traces.errors import TraceError


class OtlpError(TraceError):
    """A body that is not OTLP, or not of the encoding that it claims."""
