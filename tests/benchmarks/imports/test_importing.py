"""Whole imports: what is kept, what is listed, what a second one does."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from benchmarks.errors import SuiteError
from benchmarks.imports.importing import Imported, ImportOrder, import_suite
from benchmarks.imports.keeping.store import ImportStore
from benchmarks.imports.refusal import Reason
from benchmarks.leak_lint import LeakLint
from benchmarks.suite_check import check_suite
from benchmarks.suite_store import load_suite, suite_descriptions, suite_names
from benchmarks.task import Split
from harness.sandbox import Sandbox, SandboxSession

Make = Callable[..., Path]


def record(name: str, **more: Any) -> str:
    check = {"command": ["bash", "check.sh"], "files": {"check.sh": "test $(cat out.txt) = 42"}}
    usual = {"id": name, "instruction": "Write 42.", "verifier": check, "reference": {"out.txt": "42"}}
    return json.dumps({**usual, **more})


class Counting:
    """The machine's sandbox, counting how often it is opened."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self.opened = 0

    @property
    def isolation(self) -> str:
        """The machine's."""
        return self._sandbox.isolation

    def open(self, *args: Any, **more: Any) -> AbstractContextManager[SandboxSession]:
        """Open one."""
        self.opened += 1
        return self._sandbox.open(*args, **more)


@pytest.fixture
def order(write: Make, tmp_path: Path) -> ImportOrder:
    """Two sound tasks and three others."""
    bad = record("c", reference={"out.txt": "41"})
    lines = [record("a"), record("b"), bad, record("a"), "{"]
    file = write(tmp_path / "set", {"x.jsonl": "\n".join(lines)}) / "x.jsonl"
    return ImportOrder(path=file, name="toy")


@pytest.fixture
def store(tmp_path: Path) -> ImportStore:
    """An empty store."""
    return ImportStore(tmp_path / "cache")


def states(imported: Imported) -> list[tuple[str, str]]:
    return [
        (outcome.id, outcome.refusals[0].reason.value if outcome.refusals else "accepted")
        for outcome in imported.outcomes
    ]


def test_every_task_is_listed_with_what_came_of_it(
    order: ImportOrder, store: ImportStore, sandbox: Sandbox
) -> None:
    """Nothing is dropped in silence, and progress counts to the end."""
    seen: list[tuple[int, int]] = []
    imported = import_suite(order, store, sandbox, progress=lambda done, total: seen.append((done, total)))

    assert states(imported) == [
        ("toy/a", "accepted"),
        ("toy/a", "duplicate"),
        ("toy/b", "accepted"),
        ("toy/c", "reference_fails"),
        ("toy/line-5", "unreadable"),
    ]
    assert seen == [(number, 4) for number in (1, 2, 3, 4)]


def test_what_holds_is_a_suite_like_any_other(
    order: ImportOrder, store: ImportStore, sandbox: Sandbox, tmp_path: Path
) -> None:
    """Found by its name, sound when it is checked again, and guarded against leaks."""
    import_suite(replace(order, licence="CC0"), store, sandbox)
    cache = tmp_path / "cache"
    suite = load_suite("toy", seed=7, cache=cache, sandbox=sandbox)

    assert "toy" in suite_names(cache)
    assert "CC0" in suite_descriptions(cache)["toy"]
    assert [task.id for task in suite.tasks] == ["toy/a", "toy/b"]
    assert all(check.sound for check in check_suite(suite, sandbox))
    assert LeakLint(suite).check("Work carefully.") == ()
    with pytest.raises(SuiteError, match=r"no suite 'other'.*toy, workshop"):
        load_suite("other", seed=1, cache=cache, sandbox=sandbox)


def test_an_import_goes_on_where_it_stood(order: ImportOrder, store: ImportStore, sandbox: Sandbox) -> None:
    """What was tried is not tried again, and comes out the same."""
    counting = Counting(sandbox)
    with pytest.raises(KeyboardInterrupt):
        import_suite(order, store, counting, workers=1, progress=_interrupt)
    assert store.find("toy") is None
    half = counting.opened
    once = import_suite(order, store, counting)
    whole = counting.opened
    again = import_suite(order, store, counting)

    assert 0 < half < whole == counting.opened
    assert once == again


def _interrupt(done: int, total: int) -> None:
    del total
    if done == 2:
        raise KeyboardInterrupt


def test_tasks_can_be_added_and_not_taken_away(
    order: ImportOrder, store: ImportStore, sandbox: Sandbox, write: Make, tmp_path: Path
) -> None:
    """Campaigns speak for the suite by its name."""
    first = import_suite(order, store, sandbox).suite
    more = write(tmp_path / "more", {"x.jsonl": "\n".join(record(name) for name in "abd")}) / "x.jsonl"
    fewer = write(tmp_path / "fewer", {"x.jsonl": record("d")}) / "x.jsonl"
    second = import_suite(replace(order, path=more), store, sandbox).suite
    with pytest.raises(SuiteError, match=r"2 of its tasks would change or go.*--replace"):
        import_suite(replace(order, path=fewer), store, sandbox)
    with pytest.raises(SuiteError, match="its splits would change"):
        import_suite(replace(order, path=more, splits=False), store, sandbox)
    third = import_suite(replace(order, path=fewer, replace=True), store, sandbox).suite

    assert first is not None
    assert second is not None
    assert third is not None
    assert len({first.version, second.version, third.version}) == 3
    assert list(third.digests) == ["toy/d"]


def test_a_set_of_which_nothing_holds_is_no_suite(
    store: ImportStore, sandbox: Sandbox, write: Make, tmp_path: Path
) -> None:
    """It is still listed."""
    file = write(tmp_path, {"x.jsonl": record("a", reference={})}) / "x.jsonl"
    imported = import_suite(ImportOrder(path=file, name="toy"), store, sandbox)

    assert imported.suite is None
    assert [refusal.reason for refusal in imported.refused[0].refusals] == [Reason.NO_REFERENCE]
    assert store.names() == ()


def test_an_unsafe_folder_is_listed(
    store: ImportStore, sandbox: Sandbox, exercise: Make, tmp_path: Path
) -> None:
    """Its neighbour is imported nevertheless."""
    exercise(tmp_path / "set" / "good")
    (exercise(tmp_path / "set" / "bad") / "link").symlink_to("/etc/passwd")
    imported = import_suite(ImportOrder(path=tmp_path / "set", name="toy"), store, sandbox)

    assert states(imported) == [("toy/bad", "unsafe_folder"), ("toy/good", "accepted")]


def test_imported_verifiers_are_guarded_against_leaks(
    store: ImportStore, sandbox: Sandbox, exercise: Make, tmp_path: Path
) -> None:
    """Literals of tests and solutions; texts that are no Python stop nobody."""
    test = (
        "import unittest\nfrom one import shift_numbers\n\nclass T(unittest.TestCase):\n"
        "    def test_it(self):\n        self.assertEqual(shift_numbers([3, 1, 4, 1, 5, 9, 2]), 31415926)\n"
    )
    files = {
        "one_test.py": test,
        "one.py": "def shift_numbers(:\n",
        ".meta/example.py": "def shift_numbers(x):\n    return 31415926\n",
        ".docs/instructions.md": "Return the number that the ancient oracle whispers to the digits.",
    }
    exercise(tmp_path / "set" / "oracle", **files)
    import_suite(ImportOrder(path=tmp_path / "set", name="toy", splits=False), store, sandbox)
    suite = store.load("toy")
    lint = LeakLint(suite)

    assert set(suite.splits.values()) == {Split.MINE}
    assert "verifier_literal" in lint.check("if x == 31415926: pass")
    assert "entry_point" in lint.check("call shift_numbers")
    assert lint.check("Read the error before you edit.") == ()
