"""Forks a process into user, mount, pid, network, ipc and host name namespaces of its own."""

from __future__ import annotations

import contextlib
import fcntl
import os
import resource
import signal
import socket
import struct
from collections.abc import Callable

from harness.sandboxes.kernel import ALL_NAMESPACES, Kernel
from harness.sandboxes.layout import Limits

USER = 1000  # who runs inside; to the machine that is nobody where root opens the sandbox, else its caller
_NOBODY = 65534
_ID_LIMIT = 4294967295
_SIOCSIFFLAGS = 0x8914
_IFF_UP = 1


def fork_isolated(kernel: Kernel, first_process: Callable[[], None]) -> int:
    """Run ``first_process`` as process 1 of new namespaces; returns its process id as seen from here.

    The new process is adopted by the caller (which must have called ``adopt_orphans``), is killed with it
    and ends when ``first_process`` returns. Raises ``OSError`` where the machine does not allow it.
    """
    unshared_read, unshared_write = os.pipe()
    mapped_read, mapped_write = os.pipe()
    between = os.fork()
    if between == 0:
        os.close(unshared_read)
        os.close(mapped_write)
        _between(kernel, first_process, unshared_write, mapped_read)
    os.close(unshared_write)
    os.close(mapped_read)
    with os.fdopen(unshared_read, "rb") as unshared, os.fdopen(mapped_write, "wb", buffering=0) as mapped:
        try:
            _expect_ready(unshared.readline())
            _map_ids(between)
            mapped.write(b".")
            return int(unshared.readline() or b"0")
        finally:
            os.waitpid(between, 0)  # before the pipe is closed, which the first process waits for


def _between(kernel: Kernel, first_process: Callable[[], None], unshared: int, mapped: int) -> None:
    """The process that unshares: its child is the first of the new pid namespace, and it ends at once."""
    try:
        kernel.unshare(ALL_NAMESPACES)
        os.write(unshared, b"ready\n")
        if os.read(mapped, 1) == b".":
            pid = os.fork()
            if pid == 0:
                os.close(unshared)
                _become_first(kernel, first_process, mapped)
            os.write(unshared, b"%d\n" % pid)
    except OSError as error:
        os.write(unshared, f"{error.errno} {error.strerror}\n".encode())
    finally:
        os._exit(0)


def _become_first(kernel: Kernel, first_process: Callable[[], None], mapped: int) -> None:
    code = 1
    try:
        signal.signal(
            signal.SIGINT, signal.SIG_DFL
        )  # the kernel spares a first process what it does not handle
        os.read(mapped, 1)  # ends when the process between is gone: only then has the parent changed for good
        os.close(mapped)
        kernel.die_with_parent()
        first_process()
        code = 0
    finally:
        os._exit(code)


def _expect_ready(line: bytes) -> None:
    if line != b"ready\n":
        number, _, reason = line.decode().strip().partition(" ")
        raise OSError(int(number or 5), reason or "a process between ended early")


def _map_ids(pid: int) -> None:
    """Map ``USER`` inside to nobody, or to the caller where only that is allowed."""
    if os.geteuid() == 0:
        swapped = f"0 0 {USER}\n{USER} {_NOBODY} 1\n{USER + 1} {USER + 1} {_NOBODY - USER - 1}\n"
        rest = f"{_NOBODY} {USER} 1\n{_NOBODY + 1} {_NOBODY + 1} {_ID_LIMIT - _NOBODY - 1}\n"
        with contextlib.suppress(OSError):  # root of a container may own fewer ids
            _write_maps(pid, swapped + rest, swapped + rest)
            return
        _write_maps(pid, f"0 0 1\n{USER} {_NOBODY} 1\n", f"0 0 1\n{USER} {_NOBODY} 1\n")
        return
    _write(f"/proc/{pid}/setgroups", "deny")
    _write_maps(pid, f"{USER} {os.geteuid()} 1\n", f"{USER} {os.getegid()} 1\n")


def _write_maps(pid: int, users: str, groups: str) -> None:
    _write(f"/proc/{pid}/uid_map", users)
    _write(f"/proc/{pid}/gid_map", groups)


def _write(path: str, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY)
    try:
        os.write(descriptor, text.encode())
    finally:
        os.close(descriptor)


def give_up_privileges(kernel: Kernel, limits: Limits, *, apart: bool = False) -> None:
    """Become ``USER`` without capabilities, under ``limits``, unable to gain any or to open namespaces.

    ``apart`` keeps another saved group, which no program run from here inherits: the kernel then refuses
    them to change this process's limits. Where only one group is mapped there is no other to keep.
    """
    os.umask(0o022)
    _limit(limits)
    kernel.empty_bounding_set()
    if os.getuid() != USER:
        os.setgroups([])
        os.setresgid(USER, USER, 0 if apart else USER)
        os.setresuid(USER, USER, USER)
    kernel.drop_capabilities()
    kernel.forbid_new_privileges()
    kernel.forbid_inspection()
    kernel.die_with_parent()  # again: the change of user cleared it


def _limit(limits: Limits) -> None:
    for kind, value in (
        (resource.RLIMIT_CPU, limits.cpu_seconds),
        (resource.RLIMIT_AS, limits.address_space),
        (resource.RLIMIT_FSIZE, limits.file_size),
        (resource.RLIMIT_NPROC, limits.processes),
        (resource.RLIMIT_NOFILE, limits.open_files),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(kind)
        allowed = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (allowed, allowed))


def raise_loopback() -> None:
    """Switch on this network namespace's loopback interface."""
    request = struct.pack("16sh14x", b"lo", _IFF_UP)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        fcntl.ioctl(control, _SIOCSIFFLAGS, request)
