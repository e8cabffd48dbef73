"""A process that has LangChain loaded and forks one agent process per run."""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import pkgutil
import random
import socket
import time
import traceback
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from harness.agent_process.link import Link
from harness.sandboxes.fork_loop import fork_plain, serve_forks
from harness.sandboxes.kernel import Kernel
from harness.sandboxes.layout import Layout
from harness.sandboxes.namespaces import fork_isolated, give_up_privileges
from harness.sandboxes.root_directory import enter_root
from harness.sandboxes.session_process import unpack
from harness.wire import WireError, receive_frame, send_frame

PRELOADED = ("harness.agent_process.agent", "langchain.agents.middleware")
_BUSY = 1_000_000_000  # the collector's threshold in a child: a run is too short for it to pay


def main(control_descriptor: int) -> None:
    """Load everything, then fork until the control connection ends. A failing import is reported, not ignored."""
    kernel = Kernel()
    kernel.adopt_orphans()
    with socket.socket(fileno=control_descriptor) as control, contextlib.suppress(WireError, ConnectionError):
        setup, _ = receive_frame(control)
        if (failure := preload(setup.get("preload", ()))) is not None:
            send_frame(control, {"ready": False, "message": failure})
            return
        gc.collect()
        gc.freeze()
        if setup["isolated"]:
            layout = Layout.from_json(setup["layout"])
            serve_forks(control, partial(fork_isolated, kernel), partial(_isolated, kernel, layout))
        else:
            serve_forks(control, partial(fork_plain, kernel), _plain)


def preload(more: tuple[str, ...]) -> str | None:
    """Import what every run needs; what went wrong, if anything did."""
    try:
        stock = importlib.import_module("middleware")
        names = [f"middleware.{module.name}" for module in pkgutil.iter_modules(stock.__path__)]
        for name in (*PRELOADED, *names, *more):
            importlib.import_module(name)
    except Exception:  # noqa: BLE001 - whatever it is, the service cannot start, and says why
        return traceback.format_exc(limit=-3)
    return None


def _isolated(kernel: Kernel, layout: Layout, connection: socket.socket) -> None:
    """An agent process in namespaces: the harness's files are copied into its root."""
    start, body = receive_frame(connection)
    folder = f"/harness/{start['tree']}"
    files = {f"{folder}/{path}": content for path, content in unpack(start["files"], body).items()}
    try:
        enter_root(kernel, layout, files)
        kernel.sethostname(layout.hostname)
        give_up_privileges(kernel, layout.limits)
    except OSError as error:
        send_frame(connection, {"operation": "broken", "message": str(error)})
        return
    os.chdir(layout.home)
    send_frame(connection, {"operation": "ready"})  # what comes from here on may come from the harness's code
    run_once(start, connection, Path(folder))


def _plain(connection: socket.socket) -> None:
    """An agent process without isolation: the harness's files are read where they lie."""
    start, _ = receive_frame(connection)
    send_frame(connection, {"operation": "ready"})
    run_once(start, connection, Path(start["folder"]))


def run_once(start: Mapping[str, Any], connection: socket.socket, folder: Path) -> None:
    """Be the agent process of the run that ``start`` describes, or try new code with its own test.

    The harness's files are in ``folder``.
    """
    if "test" in start:
        from harness.agent_process.own_test import run_test  # noqa: PLC0415 - seldom needed

        run_test(start, connection, folder)
        return
    from harness.agent_process.agent import run_agent  # noqa: PLC0415 - loaded before the fork

    gc.set_threshold(_BUSY)
    random.seed(start["seed"])
    link = Link(connection, virtual=start["virtual"], monotonic=time.monotonic)
    with contextlib.suppress(OSError):  # the supervisor is gone: there is nobody to tell
        run_agent(start, link, folder)
