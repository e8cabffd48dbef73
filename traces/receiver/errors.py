"""Errors of the receiver.

TraceError
└── ReceiverError           the receiver cannot start or go on: the user's to mend
RequestError                a request that is refused, with the status of the answer
├── BadRequestError   400   not what it says it is
├── TooLargeError     413   larger than the limit, packed or unpacked
├── UnsupportedError  415   a type or encoding that is not known
└── UnavailableError  503   no room, a full disk, or the end of the receiver
"""

from __future__ import annotations

from typing import ClassVar

from traces.errors import TraceError


class ReceiverError(TraceError):
    """The receiver cannot start or go on."""


class RequestError(Exception):
    """A request that is refused."""

    status: ClassVar[int] = 400


class BadRequestError(RequestError):
    """A body that cannot be read; sending it again is of no use."""


class TooLargeError(RequestError):
    """A request over the limit."""

    status = 413


class UnsupportedError(RequestError):
    """A content type or encoding that is not known."""

    status = 415


class UnavailableError(RequestError):
    """Not now: the sender keeps its spans and tries again."""

    status = 503
