"""A team's index: what is sent there, by whom, and what stays here."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from flywheel.archive import Archive, open_archive
from flywheel.cli import run
from flywheel.errors import FlywheelError
from flywheel.exit_codes import ExitCode
from flywheel.observer import SilentObserver
from flywheel.project import Project
from flywheel.team_index import push, team_settings
from tests.traces.typesense_index.fake_typesense import ADMIN, FakeTypesense
from traces.index import Query
from traces.segments import SegmentWriter
from traces.testing import small_run
from traces.typesense_index import TypesenseIndex, TypesenseSettings

NODE = "http://typesense.invalid:8108"
SERVER = TypesenseSettings(nodes=(NODE,), api_key=ADMIN)


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """A plain folder with three runs."""
    found = open_archive(tmp_path)
    _write(found, 1, 2, 3)
    return found


@pytest.fixture
def team() -> Iterator[TypesenseIndex]:
    """An index on an empty server."""
    with TypesenseIndex(SERVER, transport=FakeTypesense()) as index:
        yield index


def _write(archive: Archive, *numbers: int) -> None:
    with SegmentWriter(archive.store.foreign) as writer:
        for number in numbers:
            writer.append_many(small_run(number, "failed").spans)


def _sent(archive: Archive, team: TypesenseIndex, *, rebuild: bool = False) -> int:
    return push(archive, team, SilentObserver(), server=SERVER, rebuild=rebuild)


def _total(team: TypesenseIndex) -> int:
    return team.search(Query(by_run=True)).total


def test_a_push_sends_what_changed_with_its_signals(archive: Archive, team: TypesenseIndex) -> None:
    """All at first, then what is new; detectors have seen it before."""
    first = _sent(archive, team)
    again = _sent(archive, team)
    _write(archive, 4)
    later = _sent(archive, team)

    assert (first, again, later) == (3, 0, 1)
    page = team.search(Query(by_run=True, facets=("signal", "outcome")))
    assert page.total == 4
    assert page.facets["outcome"] == {"failed": 4}
    assert page.facets["signal"]


def test_a_rebuild_leaves_this_archive_alone_on_the_server(archive: Archive, team: TypesenseIndex) -> None:
    """What was there before is gone, and the next push has nothing to send."""
    team.add([small_run(77)])
    _sent(archive, team)

    rebuilt = _sent(archive, team, rebuild=True)

    assert (rebuilt, _total(team)) == (3, 3)
    assert _sent(archive, team) == 0


def test_held_out_runs_stay_here(copied: Project, team: TypesenseIndex) -> None:
    """A server that a team reads is no place for results of gate and sealed."""
    _sent(Archive.of(copied), team)

    assert set(team.search(Query(facets=("split",))).facets["split"]) == {"mine"}


def test_a_key_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The message names the variables; nothing is asked without one."""
    for name in ("TYPESENSE_API_KEY", "TYPESENSE_SEARCH_KEY"):
        monkeypatch.delenv(name, raising=False)

    with pytest.raises(FlywheelError, match="TYPESENSE_API_KEY"):
        team_settings([NODE], prefix="flywheel")


def test_the_first_node_is_the_nearest(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a cluster; keys come from the environment and show nowhere."""
    monkeypatch.setenv("TYPESENSE_API_KEY", "k-12345")

    settings = team_settings([NODE, "http://other.invalid:8108"], prefix="team")

    assert settings.nearest_node == NODE
    assert "k-12345" not in repr(settings)


@pytest.mark.parametrize("words", [["push", "--to", "nonsense"], ["search", "x", "--at", "ftp://x"]])
def test_an_address_that_is_none_is_wrong_use(
    words: list[str], archive: Archive, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Before anything is sent."""
    monkeypatch.setenv("TYPESENSE_API_KEY", "k")

    code = run(["traces", *words, "-C", str(archive.store.root.parent)])

    assert code == ExitCode.WRONG_USE
    assert "http://HOST:PORT" in capsys.readouterr().err
