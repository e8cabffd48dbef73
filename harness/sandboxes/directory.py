"""A temporary directory with resource limits, for machines without namespaces. It is no security boundary."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO

from harness.sandbox import WORKSPACE, ExecResult
from harness.sandboxes.commands import OUTPUT_LIMIT
from harness.sandboxes.files import read_file, snapshot, write_file, write_tree
from harness.sandboxes.interpreter import plain_interpreter
from harness.sandboxes.layout import Limits

_LIMITED = 'ulimit -S -t "$1" -v "$2" -f "$3" -c 0; shift 3; exec "$@"'


class DirectorySandbox:
    """Opens temporary directories. A command can reach everything that its user can."""

    isolation = "directory"

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()

    @contextlib.contextmanager
    def open(
        self, files: Mapping[str, bytes], *, extra: Mapping[str, bytes] | None = None
    ) -> Iterator[DirectorySession]:
        """Open a workspace; ``/workspace`` and the paths of ``extra`` are translated in arguments and file names."""
        with tempfile.TemporaryDirectory(prefix="flywheel-", ignore_cleanup_errors=True) as folder:
            session = DirectorySession(Path(os.path.realpath(folder)), self._limits)
            session.set_up(files, extra or {})
            try:
                yield session
            finally:
                session.end_everything()


class DirectorySession:
    """One open directory: ``workspace``, ``outside`` for extra files, ``bin`` for the plain interpreter."""

    def __init__(self, folder: Path, limits: Limits) -> None:
        self._workspace = folder / "workspace"
        self._outside = folder / "outside"
        self._names = folder / "bin"
        self._limits = limits
        self._groups: set[int] = set()
        self._translated = {WORKSPACE: str(self._workspace)}

    def set_up(self, files: Mapping[str, bytes], extra: Mapping[str, bytes]) -> None:
        """Write the files; raises ``OSError``."""
        for folder in (self._workspace, self._outside, self._names):
            folder.mkdir()
        for name in ("python3", "python"):
            (self._names / name).symlink_to(plain_interpreter())
        write_tree(str(self._workspace), files)
        write_tree(str(self._outside), {path.lstrip("/"): content for path, content in extra.items()})
        self._translated |= {path: str(self._outside / path.lstrip("/")) for path in extra}

    def execute(self, argv: tuple[str, ...], *, timeout: float = 30.0, stdin: bytes = b"") -> ExecResult:
        """Run a command in the workspace; its process group is killed when the time is up."""
        with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as source:
            source.write(stdin)
            source.seek(0)
            try:
                process = self._start(argv, source, output)
            except (OSError, ValueError) as error:  # too long, a null byte, or text that cannot be encoded
                reason = error.strerror if isinstance(error, OSError) else error
                return ExecResult(exit_code=126, output=f"{argv[0]}: {reason}\n")
            try:
                exit_code, timed_out = process.wait(timeout), False
            except subprocess.TimeoutExpired:
                self.end_everything()
                exit_code, timed_out = process.wait(), True
            return _result(exit_code, output, timed_out=timed_out)

    def read(self, path: str) -> bytes:
        """Read a file of the workspace or an extra one; raises ``OSError``."""
        return read_file(str(self._inside(path)))

    def write(self, path: str, content: bytes) -> None:
        """Write a file of the workspace; raises ``OSError``."""
        write_file(str(self._inside(path)), content)

    def snapshot(self) -> Mapping[str, bytes]:
        """End what commands left behind, then copy the workspace's regular files."""
        self.end_everything()
        return snapshot(str(self._workspace))

    def end_everything(self) -> None:
        """Kill the process groups of all commands so far; one that made its own session escapes."""
        for group in self._groups:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(group, signal.SIGKILL)
        self._groups.clear()

    def _start(self, argv: tuple[str, ...], source: IO[bytes], output: IO[bytes]) -> subprocess.Popen[bytes]:
        limits = (
            self._limits.cpu_seconds,
            self._limits.address_space // 1024,
            self._limits.file_size // 1024,
        )
        process = subprocess.Popen(
            [
                shutil.which("bash") or "/bin/bash",
                "-c",
                _LIMITED,
                "bash",
                *map(str, limits),
                *map(self._translate, argv),
            ],
            cwd=self._workspace,
            env=self._environment(),
            stdin=source,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self._groups.add(process.pid)
        return process

    def _environment(self) -> dict[str, str]:
        return {
            "PATH": f"{self._names}:/usr/local/bin:/usr/bin:/bin",
            "HOME": str(self._workspace),
            "LANG": "C.UTF-8",
            "TERM": "dumb",
            "TZ": "UTC",
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONHASHSEED": "0",
        }

    def _translate(self, argument: str) -> str:
        for path in sorted(self._translated, key=len, reverse=True):
            argument = argument.replace(path, self._translated[path])
        return argument

    def _inside(self, path: str) -> Path:
        real = Path(os.path.realpath(self._workspace / self._translate(path)))
        if not any(real.is_relative_to(folder) for folder in (self._workspace, self._outside)):
            raise PermissionError(13, "outside the workspace", path)
        return real


def _result(exit_code: int, output: IO[bytes], *, timed_out: bool) -> ExecResult:
    output.seek(0)
    kept = output.read(OUTPUT_LIMIT + 1)
    return ExecResult(
        exit_code=exit_code,
        output=kept[:OUTPUT_LIMIT].decode("utf-8", "replace"),
        timed_out=timed_out,
        truncated=len(kept) > OUTPUT_LIMIT,
    )
