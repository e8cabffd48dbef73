"""Reading a folder: whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from benchmarks.imports.folder import MAX_BYTES, MAX_FILES, read_folder
from benchmarks.imports.refusal import Reason, RefusedError


def reason_for(folder: Path) -> Reason:
    with pytest.raises(RefusedError) as caught:
        read_folder(folder)
    return caught.value.refusal.reason


def test_files_come_by_their_relative_paths(tmp_path: Path) -> None:
    """Hidden ones too; what tools leave behind does not count."""
    for path in ("b.txt", ".meta/a.json", "deep/er/c.bin", "__pycache__/x.pyc", ".git/config"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(path.encode())

    assert list(read_folder(tmp_path)) == [".meta/a.json", "b.txt", "deep/er/c.bin"]
    assert read_folder(tmp_path)["deep/er/c.bin"] == b"deep/er/c.bin"


@pytest.mark.parametrize("target", ["/etc/passwd", "inside.txt", "/nowhere", "."])
def test_a_link_refuses_the_whole_folder(tmp_path: Path, target: str) -> None:
    """Wherever it points, to a file or to a folder."""
    (tmp_path / "inside.txt").write_text("x")
    (tmp_path / "link").symlink_to(target)

    assert reason_for(tmp_path) is Reason.UNSAFE_FOLDER


def test_special_files_are_not_opened(tmp_path: Path) -> None:
    """A pipe would block for ever."""
    os.mkfifo(tmp_path / "pipe")

    assert reason_for(tmp_path) is Reason.UNSAFE_FOLDER


def test_a_name_that_is_no_text_is_refused(tmp_path: Path) -> None:
    """It could not travel as JSON."""
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.txt")).write_text("x")

    assert reason_for(tmp_path) is Reason.UNSAFE_FOLDER


def test_size_is_bounded(tmp_path: Path) -> None:
    """All files together, before memory is filled with them."""
    with (tmp_path / "big").open("wb") as file:
        file.truncate(MAX_BYTES + 1)

    assert reason_for(tmp_path) is Reason.TOO_LARGE


def test_the_number_of_files_is_bounded(tmp_path: Path) -> None:
    """One more than the limit is too many."""
    for number in range(MAX_FILES + 1):
        (tmp_path / str(number)).touch()

    assert reason_for(tmp_path) is Reason.TOO_LARGE
