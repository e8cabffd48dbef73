"""The executor's side of a worker: its process, its connection, and the run that it is busy with."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
from dataclasses import replace
from multiprocessing.connection import Connection

from harness.errors import BrokenSystemError
from harness.runs import RunRequest, RunResult
from harness.worker_messages import Failure, WorkerSetup

_END_SECONDS = 15.0


class WorkerProcess:
    """A worker; ``run`` is what it carries out, sent as soon as it is ready. Ends with this process."""

    def __init__(self, setup: WorkerSetup) -> None:
        self.run: RunRequest | None = None
        self.tries = 0
        self._ready = False
        ours, theirs = socket.socketpair()
        alive, self._alive = os.pipe()
        with theirs:
            program = f"import sys; sys.path[:] = {sys.path!r}; from harness.worker import main; main({theirs.fileno()}, {alive})"
            self._process = subprocess.Popen(
                [sys.executable, "-c", program],
                pass_fds=[theirs.fileno(), alive],
                stdin=subprocess.DEVNULL,
                start_new_session=True,  # an interrupt is the executor's to deal with
            )
        os.close(alive)
        self.connection = Connection(ours.detach())
        self.connection.send(setup)

    def assign(self, request: RunRequest, *, tries: int = 1) -> None:
        """Give it a run; it must have none."""
        self.run, self.tries = request, tries
        if self._ready:
            self._send()

    def take(self) -> RunResult | None:
        """Take its next message: a result, or ``None`` when it has become ready.

        Raises the ``HarnessError`` that the worker met, ``EOFError`` when the worker is gone.
        """
        try:
            message = self.connection.recv()
        except ConnectionError as error:
            raise EOFError from error
        if message is None:
            self._ready = True
            if self.run is not None:
                self._send()
            return None
        if isinstance(message, Failure):
            raise message.error
        assert isinstance(message, RunResult)
        return message

    def _send(self) -> None:
        with contextlib.suppress(ConnectionError):  # it has died: that shows when its next message is taken
            self.connection.send(self.run)

    def again(self) -> RunRequest:
        """The same run as a new attempt."""
        assert self.run is not None
        return replace(self.run, attempt=self.run.attempt + 1)

    def release(self) -> None:
        """It has no run any more."""
        self.run, self.tries = None, 0

    def close(self) -> None:
        """End it and everything it started: at once if it is busy."""
        if self.run is not None:
            self._process.kill()
        self.connection.close()
        try:
            self._process.wait(timeout=_END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        os.close(self._alive)

    def death(self) -> BrokenSystemError:
        """What to raise when it keeps dying."""
        with contextlib.suppress(subprocess.TimeoutExpired):  # its connection ends a moment before it does
            self._process.wait(timeout=_END_SECONDS)
        return BrokenSystemError(f"a worker ended unexpectedly with exit code {self._process.returncode}")
