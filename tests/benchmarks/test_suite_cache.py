"""The suites' cache: what is broken, foreign or unwritable counts as nothing."""

from __future__ import annotations

import json
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


def test_a_file_nested_beyond_reading_counts_as_none(tmp_path: Path) -> None:
    """Damage may be deep, too."""
    (tmp_path / "toy.json").write_text("[" * 200_000)

    assert read_cached(tmp_path / "toy.json", key=KEY) is None


def test_writing_again_replaces_what_was_there_and_leaves_nothing_else(tmp_path: Path) -> None:
    """One file, whole at any time, with the newest records."""
    file = tmp_path / "toy.json"
    write_cached(file, key=KEY, records=RECORDS)
    write_cached(file, key=KEY, records=RECORDS[:1])

    assert read_cached(file, key=KEY) == RECORDS[:1]
    assert list(tmp_path.iterdir()) == [file]


def test_a_write_that_fails_leaves_no_half_written_file(tmp_path: Path) -> None:
    """A folder stands where the file should: it stays, and nothing is left beside it."""
    (tmp_path / "toy.json" / "inner").mkdir(parents=True)
    write_cached(tmp_path / "toy.json", key=KEY, records=RECORDS)

    assert [path.name for path in tmp_path.iterdir()] == ["toy.json"]


def test_no_records_are_records_too(tmp_path: Path) -> None:
    """That nothing was made is worth knowing, and is not the same as knowing nothing."""
    write_cached(tmp_path / "toy.json", key=KEY, records=[])

    assert read_cached(tmp_path / "toy.json", key=KEY) == []


def test_the_order_of_a_key_does_not_matter(tmp_path: Path) -> None:
    """A key is a mapping."""
    write_cached(tmp_path / "toy.json", key=KEY, records=RECORDS)

    assert read_cached(tmp_path / "toy.json", key=dict(reversed(KEY.items()))) == RECORDS
    assert read_cached(tmp_path / "toy.json", key={**KEY, "python": "3.11"}) is None


@pytest.mark.parametrize("field", ["records", "key", "checksum"])
def test_a_file_without_one_of_its_fields_counts_as_none(tmp_path: Path, field: str) -> None:
    """Each of the three is needed to trust the others."""
    file = tmp_path / "toy.json"
    write_cached(file, key=KEY, records=RECORDS)
    content = json.loads(file.read_text())
    del content[field]
    file.write_text(json.dumps(content))

    assert read_cached(file, key=KEY) is None


def test_without_any_variable_the_cache_is_under_the_home_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    """Empty variables count as none."""
    for name in ("FLYWHEEL_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, "")
    monkeypatch.setenv("HOME", "/home/anyone")

    assert default_cache() == Path("/home/anyone/.cache/flywheel")
