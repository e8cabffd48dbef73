"""The directory sandbox keeps the contract."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.sandbox import Sandbox
from harness.sandboxes.directory import DirectorySandbox
from tests.harness.sandboxes.sandbox_contract import SandboxContract


@pytest.fixture
def sandbox() -> Sandbox:
    return DirectorySandbox()


class TestDirectorySandbox(SandboxContract):
    """A temporary directory."""


def test_it_says_what_it_is(sandbox: Sandbox) -> None:
    """Runs record that there was no boundary."""
    isolation = sandbox.isolation

    assert isolation == "directory"


def test_a_link_out_of_the_workspace_is_not_followed(sandbox: Sandbox) -> None:
    """Reading and writing files stays inside, though a command would not."""
    with sandbox.open({}) as session:
        session.execute(("ln", "-s", "/etc", "etc"))

        with pytest.raises(PermissionError):
            session.read("etc/passwd")
        with pytest.raises(PermissionError):
            session.write("/etc/flywheel-was-here", b"")


def test_nothing_is_left_on_disk(sandbox: Sandbox) -> None:
    """The directory is gone when the sandbox is closed."""
    with sandbox.open({"a": b""}) as session:
        folder = session.execute(("pwd",)).output.strip()

    assert not Path(folder).exists()
