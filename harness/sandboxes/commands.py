"""Runs one command as the first process of a sandbox: bounded output, bounded time, orphans reaped."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import time
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass

OUTPUT_LIMIT = 256 * 1024  # bytes of output that are kept
_CHUNK = 64 * 1024
_DRAIN = 16  # chunks that are still read after the command has ended: what it left behind may write forever
_RESTORED = (signal.SIGPIPE, signal.SIGXFSZ)  # Python ignores them


@dataclass(frozen=True, kw_only=True)
class Finished:
    """How a command ended; ``exit_code`` is negative for a signal."""

    exit_code: int
    output: bytes
    timed_out: bool
    truncated: bool


class _Output:
    """The beginning of what a command writes."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self.truncated = False
        self._kept = bytearray()

    def read(self) -> bool:
        """Take one chunk; ``False`` when nothing is there, now or ever."""
        try:
            chunk = os.read(self.descriptor, _CHUNK)
        except BlockingIOError:
            return False
        room = OUTPUT_LIMIT - len(self._kept)
        self.truncated = self.truncated or len(chunk) > room
        self._kept += chunk[:room]
        return bool(chunk)

    @property
    def kept(self) -> bytes:
        return bytes(self._kept)


class Commands:
    """Runs commands one after the other; ``owner`` is the connection whose end ends the sandbox.

    ``spawning`` is entered around each start of a process.
    """

    def __init__(
        self,
        owner: socket.socket,
        environment: Mapping[str, str],
        *,
        spawning: AbstractContextManager[None] | None = None,
    ) -> None:
        self._owner = owner
        self._environment = dict(environment)
        self._spawning = spawning or contextlib.nullcontext()

    def execute(self, argv: tuple[str, ...], *, timeout: float, stdin: bytes) -> Finished:
        """Run ``argv`` in the current folder. What it leaves behind goes on, unless the time was up."""
        reading, writing = os.pipe()
        os.set_blocking(reading, False)
        try:
            pid = self._start(argv, stdin, writing)
        except (OSError, ValueError) as error:  # ValueError: a null byte, or text that cannot be encoded
            os.close(reading)
            return _not_started(argv, error)
        finally:
            os.close(writing)
        output = _Output(reading)
        try:
            timed_out = self._watch(pid, output, time.monotonic() + timeout)
            exit_code = _end(pid) if timed_out else _reap(pid)
            for _ in range(_DRAIN):
                if not output.read():
                    break
        finally:
            os.close(reading)
        return Finished(
            exit_code=exit_code, output=output.kept, timed_out=timed_out, truncated=output.truncated
        )

    def _start(self, argv: tuple[str, ...], stdin: bytes, writing: int) -> int:
        source = _readable(stdin)
        try:
            with self._spawning:
                return os.posix_spawnp(
                    argv[0],
                    argv,
                    self._environment,
                    file_actions=[
                        (os.POSIX_SPAWN_DUP2, source, 0),
                        (os.POSIX_SPAWN_DUP2, writing, 1),
                        (os.POSIX_SPAWN_DUP2, writing, 2),
                    ],
                    setsid=True,
                    setsigdef=_RESTORED,
                    setsigmask=(),
                )
        finally:
            os.close(source)

    def _watch(self, pid: int, output: _Output, deadline: float) -> bool:
        """Read until the command ends (``False``) or the time is up (``True``)."""
        ended = os.pidfd_open(pid)
        poll = select.poll()
        poll.register(ended, select.POLLIN)
        poll.register(output.descriptor, select.POLLIN)
        poll.register(self._owner, select.POLLRDHUP | select.POLLHUP)
        try:
            while (left := deadline - time.monotonic()) > 0:
                ready = {descriptor for descriptor, _ in poll.poll(max(1, int(left * 1000)))}
                if self._owner.fileno() in ready:
                    os._exit(0)  # nobody waits for the result: the kernel ends everything inside
                if output.descriptor in ready and not output.read():
                    poll.unregister(output.descriptor)
                if ended in ready:
                    return False
        finally:
            os.close(ended)
        return True


def end_everything() -> None:
    """Kill every other process of this pid namespace, and wait for them; refuses to outside of one."""
    assert os.getpid() == 1
    with contextlib.suppress(ProcessLookupError):
        os.kill(-1, signal.SIGKILL)
    with contextlib.suppress(ChildProcessError):
        while True:
            os.waitpid(-1, 0)


def _readable(content: bytes) -> int:
    """A descriptor that gives ``content`` and then ends."""
    if not content:
        return os.open("/dev/null", os.O_RDONLY | os.O_CLOEXEC)
    descriptor = os.memfd_create("stdin")
    with os.fdopen(os.dup(descriptor), "wb") as file:
        file.write(content)
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor


def _end(pid: int) -> int:
    """End everything; the exit code is that of ``pid`` if it ended at the last moment."""
    os.kill(pid, signal.SIGKILL)  # not yet waited for, so it is still this one
    _, status = os.waitpid(pid, 0)
    end_everything()
    return os.waitstatus_to_exitcode(status)


def _reap(pid: int) -> int:
    """Wait for ``pid``, and for orphans that have ended."""
    _, status = os.waitpid(pid, 0)
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    return os.waitstatus_to_exitcode(status)


def _not_started(argv: tuple[str, ...], error: OSError | ValueError) -> Finished:
    missing = isinstance(error, FileNotFoundError)
    reason = error.strerror if isinstance(error, OSError) else error
    output = f"{argv[0]}: {reason}\n".encode(errors="replace")
    return Finished(exit_code=127 if missing else 126, output=output, timed_out=False, truncated=False)
