"""Moves the paths of a task's container to where every sandbox shows them.

A container's working directory becomes the workspace and its logs go below ``/tmp``: nothing else of a
sandbox can be written. Tests and solutions keep their absolute places, where they are read-only.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from harness.sandbox import WORKSPACE

LOGS = "/tmp/logs"  # noqa: S108 -- the sandbox's own
_BEFORE = r"(?:(?<![\w./~})-])|(?<=:-))"  # not within a longer path, but after a default of the shell
_AFTER = r"(?![\w-]|\.\w)"


@dataclass(frozen=True, kw_only=True)
class ContainerPaths:
    """Rewrites texts that name ``workdir``, the container's working directory."""

    workdir: str

    def text(self, text: str) -> str:
        """A text with the moved paths; words and longer names that only contain one stay."""
        moved = text if self.workdir == WORKSPACE else _replace(text, self.workdir, WORKSPACE)
        return _replace(moved, "/logs", LOGS)

    def content(self, content: bytes) -> bytes:
        """A file's content with the moved paths; what is no UTF-8 text stays as it is."""
        try:
            return self.text(content.decode()).encode()
        except UnicodeDecodeError:
            return content

    def tree(self, files: Mapping[str, bytes]) -> dict[str, bytes]:
        """All files with the moved paths."""
        return {path: self.content(content) for path, content in files.items()}


def _replace(text: str, old: str, new: str) -> str:
    return re.sub(_BEFORE + re.escape(old) + _AFTER, new, text)
