"""Client of a process that forks isolated processes: starts it, asks it, and ends what it forked."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import subprocess
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from harness.errors import BrokenSystemError
from harness.sandboxes.interpreter import plain_interpreter
from harness.sandboxes.layout import Layout
from harness.wire import receive_frame, send_frame

_START_SECONDS = 60.0
_END_SECONDS = 10.0


@dataclass(frozen=True, kw_only=True)
class IsolatedProcess:
    """The first process of new namespaces: a connection to it, and a handle that never names another process."""

    connection: socket.socket
    handle: int

    def kill(self) -> None:
        """Kill it, and with it everything in its namespaces, and wait until all are gone."""
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self.handle, signal.SIGKILL)
        poll = select.poll()
        poll.register(self.handle, select.POLLIN)
        poll.poll(_END_SECONDS * 1000)


class ForkService:
    """Starts ``module``'s ``main`` in a fresh interpreter when first asked, and forks isolated processes from it.

    ``setup`` is the first frame it gets, ``environment`` all that it sees of ours. Safe for threads.
    """

    def __init__(
        self,
        layout: Layout,
        *,
        module: str = "harness.sandboxes.zygote",
        command: tuple[str, ...] | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self._layout = layout
        self._module = module
        self._command = command or (plain_interpreter(), "-I", "-S")
        self._environment = dict(environment or {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"})
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None

    @contextlib.contextmanager
    def fork(self) -> Iterator[IsolatedProcess]:
        """An isolated process, killed at the end; raises ``BrokenSystemError`` if there can be none."""
        ours, theirs = socket.socketpair()
        with ours:
            with theirs, self._lock:
                handle = self._request(theirs)
            process = IsolatedProcess(connection=ours, handle=handle)
            try:
                yield process
            finally:
                process.kill()
                os.close(handle)

    def start(self) -> None:
        """Start it now rather than at the first fork."""
        with self._lock:
            self._started()

    def close(self) -> None:
        """End it and everything it forked."""
        with self._lock:
            if self._control is not None:
                self._control.close()
                self._control = None
            if self._process is not None:
                self._end(self._process)
                self._process = None

    def _request(self, connection: socket.socket) -> int:
        control = self._started()
        try:
            socket.send_fds(control, [b"."], [connection.fileno()])
            reply, _ = receive_frame(control)
        except OSError as error:
            raise BrokenSystemError(f"{self._module} ended: {error}") from error
        if not reply.get("pid"):
            raise BrokenSystemError(f"this machine opens no namespaces: {reply.get('message')}")
        return os.pidfd_open(reply["pid"])

    def _started(self) -> socket.socket:
        if self._control is None:
            self._control = self._start()
        return self._control

    def _start(self) -> socket.socket:
        ours, theirs = socket.socketpair()
        ours.settimeout(_START_SECONDS)
        root = str(Path(__file__).resolve().parents[2])
        program = (
            f"import sys; sys.path.append({root!r}); from {self._module} import main; main({theirs.fileno()})"
        )
        try:
            with theirs:
                self._process = subprocess.Popen(
                    [*self._command, "-c", program],
                    env=self._environment,
                    cwd="/",
                    pass_fds=[theirs.fileno()],
                    stdin=subprocess.DEVNULL,
                    start_new_session=True,
                )
            send_frame(ours, {"layout": self._layout.to_json()})
        except OSError as error:
            ours.close()
            raise BrokenSystemError(f"{self._module} does not start: {error}") from error
        return ours

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        try:
            process.wait(timeout=_END_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
