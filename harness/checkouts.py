"""Read-only copies of harness commits, in folders named by their tree hash."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from harness.edits import Tree
from harness.git_trees import Blob
from harness.working_tree import blob_id


def write_checkout(folder: Path, files: Tree, blobs: Mapping[str, Blob]) -> None:
    """Make ``folder`` hold exactly ``files``, read-only.

    It appears whole or not at all; one that is there and untouched is kept, and one that somebody
    changed is written anew, since runs must not see it.
    """
    if folder.is_dir() and not folder.is_symlink():
        if _is_untouched(folder, blobs):
            return
        _discard(folder)
    elif os.path.lexists(folder):  # a file, or a link to anywhere: no checkout of ours
        folder.unlink()
    folder.parent.mkdir(parents=True, exist_ok=True)
    partial = Path(tempfile.mkdtemp(prefix=".partial-", dir=folder.parent))
    try:
        _fill(partial, files, blobs)
        partial.rename(folder)
    except OSError:
        _discard(partial)
        if not (
            folder.is_dir() and not folder.is_symlink() and _is_untouched(folder, blobs)
        ):  # else another process was faster
            raise


def _fill(root: Path, files: Tree, blobs: Mapping[str, Blob]) -> None:
    for path, content in files.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        target.chmod(0o555 if blobs[path].mode == "100755" else 0o444)
    for folder in [root, *(item for item in root.rglob("*") if item.is_dir())]:
        folder.chmod(0o555)


def _is_untouched(root: Path, blobs: Mapping[str, Blob]) -> bool:
    items = list(root.rglob("*"))
    if any(item.is_symlink() for item in items):
        return False
    found = {
        item.relative_to(root).as_posix(): blob_id(item.read_bytes()) for item in items if item.is_file()
    }
    return found == {path: blob.object_id for path, blob in blobs.items()}


def _discard(folder: Path) -> None:
    folder.chmod(0o755)
    for item in folder.rglob("*"):
        if item.is_dir() and not item.is_symlink():
            item.chmod(0o755)
    shutil.rmtree(folder)
