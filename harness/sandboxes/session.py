"""A sandbox as its user sees it, spoken to through its first process."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harness.errors import BrokenSystemError
from harness.sandbox import ExecResult
from harness.sandboxes.processes import ConnectedProcess
from harness.sandboxes.session_process import pack, unpack
from harness.wire import WireError, receive_frame, send_frame

_GRACE = 10.0  # seconds that the first process gets beyond what it was asked to wait


class Session:
    """One sandbox, spoken to through its first process. Used by one thread at a time."""

    def __init__(self, process: ConnectedProcess) -> None:
        self._process = process

    def set_up(self, files: Mapping[str, bytes], extra: Mapping[str, bytes]) -> None:
        """Hand over its files; the first thing that is asked of a session."""
        index, body = pack(files)
        extra_index, extra_body = pack(extra, offset=len(body))
        self._ask({"files": index, "extra": extra_index}, body + extra_body, seconds=_GRACE)

    def execute(self, argv: tuple[str, ...], *, timeout: float = 30.0, stdin: bytes = b"") -> ExecResult:
        """Run a command in the workspace; when the time is up, everything inside is killed."""
        request = {"operation": "execute", "argv": argv, "timeout": timeout}
        reply, output = self._ask(request, stdin, seconds=timeout + _GRACE)
        return ExecResult(
            exit_code=reply["exit_code"],
            output=output.decode("utf-8", "replace"),
            timed_out=reply["timed_out"],
            truncated=reply["truncated"],
        )

    def read(self, path: str) -> bytes:
        """Read a file inside; raises ``OSError``."""
        return self._ask({"operation": "read", "path": path})[1]

    def write(self, path: str, content: bytes) -> None:
        """Write a file inside; raises ``OSError``."""
        self._ask({"operation": "write", "path": path}, content)

    def snapshot(self) -> Mapping[str, bytes]:
        """End what commands left behind, then copy the workspace's regular files."""
        reply, body = self._ask({"operation": "snapshot"})
        return unpack(reply["files"], body)

    def _ask(
        self, request: dict[str, Any], body: bytes = b"", *, seconds: float = _GRACE
    ) -> tuple[dict[str, Any], bytes]:
        connection = self._process.connection
        connection.settimeout(seconds)
        try:
            send_frame(connection, request, body)
            reply, content = receive_frame(connection, seconds=seconds)
        except (WireError, TimeoutError, BrokenPipeError, ConnectionError) as error:
            self._process.kill()
            raise BrokenSystemError(f"the sandbox's first process is gone: {error}") from error
        if not reply["ok"]:
            raise OSError(reply["errno"], reply["message"], reply["path"])
        return reply, content
