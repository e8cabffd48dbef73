"""The first process of a sandbox: builds its root, then runs commands and touches files as it is told."""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from harness.sandboxes.commands import Commands, end_everything
from harness.sandboxes.files import read_file, snapshot, write_file, write_tree
from harness.sandboxes.kernel import Kernel
from harness.sandboxes.layout import Layout
from harness.sandboxes.namespaces import give_up_privileges, raise_loopback
from harness.sandboxes.root_directory import enter_root
from harness.wire import WireError, receive_frame, send_frame

Reply = tuple[dict[str, Any], bytes]


def serve_session(kernel: Kernel, layout: Layout, connection: socket.socket) -> None:
    """Be the first process of a sandbox until the connection ends; never returns with processes left inside."""
    try:
        header, body = receive_frame(connection)
        try:
            _set_up(kernel, layout, unpack(header["files"], body), unpack(header["extra"], body))
        except OSError as error:
            send_frame(connection, failure(error))
            return
        send_frame(connection, {"ok": True})
        serve_requests(connection, layout.home, Commands(connection, layout.environment))
    except WireError:
        return


def serve_requests(connection: socket.socket, home: str, commands: Commands) -> None:
    """Run commands and touch files below ``home``, until the connection ends: raises ``WireError`` then."""
    while True:
        header, body = receive_frame(connection)
        try:
            reply, content = _answer(commands, home, header, body)
        except OSError as error:
            reply, content = failure(error), b""
        except ValueError as error:  # a null byte in a path, or text that cannot be encoded
            reply, content = failure(OSError(errno.EINVAL, str(error))), b""
        send_frame(connection, reply, content)


def failure(error: OSError) -> dict[str, Any]:
    """The reply that becomes an ``OSError`` again at the other end."""
    return {
        "ok": False,
        "errno": error.errno or 5,
        "message": error.strerror or str(error),
        "path": error.filename,
    }


def pack(files: Mapping[str, bytes], offset: int = 0) -> tuple[list[list[Any]], bytes]:
    """Files as a JSON index of [path, offset, length] and one body."""
    index: list[list[Any]] = []
    for path, content in files.items():
        index.append([path, offset, len(content)])
        offset += len(content)
    return index, b"".join(files.values())


def unpack(index: Iterable[Iterable[Any]], body: bytes) -> dict[str, bytes]:
    """Back from ``pack``."""
    return {path: body[offset : offset + length] for path, offset, length in index}


def _set_up(kernel: Kernel, layout: Layout, files: Mapping[str, bytes], extra: Mapping[str, bytes]) -> None:
    enter_root(kernel, layout, extra)
    if layout.loopback:
        raise_loopback()
    kernel.sethostname(layout.hostname)
    give_up_privileges(kernel, layout.limits, apart=True)
    os.environ.clear()
    os.environ.update(layout.environment)
    os.chdir(layout.home)
    write_tree(layout.home, files)


def _answer(commands: Commands, home: str, header: Mapping[str, Any], body: bytes) -> Reply:
    operation = header["operation"]
    if operation == "execute":
        return _execute(commands, header, body)
    inside = str(Path(home, header.get("path", "")))
    if operation == "read":
        return {"ok": True}, read_file(inside)
    if operation == "write":
        write_file(inside, body)
        return {"ok": True}, b""
    end_everything()  # so that the copy is of one moment
    index, content = pack(snapshot(home))
    return {"ok": True, "files": index}, content


def _execute(commands: Commands, header: Mapping[str, Any], body: bytes) -> Reply:
    finished = commands.execute(tuple(header["argv"]), timeout=header["timeout"], stdin=body)
    reply = {
        "ok": True,
        "exit_code": finished.exit_code,
        "timed_out": finished.timed_out,
        "truncated": finished.truncated,
    }
    return reply, finished.output
