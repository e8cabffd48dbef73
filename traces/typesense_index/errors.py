"""What can go wrong with a Typesense server.

TypesenseError
├── UnreachableError    no node answered, or all were busy, for as long as was waited
├── ForbiddenError      the key is wrong, or may not do this
├── MissingError        the collections are not there: nothing was written yet
├── RefusedError        the server does not take a request
└── ImportFailedError   some documents were refused; the others are in
"""

from __future__ import annotations

from dataclasses import dataclass

from traces.errors import TraceError, UnavailableError

_SHOWN = 5


class TypesenseError(TraceError):
    """Base of all errors of a Typesense server."""


class UnreachableError(TypesenseError, UnavailableError):
    """No node answered, or all were busy, for as long as was waited."""


class ForbiddenError(TypesenseError):
    """The key is wrong, or may not do this."""


class MissingError(TypesenseError):
    """The collections are not there."""


class RefusedError(TypesenseError):
    """The server does not take a request; ``status`` is its HTTP status."""

    def __init__(self, message: str, *, status: int) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, kw_only=True)
class FailedLine:
    """A document that the server refused, with its code and its words."""

    document_id: str
    code: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class ImportReport:
    """How many documents an import wrote, and which ones it could not."""

    written: int = 0
    failed: tuple[FailedLine, ...] = ()

    def __add__(self, other: ImportReport) -> ImportReport:
        return ImportReport(written=self.written + other.written, failed=self.failed + other.failed)


class ImportFailedError(TypesenseError):
    """Some documents were refused; ``report`` names them, and the others are in."""

    def __init__(self, report: ImportReport) -> None:
        shown = "; ".join(
            f"{line.document_id}: {line.reason} ({line.code})" for line in report.failed[:_SHOWN]
        )
        more = f"; and {len(report.failed) - _SHOWN} more" if len(report.failed) > _SHOWN else ""
        super().__init__(
            f"{len(report.failed)} of {len(report.failed) + report.written} documents were refused: {shown}{more}"
        )
        self.report = report
