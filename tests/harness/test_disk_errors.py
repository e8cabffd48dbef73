"""Which errors of a write are the machine's."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from harness.disk_errors import disk_errors
from harness.errors import BrokenSystemError


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO])
def test_a_disk_that_takes_nothing_is_a_broken_system(number: int) -> None:
    """The message keeps the system's words and the path."""
    with (
        pytest.raises(BrokenSystemError, match=r"cannot be written to: .*'/x'") as caught,
        disk_errors(),
    ):
        raise OSError(number, "words", "/x")

    assert isinstance(caught.value.__cause__, OSError)


@pytest.mark.parametrize("error", [FileNotFoundError(2, "x"), PermissionError(13, "x"), ValueError("x")])
def test_other_errors_stay_what_they_are(error: Exception) -> None:
    """They may be anybody's fault."""
    with pytest.raises(type(error)) as caught, disk_errors():
        raise error

    assert caught.value is error


def test_a_device_that_is_full_is_one() -> None:
    """As the kernel says it."""
    with pytest.raises(BrokenSystemError, match="No space left"), disk_errors():
        Path("/dev/full").write_bytes(b"x")
