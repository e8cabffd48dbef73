"""Errors end in documented exit codes, and never in 1."""

from __future__ import annotations

import errno

import pytest

from benchmarks.errors import CampaignError, SuiteError
from flywheel.errors import FlywheelError, UnknownName
from flywheel.exit_codes import ExitCode, exit_code_of
from harness.errors import BrokenSystemError, ManifestError, RepositoryError, StaleError
from traces.errors import QueryError, SegmentError


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (FlywheelError("x"), ExitCode.WRONG_USE),
        (ManifestError("x"), ExitCode.WRONG_USE),
        (RepositoryError("x"), ExitCode.WRONG_USE),
        (StaleError("x"), ExitCode.WRONG_USE),
        (SuiteError("x"), ExitCode.WRONG_USE),
        (CampaignError("x"), ExitCode.WRONG_USE),
        (QueryError("x"), ExitCode.WRONG_USE),
        (BrokenSystemError("x"), ExitCode.BROKEN_SYSTEM),
        (SegmentError("x"), ExitCode.BROKEN_SYSTEM),
        (OSError(errno.ENOSPC, "full"), ExitCode.BROKEN_SYSTEM),
        (KeyboardInterrupt(), ExitCode.INTERRUPTED),
        (ZeroDivisionError(), ExitCode.BROKEN_SYSTEM),
    ],
)
def test_each_error_has_its_exit_code(error: BaseException, code: ExitCode) -> None:
    """The user's mistakes are 2, a broken system or a crash is 4, an interruption 130."""
    assert exit_code_of(error) is code


def test_an_unknown_name_lists_what_there_is() -> None:
    """The message names the offender and the choices, and says how many it left out."""
    error = UnknownName("suite", "nope", [f"suite-{number:02}" for number in range(15)])

    assert "no suite 'nope'" in str(error)
    assert "suite-00" in str(error)
    assert "and 3 more" in str(error)
