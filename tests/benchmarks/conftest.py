"""Fixtures of this room's tests."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from harness.sandbox import ExecResult


@dataclass(frozen=True)
class FolderSession:
    """A session whose workspace is a folder."""

    root: Path

    def execute(self, argv: tuple[str, ...], *, timeout: float = 30.0, stdin: bytes = b"") -> ExecResult:
        """Run a command in the folder and end all its group."""
        environment = {"PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1", "PYTHONHASHSEED": "0"}
        process = subprocess.Popen(
            argv,
            cwd=self.root,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            output, timed_out = process.communicate(stdin, timeout=timeout)[0], False
        except subprocess.TimeoutExpired:
            process.kill()
            output, timed_out = process.communicate()[0], True
        finally:
            self._end(process.pid)
        return ExecResult(
            exit_code=process.returncode, output=output.decode("utf-8", "replace"), timed_out=timed_out
        )

    def _end(self, group: int) -> None:
        try:
            os.killpg(group, 9)
        except ProcessLookupError:
            return

    def read(self, path: str) -> bytes:
        """Read a file."""
        return (self.root / path).read_bytes()

    def write(self, path: str, content: bytes) -> None:
        """Write a file, making its folders."""
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_bytes(content)

    def snapshot(self) -> Mapping[str, bytes]:
        """All files."""
        files = (path for path in self.root.rglob("*") if path.is_file())
        return {str(path.relative_to(self.root)): path.read_bytes() for path in files}


class FolderSandbox:
    """Real processes in a temporary folder: what these tests need of a sandbox, and no boundary."""

    isolation = "directory"

    @contextmanager
    def open(
        self, files: Mapping[str, bytes], *, extra: Mapping[str, bytes] | None = None
    ) -> Iterator[FolderSession]:
        """Open a folder; no test needs ``extra``."""
        assert extra is None
        with tempfile.TemporaryDirectory() as folder:
            session = FolderSession(Path(folder))
            for path, content in files.items():
                session.write(path, content)
            yield session


@pytest.fixture(scope="session")
def sandbox() -> FolderSandbox:
    return FolderSandbox()
