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
from typing import Any

from harness.errors import BrokenSystemError
from harness.wire import receive_frame, send_frame

_START_SECONDS = 60.0
_FORK_SECONDS = 20.0
_END_SECONDS = 10.0


@dataclass(frozen=True, kw_only=True)
class ForkCommand:
    """How a fork service is started: an interpreter with options, the module whose ``main`` serves, its whole environment."""

    interpreter: tuple[str, ...]
    module: str
    environment: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class IsolatedProcess:
    """A forked process: a connection to it, and a handle that never comes to name another process."""

    connection: socket.socket
    handle: int
    group: int | None = None

    def kill(self) -> None:
        """Kill it, with everything in its namespaces or its process ``group``, and wait until it is gone."""
        if self.group is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.group, signal.SIGKILL)
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self.handle, signal.SIGKILL)
        poll = select.poll()
        poll.register(self.handle, select.POLLIN)
        poll.poll(_END_SECONDS * 1000)


class ForkService:
    """Starts a fork service when first asked and forks processes from it; ``setup`` is the first frame it gets.

    It ends with its connection to this process, however this process ends, and so does all that it
    forked. Safe for threads.
    """

    def __init__(self, command: ForkCommand, setup: Mapping[str, Any]) -> None:
        self._command = command
        self._setup = setup
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._ready = False

    @contextlib.contextmanager
    def fork(self) -> Iterator[IsolatedProcess]:
        """A forked process, killed at the end; raises ``BrokenSystemError`` if there can be none."""
        ours, theirs = socket.socketpair()
        with ours:
            with theirs, self._lock:
                pid, handle = self._request(theirs)
            group = pid if self._setup.get("isolated") is False else None
            process = IsolatedProcess(connection=ours, handle=handle, group=group)
            try:
                yield process
            finally:
                process.kill()
                os.close(handle)

    def launch(self) -> None:
        """Start it now, without waiting until it is ready."""
        with self._lock:
            self._started()

    def start(self) -> None:
        """Start it now and wait until it is ready; raises ``BrokenSystemError`` if it never is."""
        with self._lock:
            control = self._started()
            if not self._ready:
                self._expect_ready(control)

    def close(self) -> None:
        """End it and everything it forked."""
        with self._lock:
            self._end()

    def _end(self) -> None:
        if self._control is not None:
            self._control.close()
            self._control = None
        if self._process is not None:
            _wait(self._process)
            self._process = None
        self._ready = False

    def _request(self, connection: socket.socket) -> tuple[int, int]:
        control = self._started()
        if not self._ready:
            self._expect_ready(control)
        try:
            socket.send_fds(control, [b"."], [connection.fileno()])
            reply, _ = receive_frame(control, seconds=_FORK_SECONDS)
        except OSError as error:
            self._end()  # the next fork starts another one: a late answer must not be taken for that fork's
            raise BrokenSystemError(f"{self._command.module} ended: {error}") from error
        if not reply.get("pid"):
            raise BrokenSystemError(f"this machine forks no isolated process: {reply.get('message')}")
        return reply["pid"], os.pidfd_open(reply["pid"])

    def _expect_ready(self, control: socket.socket) -> None:
        try:
            reply, _ = receive_frame(control, seconds=_START_SECONDS)
        except OSError as error:
            raise BrokenSystemError(f"{self._command.module} ended: {error}") from error
        if not reply.get("ready"):
            raise BrokenSystemError(f"{self._command.module} does not start: {reply.get('message')}")
        self._ready = True

    def _started(self) -> socket.socket:
        if self._control is None:
            self._control = self._start()
        return self._control

    def _start(self) -> socket.socket:
        ours, theirs = socket.socketpair()
        ours.settimeout(_START_SECONDS)
        try:
            with theirs:
                self._process = subprocess.Popen(
                    [*self._command.interpreter, "-c", self._program(theirs.fileno())],
                    env=dict(self._command.environment),
                    cwd="/",
                    pass_fds=[theirs.fileno()],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    start_new_session=True,
                )
            send_frame(ours, self._setup)
        except OSError as error:
            ours.close()
            raise BrokenSystemError(f"{self._command.module} does not start: {error}") from error
        return ours

    def _program(self, descriptor: int) -> str:
        root = str(Path(__file__).resolve().parents[2])
        return f"import sys; sys.path.append({root!r}); from {self._command.module} import main; main({descriptor})"


def _wait(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(timeout=_END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
