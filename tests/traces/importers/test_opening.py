"""Files of any packing."""

from __future__ import annotations

import gzip
import os
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard

from traces.importers.neighbours import read_neighbour
from traces.importers.opening import HEAD_BYTES, OpenedFile


@pytest.mark.parametrize("pack", [bytes, gzip.compress, zstandard.compress])
def test_content_is_the_same_however_it_is_packed(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    """And can be read from its start any number of times."""
    content = os.urandom(HEAD_BYTES * 2)
    (tmp_path / "file").write_bytes(pack(content))

    source = OpenedFile(tmp_path / "file").source

    assert source.head == content[:HEAD_BYTES]
    for _ in range(2):
        with source.open() as file:
            assert file.read() == content


def test_damage_ends_the_content_and_is_told(tmp_path: Path) -> None:
    """What was unpacked before it is kept."""
    packed = bytearray(gzip.compress(os.urandom(300_000)))
    packed[-8:] = b"\0" * 8
    (tmp_path / "file").write_bytes(packed)

    opened = OpenedFile(tmp_path / "file")

    assert not opened.damaged
    with opened.open() as file:
        assert len(file.read()) == 300_000
    assert opened.damaged


def test_the_position_is_that_on_disk(tmp_path: Path) -> None:
    """So that progress can be told of a file of known size."""
    (tmp_path / "file").write_bytes(gzip.compress(b"x" * 1_000_000))
    opened = OpenedFile(tmp_path / "file")

    with opened.open() as file:
        file.read()
        assert opened.position == opened.size
    assert opened.position == 0


def test_what_is_no_regular_file_is_not_opened(tmp_path: Path) -> None:
    """A pipe would never end."""
    os.mkfifo(tmp_path / "pipe")

    for path in (tmp_path / "pipe", tmp_path, tmp_path / "gone"):
        with pytest.raises(OSError):  # noqa: PT011  # of any kind
            OpenedFile(path)


def test_a_neighbour_is_found_under_its_packed_names(tmp_path: Path) -> None:
    """And is cut to what is asked for."""
    (tmp_path / "result.json.gz").write_bytes(gzip.compress(b"0123456789"))

    assert read_neighbour(tmp_path / "result.json", 4) == b"0123"
    assert read_neighbour(tmp_path / "other.json", 4) is None
