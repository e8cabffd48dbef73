"""Tests of reading and writing trees of regular files."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.errors import RepositoryError
from harness.git_trees import list_blobs, read_blobs, write_tree
from harness.repository import HarnessRepository
from tests.examples import examples


def git(path: Path, *arguments: str, stdin: bytes = b"") -> str:
    ran = subprocess.run(["git", "-c", "user.name=t", "-c", "user.email=t@t", *arguments], cwd=path, check=True, capture_output=True, input=stdin)  # fmt: skip
    return ran.stdout.decode().strip()


def commit_entry(repository: HarnessRepository, mode: str, name: str) -> str:
    """A commit whose tree has one entry of any mode and name beside a manifest."""
    blob = repository.git.store("blob", b"target")
    target = repository.current() if mode == "160000" else blob
    kind = {"160000": "commit", "040000": "tree"}.get(mode, "blob")
    tree = git(
        repository.path,
        "mktree",
        "-z",
        stdin=f"{mode} {kind} {target}\t{name}\x00100644 blob {blob}\tharness.toml\x00".encode(),
    )
    return repository.git.commit(tree, (), "odd", seconds=0)


def test_files_come_back_with_their_modes(repository: HarnessRepository) -> None:
    """Any bytes, nested folders, and the executable bit."""
    files = {
        "harness.toml": b"",
        "a/b/c.bin": bytes(range(256)),
        "a-b": b"1",
        "a.b": b"2",
        "run.sh": b"#!/bin/sh\r\n",
    }
    tree = write_tree(repository.git, files, {"run.sh": "100755"})
    blobs = list_blobs(repository.git, tree)

    assert read_blobs(repository.git, blobs) == files
    assert {path for path, blob in blobs.items() if blob.mode == "100755"} == {"run.sh"}
    assert git(repository.path, "fsck", "--strict") == f"dangling tree {tree}"


SEGMENT = st.text(alphabet="ab.-_0A é", min_size=1, max_size=4).filter(lambda name: name.strip(". ") != "")
PATHS = st.lists(SEGMENT, min_size=1, max_size=3).map("/".join)


@settings(
    max_examples=examples(15), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(files=st.dictionaries(PATHS, st.binary(max_size=20), min_size=1, max_size=6))
def test_our_tree_is_the_one_that_git_would_write(
    repository: HarnessRepository, files: dict[str, bytes]
) -> None:
    """Sorting and nesting agree with git's own index, whatever the names."""
    if any(other.startswith(f"{path}/") for path in files for other in files):
        with pytest.raises(RepositoryError, match="both a file and a folder"):
            write_tree(repository.git, files, {})
        return
    ours = write_tree(repository.git, files, {})
    listing = b"".join(
        f"100644 {repository.git.store('blob', content)}\t{path}\0".encode()
        for path, content in files.items()
    )
    index = {**os.environ, "GIT_INDEX_FILE": str(repository.state / "index-of-a-test")}
    (repository.state / "index-of-a-test").unlink(missing_ok=True)
    subprocess.run(
        ["git", "update-index", "-z", "--index-info"],
        cwd=repository.path,
        env=index,
        input=listing,
        check=True,
    )
    theirs = subprocess.run(
        ["git", "write-tree"], cwd=repository.path, env=index, check=True, capture_output=True, text=True
    )

    assert theirs.stdout.strip() == ours


@pytest.mark.parametrize(("mode", "kind"), [("120000", "a symbolic link"), ("160000", "a submodule")])
def test_anything_but_a_regular_file_is_refused(repository: HarnessRepository, mode: str, kind: str) -> None:
    """The error names the path and what it is."""
    commit = commit_entry(repository, mode, "odd")
    with pytest.raises(RepositoryError) as caught:
        repository.tree(commit)

    assert str(caught.value) == f"'odd' in {commit[:12]} is {kind}; a harness holds regular files only"


@pytest.mark.parametrize("name", [".git", "..", "a\\b", "c:d", "\x1b[31m", ".flywheel"])
def test_a_tree_with_a_hostile_name_is_refused(repository: HarnessRepository, name: str) -> None:
    """Names that a checkout would write outside of its folder never reach one."""
    commit = commit_entry(repository, "100644", name)

    with pytest.raises(RepositoryError, match="cannot be a file of a harness"):
        repository.tree(commit)
    with pytest.raises(RepositoryError, match="cannot be a file of a harness"):
        repository.checkout(commit)


@pytest.mark.parametrize("path", ["../x", "/x", ".git/hooks/pre-commit", "a//b"])
def test_a_hostile_path_is_not_written(repository: HarnessRepository, path: str) -> None:
    """Neither are such trees made by us."""
    with pytest.raises(RepositoryError, match="cannot be a file of a harness"):
        write_tree(repository.git, {path: b""}, {})
