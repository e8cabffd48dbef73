"""What an image is built from."""

from __future__ import annotations

import io
import os
import tarfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.sandboxes.docker.build_context import (
    ContextFile,
    base_images,
    context_hash,
    pack_context,
    read_context,
)


def test_a_folder_is_read_as_files(tmp_path: Path) -> None:
    """Contents and whether a file is a program; folders are in the paths."""
    (tmp_path / "deep" / "er").mkdir(parents=True)
    (tmp_path / "Dockerfile").write_text("FROM scratch\n")
    script = tmp_path / "deep" / "er" / "run.sh"
    script.write_bytes(b"#!/bin/sh\n")
    script.chmod(0o755)

    assert read_context(tmp_path) == {
        "Dockerfile": ContextFile(content=b"FROM scratch\n"),
        "deep/er/run.sh": ContextFile(content=b"#!/bin/sh\n", executable=True),
    }


@pytest.mark.parametrize("target", ["/etc/passwd", "Dockerfile", "folder", "missing"])
def test_links_are_refused(tmp_path: Path, target: str) -> None:
    """Wherever they lead: an engine would put what they point at, or nothing, into an image."""
    (tmp_path / "Dockerfile").write_text("FROM scratch\n")
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to(target)

    with pytest.raises(OSError, match="neither a file nor a folder"):
        read_context(tmp_path)


def test_special_files_are_refused(tmp_path: Path) -> None:
    """A pipe would block whoever reads it."""
    os.mkfifo(tmp_path / "pipe")

    with pytest.raises(OSError, match="neither a file nor a folder"):
        read_context(tmp_path)


def test_a_context_has_a_limit(tmp_path: Path) -> None:
    """The one of a workspace, over all files together."""
    for name in ("a", "b"):
        with (tmp_path / name).open("wb") as file:
            file.truncate(40 << 20)

    with pytest.raises(OSError, match="larger than"):
        read_context(tmp_path)


@given(
    st.dictionaries(
        st.from_regex(r"[a-z]{1,8}(/[a-z]{1,8}){0,2}", fullmatch=True), st.binary(max_size=40), max_size=6
    )
)
def test_an_archive_holds_the_files_and_nothing_of_this_machine(contents: dict[str, bytes]) -> None:
    """No owner, no time, no order of insertion: the same files are the same bytes."""
    files = {path: ContextFile(content=content) for path, content in contents.items()}
    archive = pack_context(files)
    with tarfile.open(fileobj=io.BytesIO(archive)) as opened:
        members = {member.name: (member.uid, member.mtime, member.mode) for member in opened}
        found = {name: opened.extractfile(name).read() for name in members}  # type: ignore[union-attr]

    assert found == contents
    assert set(members.values()) <= {(0, 0, 0o644)}
    assert pack_context(dict(reversed(files.items()))) == archive


@pytest.mark.parametrize("path", ["/etc/passwd", "../up", "a/../../up", "a//b", "./a", ".."])
def test_a_path_that_leaves_the_context_is_refused(path: str) -> None:
    """A task's file names are data."""
    with pytest.raises(OSError, match="not a relative path"):
        pack_context({path: ContextFile(content=b"")})


def test_an_image_is_known_by_what_it_is_made_of() -> None:
    """One byte, one mode or the network more makes another image."""
    one = pack_context({"a": ContextFile(content=b"1")})
    two = pack_context({"a": ContextFile(content=b"2")})
    mode = pack_context({"a": ContextFile(content=b"1", executable=True)})
    names = {
        context_hash(archive, network=network) for archive in (one, two, mode) for network in (True, False)
    }

    assert len(names) == 6


def test_base_images_are_those_that_must_be_here() -> None:
    """No earlier stage, no ``scratch``, none that an argument names; options and case do not matter."""
    text = """
# FROM comment:1
FROM --platform=linux/amd64 python:3.11 AS Build
from build
FROM scratch
ARG X
FROM $X
  FROM debian:12
FROM python:3.11
RUN echo FROM nowhere
"""

    assert base_images(text) == ("python:3.11", "debian:12")
