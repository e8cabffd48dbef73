"""Errors end in documented exit codes, and never in 1."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from benchmarks.errors import CampaignError, SuiteError
from flywheel.cli import run
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


def test_what_the_system_refuses_is_a_broken_system() -> None:
    """A full disk, a broken one or a missing file: none of them is a verdict."""
    codes = {exit_code_of(OSError(number, "x")) for number in (errno.ENOSPC, errno.EIO, errno.ENOENT)}

    assert codes == {ExitCode.BROKEN_SYSTEM}


@pytest.mark.parametrize("count", [0, 1, 12, 13])
def test_choices_are_cut_only_where_there_are_many(count: int) -> None:
    """Up to twelve are all named, in order; none at all is said in words."""
    message = str(UnknownName("run", "x", [f"r{number:02}" for number in reversed(range(count))]))

    shown = message.partition("there is: ")[2]
    assert ("more" in shown) is (count > 12)
    assert shown.startswith("r00" if count else "none yet")
    assert shown.count("r") - ("more" in shown) == min(count, 12)


def test_an_odd_name_is_shown_quoted() -> None:
    """What was typed is written out, so that a line break in it keeps the message one line."""
    message = str(UnknownName("suite", "a\nb\x1b", ()))

    assert "'a\\nb\\x1b'" in message
    assert len(message.splitlines()) == 1


@pytest.mark.parametrize("words", [["--help"], []], ids=["help", "nothing"])
def test_the_command_line_alone_lists_its_commands(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Asked for or not, a person sees what there is and what exit codes mean."""
    run(words)

    said = capsys.readouterr()
    assert all(name in said.out + said.err for name in ("optimize", "evaluate", "traces", "suites"))


def test_a_broken_system_is_one_line_unless_debugging(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A place that cannot be a folder is said without a traceback, and never ends in 1."""
    (tmp_path / "file").write_text("x")

    code = run(["init", str(tmp_path / "file" / "below")])

    error = capsys.readouterr().err
    assert code in {ExitCode.WRONG_USE, ExitCode.BROKEN_SYSTEM}
    assert "Traceback" not in error
    assert len(error.splitlines()) == 1
