"""Tests of the ledger: append-only, shared by processes, and not in the working tree."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median

import pytest

from harness.apply_edits import apply_edits
from harness.edits import SetValue
from harness.errors import LedgerError
from harness.git_commands import ABSENT
from harness.ledger import Entry, Ledger
from harness.ledger_entry import new_entry
from harness.ledger_remote import REFERENCE
from harness.ledger_view import LedgerView, extended, write_entry
from harness.repository import HarnessRepository

APPEND = (
    "import pathlib, sys\n"
    "from harness.ledger import Ledger\n"
    "from harness.repository import HarnessRepository\n"
    "ledger = Ledger(HarnessRepository.open(pathlib.Path(sys.argv[1])))\n"
    "print('ready', flush=True)\n"
    "sys.stdin.readline()\n"
    "for number in range(int(sys.argv[3])):\n"
    "    ledger.append('look', f'{sys.argv[2]}/{number}', {'number': number})\n"
)


@pytest.fixture
def ledger(repository: HarnessRepository) -> Ledger:
    """The ledger of a fresh repository."""
    return Ledger(repository, clock=lambda: 1_700_000_000.0)


def run_git(path: Path, *arguments: str) -> str:
    return subprocess.run(
        ["git", *arguments], cwd=path, check=True, capture_output=True, text=True
    ).stdout.strip()


def names(entries: tuple[Entry, ...]) -> list[str]:
    return [entry.key for entry in entries]


def filled(repository: HarnessRepository, count: int) -> None:
    """Write a ledger of many entries at once."""
    view = LedgerView()
    for number in range(count):
        entry = new_entry("run", str(number), {"number": number}, time="t", after=view.last)
        tree, blob = write_entry(repository.git, view, entry)
        if entry.sequence % 100 == 99 or number == count - 1:
            tip = repository.git.commit(tree, (view.tip,) if view.tip else (), "fill", seconds=0)
            view = extended(view, tip, entry, blob)
        else:
            view = (
                extended(view, view.tip or "", entry, blob)
                if view.tip
                else LedgerView(entries=(*view.entries, entry), blobs={**view.blobs, entry.path: blob})
            )
    assert view.tip is not None
    repository.git.move(REFERENCE, to=view.tip, expected=ABSENT)


def test_an_empty_ledger_has_nothing(ledger: Ledger) -> None:
    """No branch is made by looking."""
    assert ledger.entries() == ()
    assert ledger.get("look", "x") is None
    assert ledger.verify() == 0


def test_entries_come_back_in_order_by_kind_and_by_name(
    ledger: Ledger, repository: HarnessRepository
) -> None:
    """To the same ledger and to any other opened on the repository."""
    ledger.append("look", "a", {"n": 1})
    ledger.append("verdict", "a", {"n": 2}, time="2025-01-01T00:00:00+00:00")
    ledger.append("look", "b", {"n": 3})

    for reader in (ledger, Ledger(repository)):
        assert [(entry.sequence, entry.kind, entry.key) for entry in reader.entries()] == [
            (1, "look", "a"), (2, "verdict", "a"), (3, "look", "b"),
        ]  # fmt: skip
        assert names(reader.entries("look")) == ["a", "b"]
        verdict = reader.get("verdict", "a")
        assert verdict is not None
        assert (verdict.body, verdict.time) == ({"n": 2}, "2025-01-01T00:00:00+00:00")
        assert reader.entries()[0].time == "2023-11-14T22:13:20+00:00"
        assert reader.verify() == 3


def test_it_is_an_orphan_branch_that_touches_no_file(ledger: Ledger, repository: HarnessRepository) -> None:
    """One commit and one readable file an entry; the working tree and main know nothing of it."""
    ledger.append("look", "a", {"n": 1})
    ledger.append("look", "b", {"n": 2})
    repository.require_clean()

    assert run_git(repository.path, "log", "--format=%s", "flywheel/ledger") == "look: b\nlook: a"
    assert run_git(repository.path, "ls-tree", "-r", "--name-only", "flywheel/ledger").split() == [
        "0000/000001-look-a.json", "0000/000002-look-b.json",
    ]  # fmt: skip
    assert run_git(repository.path, "fsck", "--strict") == ""
    assert run_git(repository.path, "log", "--format=%s", "main") == "Start"


def test_appending_twice_is_appending_once(ledger: Ledger, repository: HarnessRepository) -> None:
    """A repeated step gets the entry that is there, whatever the time is now."""
    first = ledger.append("look", "a", {"runs": ("r1",)})
    again = Ledger(repository).append("look", "a", {"runs": ["r1"]}, time="later")

    assert again == first
    assert ledger.verify() == 1


def test_a_name_stands_for_one_body_for_good(ledger: Ledger) -> None:
    """History cannot be told differently."""
    ledger.append("verdict", "a", {"decision": "reject"})
    with pytest.raises(
        LedgerError,
        match=r"verdict 'a' is recorded already, with another body \(0000/000001-verdict-a\.json\)",
    ):
        ledger.append("verdict", "a", {"decision": "promote"})

    assert ledger.entries()[0].body == {"decision": "reject"}


def test_secrets_do_not_reach_it(ledger: Ledger, repository: HarnessRepository) -> None:
    """They are taken out of texts at any depth, and the same entry is still the same; ids are left alone."""
    secret = "sk-ant-api03-" + "Zx9Qw3Rt7Yu1Io5Pa2Sd" * 4
    body = {
        "reason": f"failed with {secret}",
        "deep": [{"quotes": (f"key={secret}",)}],
        "commit": repository.current(),
    }
    first = ledger.append("note", "a", body)

    assert ledger.append("note", "a", body) == first
    assert first.body["commit"] == repository.current()
    assert "[redacted:" in first.text
    assert secret not in repository.tree("flywheel/ledger")[first.path].decode()


def test_a_rollback_does_not_erase_it(ledger: Ledger, repository: HarnessRepository) -> None:
    """The ledger remembers what the current harness no longer shows."""
    tree = apply_edits(repository.tree("HEAD"), [SetValue(key="limits.steps", value=60)])
    commit = repository.commit_candidate(tree, "c", "HEAD", "c")
    ledger.append("promotion", "e1", {"commit": repository.promote(commit, subject="P", trailers={})})
    ledger.append("rollback", "e1", {"commit": repository.rollback(trailers={})})

    assert [entry.kind for entry in Ledger(repository).entries()] == ["promotion", "rollback"]


def test_two_processes_append_at_once_and_lose_nothing(repository: HarnessRepository) -> None:
    """Every entry gets through, each once, in one unbroken chain."""
    command = [sys.executable, "-c", APPEND, str(repository.path)]
    writers = [
        subprocess.Popen([*command, name, "12"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for name in "ab"
    ]
    for writer in writers:
        assert writer.stdout is not None
        writer.stdout.readline()
    ended = [(writer.communicate("go\n")[0] and writer.returncode) or writer.returncode for writer in writers]

    ledger = Ledger(repository)
    assert ended == [0, 0]
    assert ledger.verify() == 24
    assert sorted(names(ledger.entries())) == sorted(
        f"{name}/{number}" for name in "ab" for number in range(12)
    )


def test_two_processes_that_append_the_same_entry_make_one(repository: HarnessRepository) -> None:
    """Whoever is second gets the first one's."""
    command = [sys.executable, "-c", APPEND, str(repository.path), "same", "5"]
    writers = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in "ab"
    ]
    for writer in writers:
        writer.communicate("go\n")

    assert [writer.returncode for writer in writers] == [0, 0]
    assert Ledger(repository).verify() == 5


def test_threads_share_a_ledger(ledger: Ledger) -> None:
    """One object serves all threads of a process."""
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: ledger.append("look", str(number), {"n": number}), range(20)))

    assert ledger.verify() == 20


@pytest.mark.parametrize("step", ["commit", "move"])
def test_a_kill_during_an_append_leaves_the_ledger_whole(
    ledger: Ledger, repository: HarnessRepository, step: str
) -> None:
    """Until the branch moves nothing has happened; the same append then works."""
    ledger.append("look", "before", {})
    program = (
        "import os, pathlib, sys\n"
        "from harness.git_commands import GitCommands\n"
        "from harness.ledger import Ledger\n"
        "from harness.repository import HarnessRepository\n"
        f"GitCommands.{step} = lambda *_, **__: os.kill(os.getpid(), 9)\n"
        "Ledger(HarnessRepository.open(pathlib.Path(sys.argv[1]))).append('look', 'killed', {})\n"
    )
    killed = subprocess.run(
        [sys.executable, "-c", program, str(repository.path)], check=False, env=os.environ
    )

    assert killed.returncode == -9
    assert names(ledger.entries()) == ["before"]
    ledger.append("look", "killed", {})
    assert Ledger(repository).verify() == 2


def commit_files(repository: HarnessRepository, files: dict[str, bytes]) -> None:
    """Put a commit with other files on top of the ledger, as somebody with a shell could."""
    from harness.git_trees import write_tree

    tip = repository.git.find(REFERENCE)
    assert tip is not None
    tree = write_tree(repository.git, files, {})
    repository.git.move(
        REFERENCE, to=repository.git.commit(tree, (tip,), "tampered", seconds=0), expected=tip
    )


def files_of(repository: HarnessRepository) -> dict[str, bytes]:
    return repository.tree("refs/heads/flywheel/ledger")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("edit", "the chain is broken at 0000/000002"),
        ("remove", "the chain is broken at 0000/000003"),
        ("add", "ledger: notes.md is no entry"),
        ("rename", "is not as it was written"),
        ("reorder", "is not as it was written"),
    ],
)
def test_tampering_is_found(
    ledger: Ledger, repository: HarnessRepository, change: str, expected: str
) -> None:
    """A changed, missing, strange or moved file stops every reader."""
    for key in "abc":
        ledger.append("look", key, {"n": 1})
    files = files_of(repository)
    first, second, third = sorted(files)
    match change:
        case "edit":
            files[first] = files[first].replace(b'"n": 1', b'"n": 2')
        case "remove":
            del files[second]
        case "add":
            files["notes.md"] = b"hello"
        case "rename":
            files["0000/000001-look-z.json"] = files.pop(first)
        case "reorder":
            files[first], files[third] = files[third], files[first]
    commit_files(repository, files)

    for reader in (ledger, Ledger(repository)):
        with pytest.raises(LedgerError, match=expected.replace(".", r"\.")):
            reader.entries()
    with pytest.raises(LedgerError):
        ledger.append("look", "d", {})


def test_an_entry_that_was_rewritten_together_with_its_seal_is_found_by_verify(
    ledger: Ledger, repository: HarnessRepository
) -> None:
    """The last entry has no successor that seals it, but the branch's own history shows the change."""
    ledger.append("look", "a", {"n": 1})
    (path,) = files_of(repository)
    commit_files(repository, {path: files_of(repository)[path].replace(b'"n": 1', b'"n": 2')})

    with pytest.raises(LedgerError, match=r"000001-look-a\.json was changed or removed by a later commit"):
        Ledger(repository).verify()


def test_a_branch_of_other_things_is_a_ledger_error(ledger: Ledger, repository: HarnessRepository) -> None:
    """Links and submodules too are errors of this room."""
    blob = repository.git.store("blob", b"x")
    listing = f"120000 blob {blob}\tlink\n".encode()
    tree = subprocess.run(
        ["git", "mktree"], cwd=repository.path, input=listing, check=True, capture_output=True
    ).stdout
    tip = repository.git.commit(tree.decode().strip(), (), "odd", seconds=0)
    repository.git.move(REFERENCE, to=tip, expected=ABSENT)

    with pytest.raises(LedgerError, match="is a symbolic link"):
        ledger.entries()


def test_an_append_stays_cheap_in_a_long_ledger(repository: HarnessRepository) -> None:
    """At most 40 ms with 500 entries, on a machine that does other things too."""
    filled(repository, 500)
    ledger = Ledger(repository)
    ledger.entries()
    seconds = []
    for number in range(9):
        start = time.perf_counter()
        ledger.append("look", str(number), {"n": number})
        seconds.append(time.perf_counter() - start)

    assert ledger.verify() == 509
    assert min(seconds) < 0.04
    assert median(seconds) < 0.2


@pytest.mark.parametrize("body", [{"n": float("nan")}, {"x": object()}, {"b": b"bytes"}])
def test_a_body_that_is_no_json_appends_nothing(
    ledger: Ledger, repository: HarnessRepository, body: dict[str, object]
) -> None:
    """The error comes before any reference moves."""
    with pytest.raises(LedgerError, match="must be JSON"):
        ledger.append("look", "x", body)  # type: ignore[arg-type]

    assert repository.git.find(REFERENCE) is None
    assert ledger.entries() == ()


def test_a_caller_s_later_change_does_not_reach_an_entry(ledger: Ledger) -> None:
    """What was said is what is kept."""
    body = {"items": [1, 2]}
    entry = ledger.append("look", "x", body)  # type: ignore[arg-type]
    body["items"].append(3)

    assert entry.body == {"items": [1, 2]}
    assert ledger.entries()[0].body == {"items": [1, 2]}


def test_time_is_the_clock_s_unless_it_is_given(ledger: Ledger) -> None:
    """In UTC, to the second."""
    now = ledger.append("look", "now", {})
    then = ledger.append("look", "then", {}, time="2020-02-02T00:00:00+00:00")

    assert now.time == "2023-11-14T22:13:20+00:00"
    assert then.time == "2020-02-02T00:00:00+00:00"


@pytest.mark.parametrize("key", ["", "a/../b", "x\ny: z", "-option", "é" * 300, "\x1b[31m"])
def test_any_text_is_a_key(ledger: Ledger, key: str) -> None:
    """It is a name, and neither a path nor a part of a command."""
    entry = ledger.append("look", key, {"n": 1})

    assert ledger.get("look", key) == entry
    assert ledger.verify() == 1


def test_two_ledgers_of_one_repository_see_each_other(ledger: Ledger, repository: HarnessRepository) -> None:
    """What one appends the other reads, and continues."""
    other = Ledger(repository, clock=lambda: 1_700_000_000.0)
    ledger.append("look", "a", {})
    seen = names(other.entries())
    other.append("look", "b", {})

    assert seen == ["a"]
    assert names(ledger.entries()) == ["a", "b"]
    assert ledger.entries()[1].previous == ledger.entries()[0].hash
