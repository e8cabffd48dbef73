"""Where tool calls and verifiers run."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

WORKSPACE = "/workspace"  # where every sandbox shows the task's files


@dataclass(frozen=True, kw_only=True)
class ExecResult:
    """A finished command; ``output`` is stdout and stderr as they came, cut at the sandbox's limit.

    ``exit_code`` is negative for a signal; ``timed_out`` when the sandbox ended it.
    """

    exit_code: int
    output: str
    timed_out: bool = False
    truncated: bool = False


class SandboxSession(Protocol):
    """One open sandbox. Paths are relative to the workspace or absolute inside the sandbox."""

    def execute(self, argv: tuple[str, ...], *, timeout: float = 30.0, stdin: bytes = b"") -> ExecResult:
        """Run a command in the workspace; processes it leaves behind end with the session."""
        ...

    def read(self, path: str) -> bytes:
        """Read a file; raises ``OSError`` as the operating system would, and for one over 16 MiB."""
        ...

    def write(self, path: str, content: bytes) -> None:
        """Write a file, making its folders; raises ``OSError``."""
        ...

    def snapshot(self) -> Mapping[str, bytes]:
        """All regular files of the workspace (no links); raises ``OSError`` above 64 MiB or 10,000 files."""
        ...


class Sandbox(Protocol):
    """Opens isolated workspaces; ``isolation`` is recorded with each run."""

    @property
    def isolation(self) -> str:
        """``namespace``, ``directory`` or ``docker``."""
        ...

    def open(
        self, files: Mapping[str, bytes], *, extra: Mapping[str, bytes] | None = None
    ) -> AbstractContextManager[SandboxSession]:
        """Open a fresh workspace with ``files``; ``extra`` are absolute paths outside the workspace, read-only."""
        ...
