"""The loop of a process that forks other processes on demand."""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Callable

from harness.sandboxes.kernel import Kernel
from harness.wire import send_frame

FirstProcess = Callable[[socket.socket], None]
Fork = Callable[[Callable[[], None]], int]  # runs the function in a new process, returns its id


def serve_forks(control: socket.socket, fork: Fork, first_process: FirstProcess) -> None:
    """Fork ``first_process`` for each connection that comes in, until the control connection ends.

    For each, the process id (or 0 and a message) goes out.
    """
    send_frame(control, {"ready": True})
    while True:
        byte, descriptors, _, _ = socket.recv_fds(control, 1, 1)
        _reap()
        if not byte or not descriptors:
            return
        os.set_inheritable(descriptors[0], False)  # recv_fds leaves it open to every program run from here
        with socket.socket(fileno=descriptors[0]) as connection:
            send_frame(control, _fork(control, connection, fork, first_process))


def fork_plain(kernel: Kernel, first_process: Callable[[], None]) -> int:
    """Run ``first_process`` in a new process of its own session, without namespaces."""
    pid = os.fork()
    if pid == 0:
        try:
            os.setsid()
            kernel.die_with_parent()
            first_process()
        finally:
            os._exit(0)
    return pid


def _fork(
    control: socket.socket, connection: socket.socket, fork: Fork, first_process: FirstProcess
) -> dict[str, object]:
    def inside() -> None:
        control.close()
        _silence()
        first_process(connection)

    try:
        return {"pid": fork(inside)}
    except OSError as error:
        return {"pid": 0, "message": error.strerror or str(error)}


def _silence() -> None:
    """Nothing that runs inside writes to the terminal of whoever started this."""
    null = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(null, stream)
    os.close(null)


def _reap() -> None:
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
