"""Finding and reading runs, from segments and index together."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from flywheel.archive import Archive, open_archive
from flywheel.cli import run
from flywheel.errors import FlywheelError, UnknownName
from flywheel.indexing import caught_up, rebuild
from flywheel.project import Project
from flywheel.reading import find_run, matching_runs
from flywheel.searching import search_archive
from tests.flywheel.plain_folder import close, store_own, unjudged, write_runs
from traces.index import Query
from traces.outcome import Outcome
from traces.where import parse_where


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """Three runs that nobody judged, but for one that a person did; nothing here changes it."""
    folder = tmp_path_factory.mktemp("archive")
    file = write_runs(folder / "runs.jsonl", *map(unjudged, (1, 2, 3)))
    run(["traces", "ingest", str(file), "-C", str(folder)])
    run(["traces", "label", f"{2:032x}", "--outcome", "passed", "-C", str(folder)])
    return open_archive(folder)


def test_a_run_is_found_by_its_whole_id(archive: Archive) -> None:
    """With the outcome that a person gave it."""
    found = find_run(archive, f"{2:032x}")

    assert (found.outcome, found.reason) == (Outcome.PASSED, "labelled:label")
    assert [call.name for call in found.tool_calls] == ["bash"]


def test_a_beginning_must_fit_one_run(archive: Archive) -> None:
    """Several are named with a longer beginning, none with those that there are."""
    with pytest.raises(FlywheelError, match="give more of it"):
        find_run(archive, "0" * 20)
    with pytest.raises(UnknownName, match="no run 'f'; there is: "):
        find_run(archive, "f")


def test_matching_runs_come_newest_first(archive: Archive) -> None:
    """Under text and conditions as a search has them."""
    with caught_up(archive) as index:
        every = [found.run_id for found in matching_runs(archive, index, text="pytest")]
        passed = [
            found.run_id for found in matching_runs(archive, index, where=[parse_where("outcome=passed")])
        ]

    assert every == [f"{number:032x}" for number in (3, 2, 1)]
    assert passed == [f"{2:032x}"]


@pytest.mark.parametrize("content", [b"", b"no database at all\n" * 50], ids=["empty", "garbage"])
def test_a_useless_index_is_built_anew(content: bytes, tmp_path: Path) -> None:
    """It is derived: nothing but time is lost."""
    file = write_runs(tmp_path / "runs.jsonl", unjudged(1))
    run(["traces", "ingest", str(file), "-C", str(tmp_path)])
    archive = open_archive(tmp_path)
    before = search_archive(archive, Query(text="pytest"))
    archive.store.index.write_bytes(content)

    assert search_archive(archive, Query(text="pytest")) == before


def test_an_index_of_another_version_is_built_anew(tmp_path: Path) -> None:
    """A newer program does not read what an older one wrote."""
    file = write_runs(tmp_path / "runs.jsonl", unjudged(1))
    run(["traces", "ingest", str(file), "-C", str(tmp_path)])
    archive = open_archive(tmp_path)
    with sqlite3.connect(archive.store.index) as connection:
        connection.execute("PRAGMA user_version = 1")
    connection.close()

    assert find_run(archive, f"{1:032x}").tool_calls


def test_rebuilding_finds_the_same(tmp_path: Path) -> None:
    """Runs, spans and signals."""
    file = write_runs(tmp_path / "runs.jsonl", unjudged(1), unjudged(2))
    run(["traces", "ingest", str(file), "-C", str(tmp_path)])
    archive = open_archive(tmp_path)
    query = Query(facets=("signal", "tool"))
    before = search_archive(archive, query)

    report = rebuild(archive)

    assert (report.runs, report.spans) == (2, 6)
    assert search_archive(archive, query) == before


def test_closed_runs_stay_closed_also_when_they_claim_otherwise(project: Project) -> None:
    """What counts is the ledger, not the split that a span names."""
    store_own(project, "mine/one")
    closed = store_own(project, "gate/one", split="mine")
    close(project, "gate/one")
    archive = Archive.of(project)

    page = search_archive(archive, Query(facets=("run",)))
    with caught_up(archive) as index:
        read = [found.run_id for found in matching_runs(archive, index)]

    assert closed not in page.facets["run"]
    assert closed not in read
    assert len(read) == 1


def test_reading_a_closed_run_is_a_look(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    """It is recorded before anything is shown, and told."""
    closed = store_own(project, "gate/one", split="gate")
    close(project, "gate/one")

    find_run(Archive.of(project), closed)

    assert project.ledger.entries("look")[-1].body["why"] == "traces show"
    assert "recorded as a look" in capsys.readouterr().err


def test_runs_that_are_closed_later_are_closed_in_the_index(project: Project) -> None:
    """A look that comes after the run was indexed is seen by the next search."""
    own = store_own(project, "gate/one", split="mine")
    archive = Archive.of(project)
    assert search_archive(archive, Query(facets=("run",))).facets["run"] == {own: 4}

    close(project, "gate/one")

    assert search_archive(archive, Query()).total == 0
    assert search_archive(archive, Query(), held_out=True).total == 4
