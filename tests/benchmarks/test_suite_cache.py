"""The suites' cache: what is broken, foreign or unwritable counts as nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.suite_cache import default_cache, read_cached, write_cached

KEY = {"suite": "toy", "seed": "1"}
RECORDS = [{"problem": "a", "number": 1}, {"problem": "b", "number": 2}]


def test_records_come_back(tmp_path: Path) -> None:
    """What was written under a key is read under it."""
    write_cached(tmp_path / "deep" / "toy.json", key=KEY, records=RECORDS)

    assert read_cached(tmp_path / "deep" / "toy.json", key=KEY) == RECORDS


def test_another_key_reads_nothing(tmp_path: Path) -> None:
    """A file of another seed or version is not taken for this one."""
    write_cached(tmp_path / "toy.json", key=KEY, records=RECORDS)

    assert read_cached(tmp_path / "toy.json", key={**KEY, "seed": "2"}) is None


@pytest.mark.parametrize("damage", [b"", b"[]", b"{", b'{"key": {}, "records": 3, "checksum": ""}'])
def test_a_broken_file_counts_as_none(tmp_path: Path, damage: bytes) -> None:
    """Whatever stands in the file, reading it never raises."""
    (tmp_path / "toy.json").write_bytes(damage)

    assert read_cached(tmp_path / "toy.json", key=KEY) is None


def test_a_changed_record_is_noticed(tmp_path: Path) -> None:
    """The checksum covers the records."""
    file = tmp_path / "toy.json"
    write_cached(file, key=KEY, records=RECORDS)
    file.write_text(file.read_text().replace('"number": 2', '"number": 3'))

    assert read_cached(file, key=KEY) is None


def test_an_unwritable_folder_only_costs_the_cache(tmp_path: Path) -> None:
    """A cache that cannot be written is no reason to stop."""
    (tmp_path / "taken").write_text("a file where a folder is wanted")
    write_cached(tmp_path / "taken" / "toy.json", key=KEY, records=RECORDS)

    assert read_cached(tmp_path / "taken" / "toy.json", key=KEY) is None


def test_the_cache_folder_follows_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Our own variable first, then the XDG folder, then the home folder."""
    monkeypatch.setenv("XDG_CACHE_HOME", "/x")
    monkeypatch.delenv("FLYWHEEL_CACHE", raising=False)
    from_xdg = default_cache()
    monkeypatch.setenv("FLYWHEEL_CACHE", "/own")

    assert from_xdg == Path("/x/flywheel")
    assert default_cache() == Path("/own")
