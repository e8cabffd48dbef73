"""What an image has in one folder, read by the engine: no process of the image runs for it."""

from __future__ import annotations

import errno
import tarfile
import tempfile
from collections.abc import Mapping
from typing import IO, Any

from docker.errors import NotFound

from harness.sandboxes.docker.engine import Engine, speaking
from harness.sandboxes.docker.owners import this_process
from harness.sandboxes.files import SNAPSHOT_FILES, SNAPSHOT_LIMIT

_IN_MEMORY = 8 * 1024 * 1024


def working_folder(engine: Engine, image: str) -> str:
    """The folder in which an image's commands start; empty where it names none. Raises ``BrokenSystemError``."""
    config: Mapping[str, Any] = engine.image(image).get("Config") or {}
    return str(config.get("WorkingDir") or "")


def folder_files(engine: Engine, image: str, folder: str) -> dict[str, bytes]:
    """An image's regular files below ``folder``, by relative path; none where the folder does not exist.

    Raises ``OSError`` above the limits of a workspace, ``BrokenSystemError`` where the engine fails.
    """
    identity = engine.create(
        {"image": image, "command": ["true"], "labels": this_process().labels()}, {"network_mode": "none"}
    )
    try:
        with tempfile.SpooledTemporaryFile(_IN_MEMORY) as packed:
            return _regular(packed, folder) if _fetch(engine, identity, folder, packed) else {}
    finally:
        engine.remove(identity)


def _fetch(engine: Engine, identity: str, folder: str, packed: IO[bytes]) -> bool:
    """The folder as an archive; ``False`` where there is no such folder."""
    left = 2 * SNAPSHOT_LIMIT
    with speaking(f"reading {folder} of an image"):
        try:
            stream, _ = engine.api.get_archive(identity, folder)
        except NotFound:
            return False
        for chunk in stream:
            left -= len(chunk)
            if left < 0:
                stream.close()
                break
            packed.write(chunk)
    if left < 0:
        raise OSError(errno.EFBIG, f"larger than {SNAPSHOT_LIMIT} bytes", folder)
    packed.seek(0)
    return True


def _regular(packed: IO[bytes], folder: str) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    left = SNAPSHOT_LIMIT
    with tarfile.open(fileobj=packed, mode="r:") as archive:
        for entry in archive:
            if not entry.isreg():  # links may point anywhere
                continue
            left -= entry.size
            if left < 0 or len(files) >= SNAPSHOT_FILES:
                raise OSError(
                    errno.EFBIG, f"more than {SNAPSHOT_LIMIT} bytes or {SNAPSHOT_FILES} files", folder
                )
            content = archive.extractfile(entry)
            assert content is not None
            files[entry.name.partition("/")[2]] = content.read()  # below the folder's own name
    return files
