"""Puts folders out of this process's reach for good; imports next to nothing, since threads must not exist yet."""

from __future__ import annotations

import os
from multiprocessing.connection import Connection
from pathlib import Path

from harness.sandboxes.kernel import CLONE_NEWNS, CLONE_NEWUSER, MS_PRIVATE, MS_REC, Kernel


def answer_apart(connection: Connection, hidden: tuple[str, ...]) -> None:
    """Withdraw, then call the one function that is sent with its argument, and send what it returns or raises.

    What is called is unpickled afterwards, so that its imports see the folders empty as well.
    """
    withdraw(hidden)
    function, given = connection.recv()
    try:
        connection.send(function(given))
    except Exception as error:  # noqa: BLE001 - it belongs to the caller, who raises it
        connection.send(error)


def withdraw(folders: tuple[str, ...]) -> bool:
    """Show this process empty folders instead of ``folders``, and give up what it could undo that with.

    Returns whether the machine allowed it: without namespaces nothing changes. Must be called before the
    process starts a thread.
    """
    kernel = Kernel()
    kernel.die_with_parent()
    user, group = os.getuid(), os.getgid()
    try:
        kernel.unshare(CLONE_NEWUSER | CLONE_NEWNS)
    except OSError:
        return False
    Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
    Path("/proc/self/uid_map").write_text(f"{user} {user} 1\n", encoding="ascii")
    Path("/proc/self/gid_map").write_text(f"{group} {group} 1\n", encoding="ascii")
    kernel.mount("none", "/", "none", MS_REC | MS_PRIVATE)
    for folder in folders:
        if Path(folder).is_dir():
            kernel.mount("tmpfs", folder, "tmpfs", 0, "size=4k,mode=555")
    kernel.drop_capabilities()
    kernel.forbid_new_privileges()
    kernel.die_with_parent()
    return True
