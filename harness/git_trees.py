"""A harness' files as git keeps them: reading a commit's tree strictly, and writing one."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from git.objects.fun import tree_to_stream

from harness.edits import Tree
from harness.errors import RepositoryError
from harness.git_commands import GitCommands
from harness.tree_paths import path_problem

Mode = Literal["100644", "100755"]
MODES = frozenset({"100644", "100755"})
_FOLDER = 0o040000
MAX_FILES = 10_000
MAX_BYTES = 64 * 1024 * 1024
_KINDS = MappingProxyType({"120000": "a symbolic link", "160000": "a submodule"})


@dataclass(frozen=True, kw_only=True)
class Blob:
    """A regular file in a commit."""

    mode: str
    object_id: str


def list_blobs(git: GitCommands, commit: str) -> dict[str, Blob]:
    """The files of a commit by path; raises ``RepositoryError`` for links, submodules, odd modes and paths."""
    listing = git.run("ls-tree", "-r", "-z", "--full-tree", commit)
    blobs: dict[str, Blob] = {}
    for record in listing.split(b"\0")[:-1]:
        head, _, raw_path = record.partition(b"\t")
        mode, _, object_id = head.decode().split(" ")
        path = raw_path.decode(errors="replace")
        _check(commit, path, mode)
        blobs[path] = Blob(mode=mode, object_id=object_id)
    if len(blobs) > MAX_FILES:
        raise RepositoryError(f"{commit[:12]} has more than {MAX_FILES} files, too many for a harness")
    return blobs


def read_blobs(git: GitCommands, blobs: Mapping[str, Blob]) -> dict[str, bytes]:
    """The content of each file; raises ``RepositoryError`` for more than 64 MiB in all."""
    tree: dict[str, bytes] = {}
    size = 0
    for path, blob in blobs.items():
        tree[path] = git.read(blob.object_id)
        size += len(tree[path])
        if size > MAX_BYTES:
            raise RepositoryError(f"the files of the harness are larger than {MAX_BYTES >> 20} MiB in all")
    return tree


def write_tree(git: GitCommands, files: Tree, modes: Mapping[str, str]) -> str:
    """Write ``files`` as blobs and trees, no filter applied; returns the tree's id.

    Files that ``modes`` does not name get 100644. Raises ``RepositoryError`` for a path that a harness may not have.
    """
    blobs: dict[str, Blob] = {}
    for path, content in files.items():
        if problem := path_problem(path):
            raise RepositoryError(f"{path!r} cannot be a file of a harness: it {problem}")
        blobs[path] = Blob(mode=modes.get(path, "100644"), object_id=git.store("blob", content))
    return write_blobs_tree(git, blobs)


def write_blobs_tree(git: GitCommands, blobs: Mapping[str, Blob]) -> str:
    """Write the trees for blobs that exist already; returns the root's id."""
    entries: dict[str, tuple[int, str]] = {}
    folders: dict[str, dict[str, Blob]] = {}
    for path, blob in blobs.items():
        name, slash, rest = path.partition("/")
        if slash:
            folders.setdefault(name, {})[rest] = blob
        else:
            entries[name] = (int(blob.mode, 8), blob.object_id)
    if both := sorted(entries.keys() & folders.keys()):
        raise RepositoryError(f"{both[0]!r} cannot be both a file and a folder")
    entries.update({name: (_FOLDER, write_blobs_tree(git, inner)) for name, inner in folders.items()})
    return store_tree(git, entries)


def store_tree(git: GitCommands, entries: Mapping[str, tuple[int, str]]) -> str:
    """Write one tree object from name → (mode, object id)."""
    written = io.BytesIO()
    # Git sorts a folder as if its name ended with a slash.
    ordered = sorted(
        entries.items(),
        key=lambda item: f"{item[0]}/".encode() if item[1][0] == _FOLDER else item[0].encode(),
    )
    tree_to_stream([(bytes.fromhex(sha), mode, name) for name, (mode, sha) in ordered], written.write)
    return git.store("tree", written.getvalue())


def _check(commit: str, path: str, mode: str) -> None:
    if mode not in MODES:
        kind = _KINDS.get(mode, f"of mode {mode}")
        raise RepositoryError(f"{path!r} in {commit[:12]} is {kind}; a harness holds regular files only")
    if problem := path_problem(path):
        raise RepositoryError(f"{path!r} in {commit[:12]} cannot be a file of a harness: it {problem}")
