"""Tests of read-only checkouts."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from harness.checkouts import write_checkout
from harness.git_trees import Blob
from harness.repository import HarnessRepository
from harness.working_tree import blob_id


def files_of(folder: Path) -> dict[str, bytes]:
    return {
        item.relative_to(folder).as_posix(): item.read_bytes() for item in folder.rglob("*") if item.is_file()
    }


def test_a_checkout_is_the_commit_and_nothing_else(repository: HarnessRepository) -> None:
    """It lies under the tree's hash and knows its commit."""
    checkout = repository.checkout("HEAD")

    assert checkout.commit == repository.current()
    assert checkout.path == repository.state / "checkouts" / checkout.tree
    assert checkout.tree == repository.tree_hash("HEAD")
    assert files_of(checkout.path) == repository.tree("HEAD")


def test_it_is_read_only(repository: HarnessRepository) -> None:
    """Neither files nor folders carry a bit that lets anybody write."""
    folder = repository.checkout("HEAD").path
    modes = [item.stat().st_mode & 0o222 for item in [folder, *folder.rglob("*")]]

    assert len(modes) > 4
    assert not any(modes)


def test_the_files_are_the_commits_bytes_whatever_git_would_make_of_them(
    repository: HarnessRepository,
) -> None:
    """Attributes that convert line ends or run filters have no say."""
    tree = {
        **repository.tree("HEAD"),
        "prompts/crlf.md": b"a\r\nb\n",
        ".gitattributes": b"* text eol=crlf ident\n",
    }
    commit = repository.commit_candidate(tree, "c", "HEAD", "crlf")

    assert files_of(repository.checkout(commit).path)["prompts/crlf.md"] == b"a\r\nb\n"


def test_an_untouched_checkout_is_reused(repository: HarnessRepository) -> None:
    """The same tree is written once, for all commits that have it."""
    first = repository.checkout("HEAD").path.stat().st_ino
    same = repository.git.commit(repository.tree_hash("HEAD"), (), "same tree", seconds=0)

    assert repository.checkout(same).path.stat().st_ino == first


@pytest.mark.parametrize("change", ["edit", "add", "remove", "link", "replace"])
def test_a_checkout_that_somebody_changed_is_written_anew(repository: HarnessRepository, change: str) -> None:
    """A run never sees what is not in the commit."""
    folder = repository.checkout("HEAD").path
    prompt = folder / "prompts/system.md"
    for item in (folder, folder / "prompts"):
        item.chmod(0o755)
    match change:
        case "edit":
            prompt.chmod(0o644)
            prompt.write_text("edited")
        case "add":
            (folder / "sitecustomize.py").write_text("import os")
        case "remove":
            prompt.unlink()
        case "link":
            (folder / "link").symlink_to("/etc")
        case "replace":
            prompt.unlink()
            prompt.symlink_to(folder / "README.md")

    again = repository.checkout("HEAD").path
    assert files_of(again) == repository.tree("HEAD")
    assert not [item for item in again.rglob("*") if item.is_symlink()]


def test_many_threads_get_one_whole_checkout(repository: HarnessRepository) -> None:
    """Whoever is first, nobody sees half of it and nothing partial is left."""
    with ThreadPoolExecutor(4) as pool:
        paths = set(pool.map(lambda _: repository.checkout("HEAD").path, range(8)))

    assert len(paths) == 1
    assert files_of(paths.pop()) == repository.tree("HEAD")
    assert [item.name for item in (repository.state / "checkouts").iterdir()] == [
        repository.tree_hash("HEAD")
    ]


def test_a_kill_in_the_middle_leaves_no_half_checkout(repository: HarnessRepository) -> None:
    """The next one is made as if nothing had happened."""
    program = (
        "import os, pathlib, sys\n"
        "from harness.repository import HarnessRepository\n"
        "repository = HarnessRepository.open(pathlib.Path(sys.argv[1]))\n"
        "pathlib.Path.rename = lambda *_: os.kill(os.getpid(), 9)\n"
        "repository.checkout('HEAD')\n"
    )
    killed = subprocess.run(
        [sys.executable, "-c", program, str(repository.path)], check=False, env=os.environ
    )

    assert killed.returncode == -9
    assert not (repository.state / "checkouts" / repository.tree_hash("HEAD")).exists()
    assert files_of(repository.checkout("HEAD").path) == repository.tree("HEAD")


@pytest.mark.parametrize("there", ["file", "link", "dangling"])
def test_what_lies_in_a_checkout_s_place_is_replaced(
    repository: HarnessRepository, tmp_path: Path, there: str
) -> None:
    """A link is not followed, not even to a copy that is right now: it could change later."""
    place = repository.checkout("HEAD").path
    elsewhere = tmp_path / "elsewhere"
    place.chmod(0o755)
    place.rename(elsewhere)
    match there:
        case "file":
            place.write_text("x")
        case "link":
            place.symlink_to(elsewhere)
        case "dangling":
            place.symlink_to(tmp_path / "nowhere")

    again = repository.checkout("HEAD").path
    assert again == place
    assert not place.is_symlink()
    assert files_of(place) == files_of(elsewhere) == repository.tree("HEAD")


def test_a_checkout_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    """Half of it would be taken for the whole one."""
    blobs = {path: Blob(mode="100644", object_id=blob_id(b"")) for path in ("a", "a/b")}
    with pytest.raises(OSError, match=r"exists|directory"):
        write_checkout(tmp_path / "all" / "tree", dict.fromkeys(blobs, b""), blobs)

    assert list((tmp_path / "all").iterdir()) == []


def test_the_executable_bit_is_all_of_a_mode(tmp_path: Path) -> None:
    """Everything else is read-only for everybody."""
    files = {"run": b"1", "deep/er/data": b"2"}
    blobs = {
        "run": Blob(mode="100755", object_id=blob_id(b"1")),
        "deep/er/data": Blob(mode="100644", object_id=blob_id(b"2")),
    }
    write_checkout(tmp_path / "tree", files, blobs)
    modes = {
        item.relative_to(tmp_path).as_posix(): item.stat().st_mode & 0o777 for item in tmp_path.rglob("*")
    }

    assert modes == {
        "tree": 0o555,
        "tree/run": 0o555,
        "tree/deep": 0o555,
        "tree/deep/er": 0o555,
        "tree/deep/er/data": 0o444,
    }
