"""A small process, started once, that forks the first process of each sandbox in a few milliseconds."""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Callable

from harness.sandboxes.kernel import Kernel
from harness.sandboxes.layout import Layout
from harness.sandboxes.namespaces import fork_isolated
from harness.sandboxes.session_process import serve_session
from harness.wire import WireError, receive_frame, send_frame


def main(control_descriptor: int) -> None:
    """Serve until the control connection ends: one connection comes in per sandbox, its process id goes out."""
    kernel = Kernel()
    kernel.adopt_orphans()
    with socket.socket(fileno=control_descriptor) as control, contextlib.suppress(WireError):
        header, _ = receive_frame(control)
        layout = Layout.from_json(header["layout"])

        def first_process(connection: socket.socket) -> None:
            control.close()
            serve_session(kernel, layout, connection)

        serve_forks(kernel, control, first_process)


def serve_forks(
    kernel: Kernel, control: socket.socket, first_process: Callable[[socket.socket], None]
) -> None:
    """Fork ``first_process`` for each connection that comes in, until the control connection ends."""
    while True:
        byte, descriptors, _, _ = socket.recv_fds(control, 1, 1)
        reap()
        if not byte or not descriptors:
            return
        with socket.socket(fileno=descriptors[0]) as connection:
            send_frame(control, _fork(kernel, connection, first_process))


def reap() -> None:
    """Collect children that have ended."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _fork(
    kernel: Kernel, connection: socket.socket, first_process: Callable[[socket.socket], None]
) -> dict[str, object]:
    try:
        return {"pid": fork_isolated(kernel, lambda: first_process(connection))}
    except OSError as error:
        return {"pid": 0, "message": error.strerror or str(error)}
