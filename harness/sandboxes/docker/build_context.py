"""What an image is built from: a task's folder as values, and as the stream that an engine takes."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import stat
import tarfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from harness.sandboxes.files import SNAPSHOT_FILES, SNAPSHOT_LIMIT, read_file

DOCKERFILE = "Dockerfile"


@dataclass(frozen=True, kw_only=True)
class ContextFile:
    """A regular file of a build context."""

    content: bytes
    executable: bool = False


def read_context(folder: Path) -> dict[str, ContextFile]:
    """A folder's files by relative path, under the limits of a workspace.

    Raises ``OSError`` for links and special files, which an engine would follow or make, and above the limits.
    """
    found: dict[str, ContextFile] = {}
    left = SNAPSHOT_LIMIT
    for path in _files(folder):
        content = read_file(str(path), limit=left)
        left -= len(content)
        executable = bool(path.stat().st_mode & stat.S_IXUSR)
        found[path.relative_to(folder).as_posix()] = ContextFile(content=content, executable=executable)
        if len(found) > SNAPSHOT_FILES:
            raise OSError(errno.EFBIG, f"more than {SNAPSHOT_FILES} files", str(folder))
    return found


def pack_context(files: Mapping[str, ContextFile]) -> bytes:
    """A tar archive of ``files``, the same bytes for the same files; raises ``OSError`` for a path that leaves it."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for path, file in sorted(files.items()):
            if not is_relative(path):
                raise OSError(errno.EINVAL, "not a relative path", path)
            entry = tarfile.TarInfo(path)
            entry.size, entry.mode = len(file.content), 0o755 if file.executable else 0o644
            archive.addfile(entry, io.BytesIO(file.content))
    return buffer.getvalue()


def is_relative(path: str) -> bool:
    """Whether a path stays below the folder it is laid in."""
    return (
        not path.startswith("/")
        and os.path.normpath(path) == path
        and path.split("/", maxsplit=1)[0] not in {"..", "."}
    )


def context_hash(archive: bytes, *, network: bool) -> str:
    """What an image is known by: what it was built from, and whether the build could fetch more."""
    return hashlib.sha256(archive + (b"network" if network else b"")).hexdigest()[:24]


def base_images(dockerfile: str) -> tuple[str, ...]:
    """The images that a Dockerfile begins from: no earlier stage, no ``scratch``, none named by an argument."""
    stages: set[str] = set()
    bases = []
    for line in dockerfile.splitlines():
        words = [word for word in line.split() if not word.startswith("--")]
        if len(words) < 2 or words[0].upper() != "FROM":
            continue
        if words[1].lower() not in {"scratch", *stages} and "$" not in words[1]:
            bases.append(words[1])
        if len(words) >= 4 and words[2].upper() == "AS":
            stages.add(words[3].lower())
    return tuple(dict.fromkeys(bases))


def _files(folder: Path) -> Iterator[Path]:
    for parent, folders, names in os.walk(folder, followlinks=False):
        folders.sort()
        for name in sorted([*names, *folders]):
            path = Path(parent, name)
            mode = path.lstat().st_mode
            if not stat.S_ISDIR(mode):
                if not stat.S_ISREG(mode):
                    raise OSError(errno.EINVAL, "neither a file nor a folder", str(path))
                yield path
