"""Which files are below what a user names."""

from __future__ import annotations

from pathlib import Path

from traces.ingest.walk import files_below


def _make(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)


def test_folders_are_read_in_sorted_order(tmp_path: Path) -> None:
    """So that an ingest is the same each time."""
    _make(tmp_path, "b/2", "b/1", "a", "c")

    assert [str(path.relative_to(tmp_path)) for path in files_below([tmp_path])] == ["a", "b/1", "b/2", "c"]


def test_hidden_folders_are_entered_only_where_they_are_named(tmp_path: Path) -> None:
    """They hold caches and histories, but also what a user asks for."""
    _make(tmp_path, ".git/x", ".agent/session", ".hidden")

    assert [path.name for path in files_below([tmp_path])] == [".hidden"]
    assert [path.name for path in files_below([tmp_path / ".agent"])] == ["session"]


def test_links_are_followed_and_loops_end(tmp_path: Path) -> None:
    """A folder is entered once."""
    _make(tmp_path, "a/file")
    (tmp_path / "a" / "loop").symlink_to(tmp_path)
    (tmp_path / "self").symlink_to(tmp_path / "self")
    (tmp_path / "z").symlink_to(tmp_path / "a")

    assert [str(path.relative_to(tmp_path)) for path in files_below([tmp_path])] == ["a/file", "self"]


def test_a_file_that_is_named_twice_comes_once(tmp_path: Path) -> None:
    """Also when it is below a folder that is named."""
    _make(tmp_path, "a")

    assert len(list(files_below([tmp_path / "a", tmp_path, tmp_path / "a"]))) == 1


def test_what_is_not_there_comes_as_it_is(tmp_path: Path) -> None:
    """Whoever opens it says so."""
    assert list(files_below([tmp_path / "gone"])) == [tmp_path / "gone"]
