"""Reading, writing and copying files as a sandbox's first process does."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.sandboxes.files import SNAPSHOT_FILES, read_file, snapshot, write_file, write_tree
from harness.sandboxes.session_process import pack, unpack
from tests.examples import examples

NAMES = st.text(st.characters(codec="utf-8", exclude_characters="/\0"), min_size=1, max_size=20).filter(
    lambda name: name not in {".", ".."} and len(name.encode()) < 200
)


@settings(
    max_examples=examples(30), suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(files=st.dictionaries(NAMES, st.binary(max_size=200), max_size=5))
def test_a_tree_comes_back_as_it_was_written(tmp_path: Path, files: dict[str, bytes]) -> None:
    """Whatever the names and the contents."""
    folder = tmp_path / os.urandom(8).hex()
    folder.mkdir()
    write_tree(str(folder), files)

    assert snapshot(str(folder)) == files
    assert unpack(*pack(files)) == files


def test_packed_files_can_follow_others() -> None:
    """Two sets share one body."""
    first, body = pack({"a": b"1", "b": b""})
    second, more = pack({"a": b"22"}, offset=len(body))

    assert unpack(first, body + more) == {"a": b"1", "b": b""}
    assert unpack(second, body + more) == {"a": b"22"}


def test_writing_shortens_a_longer_file(tmp_path: Path) -> None:
    """Nothing of what was there remains."""
    path = str(tmp_path / "deep" / "file")
    write_file(path, b"long content")
    write_file(path, b"x")

    assert read_file(path) == b"x"


@pytest.mark.parametrize("kind", ["pipe", "device"])
def test_what_is_no_regular_file_is_neither_read_nor_written(tmp_path: Path, kind: str) -> None:
    """And nothing waits for the other end of a pipe."""
    path = tmp_path / "odd"
    if kind == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to("/dev/zero")

    with pytest.raises(OSError, match="not a regular file"):
        read_file(str(path))
    with pytest.raises(OSError):  # noqa: PT011 - the kernel refuses a pipe without a reader by itself
        write_file(str(path), b"x")


def test_a_limit_is_exact(tmp_path: Path) -> None:
    """Up to it a file is read, one byte above it is refused."""
    path = str(tmp_path / "file")
    write_file(path, b"12345")

    assert read_file(path, limit=5) == b"12345"
    with pytest.raises(OSError, match="larger than 4 bytes"):
        read_file(path, limit=4)


def test_a_snapshot_follows_no_link(tmp_path: Path) -> None:
    """Neither to a file nor to a folder."""
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret").write_bytes(b"s")
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "file").symlink_to(tmp_path / "outside" / "secret")
    (inside / "folder").symlink_to(tmp_path / "outside")

    assert snapshot(str(inside)) == {}


def test_a_snapshot_counts_files_and_folders(tmp_path: Path) -> None:
    """Empty folders fill a workspace, too."""
    for number in range(SNAPSHOT_FILES // 2):
        (tmp_path / f"d{number}").mkdir()
        os.close(os.open(tmp_path / f"f{number}", os.O_CREAT))
    full = snapshot(str(tmp_path))
    (tmp_path / "one more").mkdir()

    assert len(full) == SNAPSHOT_FILES // 2
    with pytest.raises(OSError, match=f"more than {SNAPSHOT_FILES} files"):
        snapshot(str(tmp_path))


def test_a_snapshot_is_in_the_order_of_names(tmp_path: Path) -> None:
    """Equal workspaces are equal to whoever goes through them."""
    for path in ("b/2", "b/1", "a/z", "c", "a.txt"):
        write_file(f"{tmp_path}/{path}", b"")

    assert list(snapshot(str(tmp_path))) == ["a.txt", "c", "a/z", "b/1", "b/2"]


@pytest.mark.parametrize("path", ["/x", "../x", "a/../../x", "a/./b", "a//b", "", "a/", "/", "."])
def test_a_tree_is_written_below_its_folder_only(tmp_path: Path, path: str) -> None:
    """Names are data of a task."""
    with pytest.raises(OSError, match="not a relative path"):
        write_tree(str(tmp_path), {path: b""})

    assert list(tmp_path.iterdir()) == []
