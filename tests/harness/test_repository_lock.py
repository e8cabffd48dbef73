"""Tests of one flywheel at a time."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from harness.errors import RepositoryError
from harness.repository import HarnessRepository

HOLDER = (
    "import pathlib, sys, time\n"
    "from harness.repository import HarnessRepository\n"
    "with HarnessRepository.open(pathlib.Path(sys.argv[1])).lock():\n"
    "    print('held', flush=True)\n"
    "    time.sleep(60)\n"
)


def test_a_second_holder_is_refused_and_told_who_has_it(repository: HarnessRepository) -> None:
    """The error comes at once and names the process."""
    other = HarnessRepository.open(repository.path)
    with (
        repository.lock(),
        pytest.raises(
            RepositoryError, match=rf"another flywheel is working on .*coder \(process {os.getpid()}\)"
        ),
        other.lock(),
    ):
        pytest.fail("two held the lock")

    with other.lock():
        held = (repository.state / "lock").read_text()
    assert held == str(os.getpid())


def test_the_lock_ends_with_its_holder(repository: HarnessRepository) -> None:
    """A killed process leaves nothing behind that somebody would have to remove."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(repository.path)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    with pytest.raises(RepositoryError, match=f"process {process.pid}"), repository.lock():
        pytest.fail("two held the lock")
    process.kill()
    process.wait()
    process.stdout.close()

    with repository.lock():
        assert (repository.state / "lock").read_text() == str(os.getpid())


def test_an_error_inside_lets_go(repository: HarnessRepository) -> None:
    """Whatever ends the work ends the hold."""
    with pytest.raises(KeyError), repository.lock():
        raise KeyError

    with repository.lock():
        pass


def test_children_do_not_inherit_the_hold(repository: HarnessRepository) -> None:
    """A process that outlives the work does not keep others out."""
    with repository.lock():
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], close_fds=False)
    with repository.lock():
        pass

    child.kill()
    child.wait()
