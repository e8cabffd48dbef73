"""Tests of sharing a ledger through a remote repository."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.errors import LedgerError
from harness.ledger import Ledger
from harness.ledger_remote import REFERENCE, fetch_ledger, push_ledger
from harness.repository import HarnessRepository


def run_git(path: Path, *arguments: str) -> str:
    return subprocess.run(
        ["git", *arguments], cwd=path, check=True, capture_output=True, text=True
    ).stdout.strip()


@pytest.fixture
def hub(repository: HarnessRepository, tmp_path: Path) -> Path:
    """A bare repository that others push to."""
    run_git(tmp_path, "clone", "-q", "--bare", str(repository.path), "hub.git")
    return tmp_path / "hub.git"


@pytest.fixture
def clone(hub: Path, tmp_path: Path) -> Callable[[str], Ledger]:
    """Makes a clone of the hub and opens its ledger."""

    def make(name: str) -> Ledger:
        run_git(tmp_path, "clone", "-q", str(hub), name)
        return Ledger(HarnessRepository.open(tmp_path / name))

    return make


def keys(ledger: Ledger) -> list[str]:
    return [entry.key for entry in ledger.entries()]


def test_an_entry_reaches_the_remote_and_from_there_everybody(clone: Callable[[str], Ledger]) -> None:
    """Appending with a remote takes over what is there and pushes what is new."""
    ada, bob = clone("ada"), clone("bob")
    ada.append("look", "a1", {"n": 1}, remote="origin")
    bob.append("look", "b1", {"n": 2}, remote="origin")
    ada.synchronise("origin")

    assert keys(ada) == keys(bob) == ["a1", "b1"]
    assert ada.verify() == bob.verify() == 2


def test_a_plain_clone_brings_the_ledger(clone: Callable[[str], Ledger]) -> None:
    """It can be read at once, and continued."""
    clone("ada").append("look", "a1", {"n": 1}, remote="origin")
    bob = clone("bob")
    seen = keys(bob)
    bob.append("look", "b1", {"n": 2})

    assert seen == ["a1"]
    assert keys(bob) == ["a1", "b1"]
    assert bob.verify() == 2


def test_entries_made_apart_are_put_one_after_the_other(clone: Callable[[str], Ledger]) -> None:
    """Nobody's are lost; numbers and seals of the later ones are made anew, their time and body are not."""
    ada, bob = clone("ada"), clone("bob")
    for number in range(3):
        ada.append("look", f"a{number}", {"n": number})
        bob.append("look", f"b{number}", {"n": number}, time="then")
    ada.synchronise("origin")
    bob.synchronise("origin")
    ada.synchronise("origin")

    assert keys(ada) == keys(bob) == ["a0", "a1", "a2", "b0", "b1", "b2"]
    assert [entry.sequence for entry in ada.entries()] == [1, 2, 3, 4, 5, 6]
    assert {entry.time for entry in ada.entries() if entry.key.startswith("b")} == {"then"}
    assert ada.verify() == 6


def test_the_same_entry_made_apart_is_one(clone: Callable[[str], Ledger]) -> None:
    """Two machines that did the same step agree."""
    ada, bob = clone("ada"), clone("bob")
    ada.append("look", "same", {"n": 1}, remote="origin")
    bob.append("look", "same", {"n": 1})
    bob.append("look", "b", {"n": 2}, remote="origin")

    assert keys(bob) == ["same", "b"]


def test_a_contradiction_is_not_merged(clone: Callable[[str], Ledger]) -> None:
    """Two bodies under one name need a person; both sides stay as they are."""
    ada, bob = clone("ada"), clone("bob")
    ada.append("verdict", "x", {"decision": "promote"}, remote="origin")
    bob.append("verdict", "x", {"decision": "reject"})
    with pytest.raises(LedgerError, match="recorded already, with another body"):
        bob.synchronise("origin")

    assert bob.entries()[0].body == {"decision": "reject"}
    ada.synchronise("origin")
    assert ada.entries()[0].body == {"decision": "promote"}


def test_many_push_at_once_and_all_get_through(clone: Callable[[str], Ledger], hub: Path) -> None:
    """A push that comes too late is repeated on top of the others'."""
    ledgers = [clone(name) for name in ("ada", "bob", "cyd")]
    failures: list[LedgerError] = []

    def append(number: int) -> None:
        try:
            for step in range(2):
                ledgers[number].append("look", f"{number}/{step}", {"n": step}, remote="origin")
        except LedgerError as error:
            failures.append(error)

    threads = [threading.Thread(target=append, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ledgers[0].synchronise("origin")

    assert failures == []
    assert sorted(keys(ledgers[0])) == sorted(f"{number}/{step}" for number in range(3) for step in range(2))
    assert ledgers[0].verify() == 6
    assert run_git(hub, "rev-list", "--count", "flywheel/ledger") == "6"


def test_a_push_never_replaces_what_is_there(
    clone: Callable[[str], Ledger], repository: HarnessRepository, hub: Path
) -> None:
    """A commit that does not continue the remote's is not taken, and that is told apart from a broken remote."""
    clone("ada").append("look", "a", {"n": 1}, remote="origin")
    before = run_git(hub, "rev-parse", REFERENCE)
    unrelated = repository.git.commit(repository.tree_hash("HEAD"), (), "unrelated", seconds=0)

    assert push_ledger(repository.git, str(hub), unrelated) is False
    assert run_git(hub, "rev-parse", REFERENCE) == before


def test_a_remote_out_of_reach_is_said_so_and_nothing_is_appended(ledger_of: Ledger) -> None:
    """The caller hears of it before it counts on the entry."""
    with pytest.raises(LedgerError, match="cannot fetch the ledger from 'origin'"):
        ledger_of.append("look", "a", {}, remote="origin")

    assert ledger_of.entries() == ()


@pytest.fixture
def ledger_of(repository: HarnessRepository) -> Ledger:
    """The ledger of a repository without remotes."""
    return Ledger(repository)


def test_a_remote_that_refuses_is_an_error_with_its_words(clone: Callable[[str], Ledger], hub: Path) -> None:
    """The entry is kept here and can be pushed later."""
    ada = clone("ada")
    hook = hub / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho 'the ledger is closed today' >&2\nexit 1\n")
    hook.chmod(0o755)
    with pytest.raises(
        LedgerError, match=r"cannot push the ledger to 'origin': .*the ledger is closed today"
    ):
        ada.append("look", "a", {}, remote="origin")
    hook.unlink()
    ada.synchronise("origin")

    assert keys(ada) == ["a"]
    assert run_git(hub, "rev-list", "--count", REFERENCE) == "1"


@pytest.mark.parametrize(
    "key", ["remote.origin.uploadpack", "remote.origin.receivepack", "core.sshCommand", "core.gitProxy"]
)
def test_programs_that_a_remote_configures_are_not_run(
    clone: Callable[[str], Ledger], tmp_path: Path, key: str
) -> None:
    """Fetching and pushing use git's own programs."""
    ada = clone("ada")
    mark = tmp_path / "ran"
    run_git(tmp_path / "ada", "config", key, f"touch {mark}; false")
    ada.append("look", "a", {}, remote="origin")

    assert not mark.exists()
    assert keys(ada) == ["a"]


@pytest.mark.parametrize("url", ["ext::sh -c touch% {mark}", "fd::3", "evil::x"])
def test_transports_that_are_programs_are_refused(
    repository: HarnessRepository, tmp_path: Path, url: str
) -> None:
    """Whatever the repository allows itself."""
    mark = tmp_path / "ran"
    run_git(repository.path, "config", "protocol.allow", "always")
    run_git(repository.path, "config", "remote.origin.url", url.format(mark=mark))
    with pytest.raises(LedgerError, match="cannot fetch the ledger"):
        fetch_ledger(repository.git, "origin")

    assert not mark.exists()


def test_hooks_of_the_clone_are_not_run(
    clone: Callable[[str], Ledger], tmp_path: Path, marked_hooks: Callable[[Path], Path]
) -> None:
    """Neither when fetching nor when pushing."""
    ada = clone("ada")
    mark = marked_hooks(tmp_path / "ada")
    ada.append("look", "a", {}, remote="origin")

    assert not mark.exists()


def test_a_broken_ledger_is_not_taken_over(
    clone: Callable[[str], Ledger], hub: Path, repository: HarnessRepository
) -> None:
    """A remote whose chain is no chain leaves ours as it was."""
    ada = clone("ada")
    ada.append("look", "a", {})
    run_git(hub, "update-ref", REFERENCE, run_git(hub, "rev-parse", "main"))
    with pytest.raises(LedgerError, match="is no entry"):
        ada.synchronise("origin")

    assert keys(ada) == ["a"]
    assert fetch_ledger(repository.git, str(hub)) is not None


def test_a_kind_that_yields_takes_over_what_was_first(clone: Callable[[str], Ledger]) -> None:
    """Two machines that decide the same thing at once: the first to get through stands, other entries are kept."""
    ada, bob = clone("ada"), clone("bob")
    ada.append("verdict", "x", {"decision": "promote"}, remote="origin")
    bob.append("verdict", "x", {"decision": "reject"})
    bob.append("look", "b", {"n": 1})

    bob.synchronise("origin", yielding=("verdict",))

    assert [(entry.key, dict(entry.body)) for entry in bob.entries()] == [
        ("x", {"decision": "promote"}),
        ("b", {"n": 1}),
    ]
    assert bob.verify() == 2
