"""Keeping imported suites."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.errors import SuiteError
from benchmarks.imports.keeping.store import ImportedSuite, ImportStore, checked_name
from benchmarks.imports.refusal import Reason, Refusal
from benchmarks.imports.trial import Outcome
from benchmarks.imports.verifying.command_verifier import CommandVerifier
from benchmarks.splits import assign_splits
from benchmarks.task import Split, Task
from harness.runs import Assignment

SUITE = ImportedSuite(name="toy", splits=True, source="here", licence="MIT", digests={})


def accepted(name: str) -> Outcome:
    task = Task(
        id=f"toy/{name}",
        group=name,
        assignment=Assignment(task=f"toy/{name}", instruction="Do it.", files={"a": b"a"}),
        verifier=CommandVerifier(argv=("true",), files={}),
        reference={"a": b"b"},
    )
    return Outcome(id=task.id, format="jsonl", task=task)


def refused(reason: Reason) -> Outcome:
    return Outcome(id="toy/no", format="jsonl", refusals=(Refusal(reason=reason, detail="why"),))


def kept_suite(store: ImportStore, *names: str, splits: bool = True) -> ImportedSuite:
    for name in names:
        store.keep("toy", f"d{name}", accepted(name), machine="m")
    suite = replace(SUITE, splits=splits, digests={f"toy/{name}": f"d{name}" for name in names})
    store.keep_suite(suite)
    return suite


def test_a_suite_comes_back_with_its_splits(tmp_path: Path) -> None:
    """By its name and groups, whatever else there is."""
    store = ImportStore(tmp_path)
    suite = kept_suite(store, "a", "b", "c")
    loaded = store.load("toy")

    assert store.names() == ("toy",)
    assert store.find("toy") == suite
    assert [task.id for task in loaded.tasks] == ["toy/a", "toy/b", "toy/c"]
    assert loaded.tasks[0] == accepted("a").task
    assert loaded.splits == assign_splits("abc", key="toy")


def test_without_splits_everything_is_mine(tmp_path: Path) -> None:
    """There is nothing to measure on."""
    store = ImportStore(tmp_path)
    kept_suite(store, "a", "b", splits=False)

    assert set(store.load("toy").splits.values()) == {Split.MINE}


def test_its_version_is_its_content(tmp_path: Path) -> None:
    """The order of tasks does not count."""
    one = replace(SUITE, digests={"a": "1", "b": "2"})

    assert one.version == replace(one, digests={"b": "2", "a": "1"}).version
    assert one.version != replace(one, digests={"a": "1", "b": "3"}).version


def test_a_damaged_suite_says_so(tmp_path: Path) -> None:
    """A changed task is not measured on."""
    store = ImportStore(tmp_path)
    kept_suite(store, "a")
    file = tmp_path / "imported" / "toy" / "tasks" / "da.json"
    file.write_text(file.read_text().replace("Do it.", "Do no."))
    with pytest.raises(SuiteError, match="'toy/a' of the imported suite 'toy' is damaged"):
        store.load("toy")
    (tmp_path / "imported" / "toy" / "suite.json").write_text("{}")
    with pytest.raises(SuiteError, match="damaged; import it again"):
        store.load("toy")


def test_what_came_of_a_task_is_recalled(tmp_path: Path) -> None:
    """An accepted one everywhere, a refused one on the same machine, a late one never."""
    store = ImportStore(tmp_path)
    store.keep("toy", "1", accepted("a"), machine="m")
    store.keep("toy", "2", refused(Reason.NEEDS_PACKAGES), machine="m")
    store.keep("toy", "3", refused(Reason.TIMES_OUT), machine="m")

    assert store.recall("toy", "1", machine="other") == accepted("a")
    assert store.recall("toy", "2", machine="m") == refused(Reason.NEEDS_PACKAGES)
    assert store.recall("toy", "2", machine="other") is None
    assert store.recall("toy", "3", machine="m") is None
    assert store.recall("toy", "4", machine="m") is None


def test_a_disk_that_takes_nothing_is_told(tmp_path: Path) -> None:
    """What is not kept could not be run."""
    (tmp_path / "imported").write_text("in the way")
    with pytest.raises(SuiteError, match="cannot be written"):
        ImportStore(tmp_path).keep("toy", "1", accepted("a"), machine="m")


def test_a_description_is_a_sentence(tmp_path: Path) -> None:
    """Short however long the source is."""
    text = replace(SUITE, source="/very/long" * 50).description

    assert "MIT" in text
    assert len(text) < 200


@pytest.mark.parametrize("name", ["", "Toy", "a b", "../x", "-a", "x" * 41, "workshop"])
def test_names_are_checked(name: str) -> None:
    """A name becomes a folder's, and is taken only once."""
    with pytest.raises(SuiteError):
        checked_name(name, taken=("workshop",))

    assert checked_name("toy-2", taken=("workshop",)) == "toy-2"
    assert ImportStore(Path("/nowhere")).find("../x") is None


def test_files_are_plain_json(tmp_path: Path) -> None:
    """Anybody can read what was imported."""
    kept_suite(ImportStore(tmp_path), "a")
    document = json.loads((tmp_path / "imported" / "toy" / "suite.json").read_text())

    assert document["records"][0]["licence"] == "MIT"
