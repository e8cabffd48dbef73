"""Searching opens no held-out run unless asked to, and then says so first."""

from __future__ import annotations

import pytest

from flywheel.archive import Archive
from flywheel.errors import FlywheelError, UnknownName
from flywheel.mine_index import stored_runs
from flywheel.project import Project
from flywheel.reading import find_run
from flywheel.searching import search_archive
from traces.index import Query

EVERYTHING = Query(facets=("split",), limit=250)


def looks(project: Project) -> int:
    """How many looks there are."""
    return len(project.ledger.entries("look"))


def test_a_search_stays_with_the_mine_split(copied: Project) -> None:
    """Hits and counts are of mine alone, and searching is no look."""
    before = looks(copied)

    page = search_archive(Archive.of(copied), EVERYTHING)

    assert set(page.facets["split"]) == {"mine"}
    assert page.total == page.facets["split"]["mine"]
    assert looks(copied) == before


def test_asking_for_held_out_runs_is_a_look(copied: Project, capsys: pytest.CaptureFixture[str]) -> None:
    """It is recorded, names why, and the person is told."""
    before = looks(copied)

    page = search_archive(Archive.of(copied), EVERYTHING, held_out=True)

    assert set(page.facets["split"]) == {"mine", "gate", "sealed"}
    assert looks(copied) == before + 1
    assert copied.ledger.entries("look")[-1].body["why"] == "traces search --held-out"
    assert "recorded as a look" in capsys.readouterr().err


def test_a_search_builds_the_index_where_there_is_none(copied: Project) -> None:
    """Deleting it costs only time."""
    before = search_archive(Archive.of(copied), EVERYTHING)
    copied.index.unlink()

    assert search_archive(Archive.of(copied), EVERYTHING) == before


@pytest.mark.parametrize(("split", "added"), [("mine", 0), ("gate", 1), ("sealed", 1)])
def test_reading_a_held_out_run_is_a_look(copied: Project, split: str, added: int) -> None:
    """Of the split that the run is of; reading a run of mine is none."""
    run = next(run for run in stored_runs(copied) if run.split == split)
    before = looks(copied)

    found = find_run(Archive.of(copied), run.run_id[:20])

    assert found.run_id == run.run_id
    assert looks(copied) == before + added
    assert not added or copied.ledger.entries("look")[-1].body["split"] == split


def test_a_beginning_that_fits_several_runs_is_refused(copied: Project) -> None:
    """The message gives a longer one; an unknown one lists runs that there are."""
    before = looks(copied)

    with pytest.raises(FlywheelError, match="give more of it"):
        find_run(Archive.of(copied), "")
    with pytest.raises(UnknownName, match="there is"):
        find_run(Archive.of(copied), "zzz")

    assert looks(copied) == before
