"""The first process of the agents' container: forks one agent process after the other, and wipes what each leaves."""

from __future__ import annotations

import contextlib
import gc
import os
import shutil
import socket
from pathlib import Path

from harness.agent_process.fork_server import preload, run_once
from harness.sandboxes.commands import end_everything
from harness.sandboxes.docker.inside import SpawnedFirstToGo, enter
from harness.sandboxes.files import write_tree
from harness.sandboxes.session_process import unpack
from harness.wire import WireError, receive_frame, send_frame

HARNESS_FOLDER = "/harness"
BEGIN, END = b"b", b"e"
_SHARED_MEMORY = "/dev/shm"  # noqa: S108 - the container's own


def main() -> None:
    """Load everything, then serve until the connection ends or a run left what cannot be wiped."""
    with enter(lasting=False) as (control, spawning), contextlib.suppress(WireError, ConnectionError):
        setup, _ = receive_frame(control)
        if (problem := preload(tuple(setup["preload"]))) is not None:
            send_frame(control, {"ready": False, "message": problem})
            return
        gc.collect()
        gc.freeze()
        send_frame(control, {"ready": True})
        folders = (HARNESS_FOLDER, setup["home"], _SHARED_MEMORY)
        while _serve_one(control, spawning, folders):
            pass


def _serve_one(control: socket.socket, spawning: SpawnedFirstToGo, folders: tuple[str, ...]) -> bool:
    """Begin a run or end it; whether there may be another request."""
    request, descriptors, _, _ = socket.recv_fds(control, 1, 1)
    if request == BEGIN and descriptors:
        with socket.socket(fileno=descriptors[0]) as connection, spawning:
            pid = os.fork()
            if pid == 0:
                _be_agent(control, spawning, connection, folders[1])
        send_frame(control, {"pid": pid})
        return True
    if request == END:
        end_everything()
        clean = all(wipe(folder) for folder in folders)
        send_frame(control, {"clean": clean})
        return clean
    return False


def _be_agent(
    control: socket.socket, spawning: SpawnedFirstToGo, connection: socket.socket, home: str
) -> None:
    """The forked process: it has its own connection, and nothing of the first process's."""
    try:
        control.close()
        spawning.close()
        os.setsid()
        os.chdir(home)
        start, body = receive_frame(connection)
        folder = f"{HARNESS_FOLDER}/{start['tree']}"
        write_tree(folder, unpack(start["files"], body))
        send_frame(
            connection, {"operation": "ready"}
        )  # what comes from here on may come from the harness's code
        run_once(start, connection, Path(folder))
    except OSError as error:
        with contextlib.suppress(OSError):
            send_frame(connection, {"operation": "broken", "message": str(error)})
    finally:
        os._exit(0)


def wipe(folder: str) -> bool:
    """Empty a folder; whether that succeeded, whatever was made of it."""
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    shutil.rmtree(entry.path)
                else:
                    os.unlink(entry.path)  # noqa: PTH108 - the entry has its path as text
    except (OSError, RecursionError):
        return False
    return True
