"""The processes of a receiver, as their parent sees them: started, watched, started again, ended."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path

from traces.receiver.child import STOP, Role, Setup
from traces.receiver.counts import settle

_FIRST_DELAY_SECONDS = 0.1
_LONGEST_DELAY_SECONDS = 5.0
_MOST_DEATHS = 5
_GOOD_SECONDS = 30.0
_LAST_WORDS = 2000


class Process:
    """One place in the receiver, such as the second worker's; who fills it may die and be replaced.

    ``folder`` is where its processes count and complain. ``clock`` gives seconds.
    """

    def __init__(
        self,
        role: Role,
        number: int,
        setup: Setup,
        folder: Path,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.role = role
        self.name = f"{role}-{number}"
        self._setup = setup
        self._folder = folder
        self._clock = clock
        self._log = folder / f"{self.name}.log"
        self._deaths = 0
        self.starts = 0
        self.is_ready = False
        self._was_ready = False
        self.again_at: float | None = None
        self.connection: Connection | None = None
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def process_id(self) -> int | None:
        """The running process's id."""
        return None if self._process is None else self._process.pid

    @property
    def keeps_dying(self) -> bool:
        """Whether starting it again is of no use: it died five times in a row, each time soon."""
        return self._deaths >= _MOST_DEATHS

    @property
    def cannot_start(self) -> bool:
        """Whether it died before it was ready even once."""
        return self._deaths > 0 and not self._was_ready

    @property
    def last_words(self) -> str:
        """The last line of what its processes wrote to standard error; empty where they wrote nothing."""
        with contextlib.suppress(OSError):
            lines = self._log.read_text(errors="replace")[-_LAST_WORDS:].strip().splitlines()
            return lines[-1] if lines else ""
        return ""

    def start(self) -> None:
        """Start a process, in a group of its own: an interrupt is the parent's to deal with."""
        self.starts += 1
        self.again_at, self.is_ready = None, False
        self._started_at = self._clock()
        ours, theirs = socket.socketpair()
        module = f"traces.receiver.{self.role}"
        program = (
            f"import sys; sys.path[:] = {sys.path!r}; from {module} import main; main({theirs.fileno()})"
        )
        with theirs, self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-c", program],
                pass_fds=[theirs.fileno(), *self._setup.listeners],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=log,
                env={**os.environ, "MALLOC_ARENA_MAX": "2"},  # an arena for each thread is never given back
                process_group=0,
            )
        self.connection = Connection(ours.detach())
        with contextlib.suppress(ConnectionError):  # its death shows when it is heard
            self.connection.send(replace(self._setup, counts=self._counts))

    def hear(self) -> None:
        """Take its word that it is ready, or note its death and when to start it again."""
        assert self.connection is not None
        try:
            self.connection.recv()
            self.is_ready = self._was_ready = True
        except (EOFError, ConnectionError):
            self._bury()

    def tell_to_stop(self) -> None:
        """Ask it to finish."""
        self.again_at = None
        if self.connection is not None:
            with contextlib.suppress(ConnectionError):
                self.connection.send(STOP)

    def kill(self) -> None:
        """End it at once; harmless when it has ended."""
        self.again_at = None
        if self._process is not None:
            self._process.kill()
            self._bury()
            self.again_at = None

    @property
    def _counts(self) -> Path:
        return self._folder / f"{self.name}.{self.starts}.json"

    def _bury(self) -> None:
        assert self._process is not None
        assert self.connection is not None
        self._process.wait()
        self.connection.close()
        self._process, self.connection = None, None
        settle(self._counts)
        lived = self._clock() - self._started_at
        self._deaths = 1 if lived > _GOOD_SECONDS else self._deaths + 1
        delay = min(_FIRST_DELAY_SECONDS * 2 ** (self._deaths - 1), _LONGEST_DELAY_SECONDS)
        self.again_at = self._clock() + delay
