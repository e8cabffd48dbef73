"""A small process, started once, that forks the first process of each sandbox in a few milliseconds."""

from __future__ import annotations

import contextlib
import socket
from functools import partial

from harness.sandboxes.fork_loop import serve_forks
from harness.sandboxes.kernel import Kernel
from harness.sandboxes.layout import Layout
from harness.sandboxes.namespaces import fork_isolated
from harness.sandboxes.session_process import serve_session
from harness.wire import WireError, receive_frame


def main(control_descriptor: int) -> None:
    """Serve until the control connection ends."""
    kernel = Kernel()
    kernel.adopt_orphans()
    with (
        socket.socket(fileno=control_descriptor) as control,
        contextlib.suppress(WireError, BrokenPipeError, ConnectionResetError),
    ):
        setup, _ = receive_frame(control)
        layout = Layout.from_json(setup["layout"])
        serve_forks(control, partial(fork_isolated, kernel), partial(serve_session, kernel, layout))
