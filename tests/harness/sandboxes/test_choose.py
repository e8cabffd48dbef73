"""Which sandbox is chosen."""

from __future__ import annotations

from harness.errors import BrokenSystemError
from harness.sandboxes.choose import SANDBOXES, choose_sandbox, why_not
from harness.sandboxes.directory import DirectorySandbox
from harness.sandboxes.layout import Layout
from harness.sandboxes.namespace import NamespaceSandbox


def test_the_chosen_sandbox_opens() -> None:
    """Whatever this machine has, a command runs in it."""
    sandbox = choose_sandbox()
    with sandbox.open({"a": b"1"}) as session:
        output = session.execute(("cat", "a")).output

    assert output == "1"
    assert sandbox.isolation in {"namespace", "directory"}


def test_a_sandbox_that_does_not_open_gives_its_reason() -> None:
    """The reason is what a user is told."""
    with NamespaceSandbox(Layout(binds=())) as empty:
        reason = why_not(empty)

    assert reason is not None
    assert why_not(DirectorySandbox()) is None
    assert issubclass(BrokenSystemError, Exception)


def test_a_sandbox_can_be_asked_for_by_name(namespaces: NamespaceSandbox) -> None:
    """Asked for, it is that one or an error, never another."""
    chosen = [choose_sandbox(name) for name in ("namespace", "directory")]

    assert [sandbox.isolation for sandbox in chosen] == ["namespace", "directory"]


def test_what_is_offered_can_be_chosen() -> None:
    """The names that a command line shows."""
    assert SANDBOXES == ("auto", "namespace", "directory", "docker")
