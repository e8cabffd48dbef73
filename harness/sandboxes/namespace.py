"""A sandbox of Linux namespaces: an allow-listed root directory, no network, nothing left behind."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any, Self

from harness.errors import BrokenSystemError
from harness.sandbox import WORKSPACE, ExecResult
from harness.sandboxes.fork_service import ForkCommand, ForkService, IsolatedProcess
from harness.sandboxes.interpreter import (
    ETC,
    PATH,
    package_folders,
    plain_interpreter,
    project_folders,
    system_binds,
    system_links,
)
from harness.sandboxes.layout import MEGABYTE, Layout
from harness.sandboxes.session_process import pack, unpack
from harness.wire import WireError, receive_frame, send_frame

_ENVIRONMENT = {
    "PATH": PATH,
    "HOME": WORKSPACE,
    "USER": "agent",
    "LANG": "C.UTF-8",
    "TERM": "dumb",
    "TZ": "UTC",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONHASHSEED": "0",
}
_GRACE = 10.0  # seconds that the first process gets beyond what it was asked to wait


def task_layout() -> Layout:
    """The root directory of a task's sandbox on this machine."""
    return Layout(
        binds=system_binds(),
        masked=(*package_folders(), *project_folders()),
        files=ETC,
        links=system_links(),
        scratch=((WORKSPACE, 128 * MEGABYTE), ("/tmp", 128 * MEGABYTE)),  # noqa: S108 - the sandbox's own
        environment=_ENVIRONMENT,
    )


class NamespaceSandbox:
    """Opens sandboxes of namespaces; a picklable value that starts its fork service when it is first used.

    Closing it (or ending the process that holds it) ends every sandbox it opened.
    """

    isolation = "namespace"

    def __init__(self, layout: Layout | None = None) -> None:
        self._layout = layout or task_layout()
        command = ForkCommand(
            interpreter=(plain_interpreter(), "-I", "-S"),
            module="harness.sandboxes.zygote",
            environment={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"},
        )
        self._service = ForkService(command, {"layout": self._layout.to_json()})

    def __reduce__(self) -> tuple[type[NamespaceSandbox], tuple[Layout]]:
        return NamespaceSandbox, (self._layout,)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End all sandboxes."""
        self._service.close()

    @contextlib.contextmanager
    def open(
        self, files: Mapping[str, bytes], *, extra: Mapping[str, bytes] | None = None
    ) -> Iterator[NamespaceSession]:
        """Open a workspace; raises ``BrokenSystemError`` if the machine does not allow it, ``OSError`` for bad paths."""
        with self._service.fork() as process:
            session = NamespaceSession(process)
            session.set_up(files, extra or {})
            yield session


class NamespaceSession:
    """One sandbox, spoken to through its first process. Used by one thread at a time."""

    def __init__(self, process: IsolatedProcess) -> None:
        self._process = process

    def set_up(self, files: Mapping[str, bytes], extra: Mapping[str, bytes]) -> None:
        """Build the root directory; the first thing that is asked of a session."""
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
