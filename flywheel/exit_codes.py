"""What an exit code of ``flywheel`` means, and which error ends in which."""

from __future__ import annotations

import errno
from enum import IntEnum

from benchmarks.errors import BenchmarkError
from flywheel.errors import FlywheelError
from harness.errors import BrokenSystemError, HarnessError
from traces.errors import QueryError, SegmentError, TraceError, UnavailableError


class ExitCode(IntEnum):
    """A crash is never 1: that code is kept for a computed negative verdict."""

    DONE = 0
    NEGATIVE = 1
    WRONG_USE = 2
    INCONCLUSIVE = 3
    BROKEN_SYSTEM = 4
    INTERRUPTED = 130


EXIT_CODES_HELP = (
    "Exit codes: 0 done, 1 a computed negative verdict, 2 wrong use, 3 inconclusive, "
    "4 broken system, 130 interrupted."
)
_BROKEN_ERRNO = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EMFILE, errno.ENOMEM}


def exit_code_of(error: BaseException) -> ExitCode:
    """The exit code that an error which reached the command line ends in."""
    if isinstance(error, KeyboardInterrupt):
        return ExitCode.INTERRUPTED
    if isinstance(error, BrokenSystemError | SegmentError | UnavailableError):
        return ExitCode.BROKEN_SYSTEM
    if isinstance(error, OSError) and error.errno in _BROKEN_ERRNO:
        return ExitCode.BROKEN_SYSTEM
    if isinstance(error, FlywheelError | HarnessError | BenchmarkError | QueryError | TraceError):
        return ExitCode.WRONG_USE
    return ExitCode.BROKEN_SYSTEM
