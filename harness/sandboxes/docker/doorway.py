"""A socket in a folder of its own, through which one container reaches us; then it is gone."""

from __future__ import annotations

import contextlib
import secrets
import shutil
import socket
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Self

DOOR_FOLDER = "/flywheel/door"  # in the container
_LOOK = 0.25  # seconds between looks at whether there is still somebody to wait for


class Doorway:
    """Listens in a folder that can be entered but not listed: its name is the key, and it opens once.

    A context manager; ``extra`` files (absolute path inside → content) lie beside it, under names as hard to guess.
    """

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="flywheel-"))
        self._folder.chmod(0o711)
        self._name = secrets.token_hex(16)
        self._listener = socket.socket(socket.AF_UNIX)

    def __enter__(self) -> Self:
        door = self._folder / "door"
        door.mkdir(mode=0o711)
        door.chmod(0o711)
        path = door / self._name
        self._listener.bind(str(path))
        path.chmod(0o666)  # the container's user is nobody here
        self._listener.listen(1)
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def bind(self) -> tuple[str, str]:
        """The folder's path here and in the container."""
        return str(self._folder / "door"), DOOR_FOLDER

    @property
    def inside(self) -> str:
        """The socket's path in the container."""
        return f"{DOOR_FOLDER}/{self._name}"

    def lay_out(self, extra: Mapping[str, bytes]) -> tuple[tuple[str, str], ...]:
        """Write files, and say which is to be seen where."""
        binds = []
        for target, content in extra.items():
            path = self._folder / secrets.token_hex(16)
            path.write_bytes(content)
            path.chmod(0o644)
            binds.append((str(path), target))
        return tuple(binds)

    def admit(self, seconds: float, is_coming: Callable[[], bool]) -> socket.socket | None:
        """The one who comes, with the door shut behind; ``None`` after ``seconds``, or once nobody ``is_coming``."""
        self._listener.settimeout(_LOOK)
        for _ in range(max(1, int(seconds / _LOOK))):
            with contextlib.suppress(TimeoutError):
                guest, _ = self._listener.accept()
                self._listener.close()
                (self._folder / "door" / self._name).unlink()
                guest.setblocking(True)
                return guest
            if not is_coming():
                return None
        return None
