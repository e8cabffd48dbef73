"""The files that a person sees and edits, kept equal to the current commit without git's filters."""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from harness.disk_errors import disk_errors
from harness.errors import RepositoryError
from harness.git_commands import GitCommands
from harness.git_trees import Blob, list_blobs
from harness.strict_toml import listed

JOURNAL = "working-tree.json"


class WorkingTree:
    """The working tree of a repository; ``state`` is a folder of ours that git ignores.

    Moving it takes many writes and moving a branch takes one, so a move is journalled first:
    ``settle`` completes one that was cut short.
    """

    def __init__(self, git: GitCommands, state: Path) -> None:
        self._git = git
        self._root = git.path
        self._journal = state / JOURNAL

    def changes(self, *, untracked: bool = True) -> list[str]:
        """Files that differ from ``HEAD`` or are staged and, with ``untracked``, those neither tracked nor ignored."""
        committed = list_blobs(self._git, "HEAD")
        differing = {path for path, blob in committed.items() if self._differs(path, blob)}
        staged = self._git.run("diff-index", "--cached", "--name-only", "-z", "--no-renames", "HEAD")
        others = self._git.run("ls-files", "--others", "--exclude-standard", "-z") if untracked else b""
        return sorted(differing | _names(staged) | _names(others))

    def prepare(self, old: str | None, new: str) -> None:
        """Announce a move between two commits (``None``: from nothing), before the branch moves.

        Raises ``RepositoryError`` if a file is in the way.
        """
        before, after = self._blobs(old), self._blobs(new)
        if blocked := [
            path for path in after if path not in before and self._is_edited(path, (after[path],), before)
        ]:
            raise RepositoryError(f"untracked files are in the way: {listed(blocked)}; move them away")
        partial = self._journal.with_suffix(".partial")
        with disk_errors():
            partial.write_text(json.dumps({"old": old, "new": new}))
            partial.replace(self._journal)

    def settle(self) -> None:
        """Bring the files to ``HEAD`` if an announced move got as far as the branch, else forget it."""
        try:
            journal = json.loads(self._journal.read_text())
        except FileNotFoundError:
            return
        if self._git.find("HEAD") == journal["new"]:
            with disk_errors():
                self._move(self._blobs(journal["old"]), self._blobs(journal["new"]))
            self._git.run("read-tree", journal["new"])
        self._journal.unlink()

    def _move(self, before: Mapping[str, Blob], after: Mapping[str, Blob]) -> None:
        changed = [path for path in before.keys() | after.keys() if before.get(path) != after.get(path)]
        known = {path: [side[path] for side in (before, after) if path in side] for path in changed}
        if edited := sorted(path for path in changed if self._is_edited(path, known[path], before)):
            raise RepositoryError(
                f"edited while the harness was being changed: {listed(edited)}; `git restore` or commit them"
            )
        for path in sorted(changed, key=lambda path: path in after):  # a folder may come where a file goes
            if path in after:
                self._write(path, after[path])
            else:
                self._remove(path)

    def _blobs(self, commit: str | None) -> dict[str, Blob]:
        return {} if commit is None else list_blobs(self._git, commit)

    def _write(self, path: str, blob: Blob) -> None:
        target = self._root / path
        self._refuse_links(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = target.with_name(f".{target.name[:100]}.flywheel")
        partial.write_bytes(self._git.read(blob.object_id))
        partial.chmod(0o755 if blob.mode == "100755" else 0o644)
        partial.replace(target)

    def _remove(self, path: str) -> None:
        self._refuse_links(path)
        target = self._root / path
        target.unlink(missing_ok=True)
        for folder in target.relative_to(self._root).parents:
            if folder.name and not any((self._root / folder).iterdir()):
                (self._root / folder).rmdir()

    def _refuse_links(self, path: str) -> None:
        """A link among the folders would take the write out of the repository."""
        for folder in Path(path).parents:
            if (self._root / folder).is_symlink():
                raise RepositoryError(f"{folder} is a symbolic link; replace it by a folder")

    def _is_edited(self, path: str, known: Iterable[Blob], before: Collection[str]) -> bool:
        """Whether something else than the ``known`` versions is there, or a folder not only of files ``before``."""
        target = self._root / path
        if target.is_dir() and not target.is_symlink():
            inside = [item for item in target.rglob("*") if item.is_symlink() or not item.is_dir()]
            return not all(item.relative_to(self._root).as_posix() in before for item in inside)
        return os.path.lexists(target) and all(self._differs(path, blob) for blob in known)

    def _differs(self, path: str, blob: Blob) -> bool:
        target = self._root / path
        try:
            status = target.lstat()
            if not stat.S_ISREG(status.st_mode):
                return True
            executable = bool(status.st_mode & stat.S_IXUSR)
            return executable != (blob.mode == "100755") or blob_id(target.read_bytes()) != blob.object_id
        except OSError:
            return True


def blob_id(content: bytes) -> str:
    """The id that git gives a blob when no filter touches it."""
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


def _names(listing: bytes) -> set[str]:
    return {name.decode(errors="replace") for name in listing.split(b"\0")[:-1]}
