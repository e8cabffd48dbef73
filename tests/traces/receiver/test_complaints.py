"""Complaints reach standard error, but not without end."""

from __future__ import annotations

import pytest

from traces.receiver.complaints import Complaints


def test_only_the_first_complaints_are_written(capsys: pytest.CaptureFixture[str]) -> None:
    """What senders cause must not fill the disk."""
    complaints = Complaints()

    for number in range(50):
        complaints.write(ValueError(f"mistake {number}"), whole=False)

    lines = capsys.readouterr().err.splitlines()
    assert (lines[0], lines[-1], len(lines)) == ("mistake 0", "mistake 19", 20)


def test_a_whole_complaint_has_its_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    """Where the mistake is ours."""
    try:
        _ = 1 // 0
    except ZeroDivisionError as error:
        Complaints().write(error)

    assert "Traceback" in capsys.readouterr().err
