"""The first process of a task's container: takes its files over a socket, then serves as in every other sandbox."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
from collections.abc import Iterator

from harness.sandboxes.commands import Commands
from harness.sandboxes.docker.call_filter import filter_calls
from harness.sandboxes.files import write_tree
from harness.sandboxes.kernel import Kernel
from harness.sandboxes.session_process import failure, serve_requests, unpack
from harness.wire import WireError, receive_frame, send_frame

DOOR = "FLYWHEEL_DOOR"  # environment variable with the path of the socket to connect to
_OWN = (DOOR, "HOSTNAME", "LD_PRELOAD", "LD_AUDIT")
_FIRST_TO_GO = b"1000"  # when memory runs out, the kernel ends commands before the first process


def main() -> None:
    """Serve until the connection ends; what runs inside ends with this process."""
    with enter(lasting=True) as (connection, spawning), contextlib.suppress(WireError):
        header, body = receive_frame(connection)
        environment = {name: value for name, value in os.environ.items() if name not in _OWN}
        home = os.environ["HOME"]  # where the container has its workspace
        try:
            os.chdir(home)
            write_tree(home, unpack(header["files"], body))
        except OSError as error:
            send_frame(connection, failure(error))
            return
        send_frame(connection, {"ok": True})
        serve_requests(connection, home, Commands(connection, environment, spawning=spawning))


@contextlib.contextmanager
def enter(*, lasting: bool) -> Iterator[tuple[socket.socket, SpawnedFirstToGo]]:
    """Protect this first process from what it will start, and connect to whoever made the container."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # the kernel spares a first process what it does not handle
    os.umask(0o022)
    score = os.open("/proc/self/oom_score_adj", os.O_WRONLY | os.O_CLOEXEC)
    Kernel().forbid_inspection()  # from here on it could not be opened
    filter_calls(lasting=lasting)
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(os.environ[DOOR])
        yield connection, SpawnedFirstToGo(score)


class SpawnedFirstToGo:
    """While this is entered, processes start as those that the kernel ends first when memory runs out."""

    def __init__(self, score: int) -> None:
        self._score = score

    def __enter__(self) -> None:
        os.write(self._score, _FIRST_TO_GO)

    def __exit__(self, *_: object) -> None:
        os.write(self._score, b"0")

    def close(self) -> None:
        """Let go of the setting, which is the first process's also in a process forked from it."""
        os.close(self._score)
