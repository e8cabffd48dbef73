"""A filter of system calls by which no command can throttle the first process of its container.

Commands and first process are the same user without capabilities, so the kernel would let one set the other's limits,
priority and processors. The filter refuses that for process 1 and for "all processes of this user", and nothing else.
"""

from __future__ import annotations

import ctypes
import errno
import os
import struct
from collections.abc import Iterable
from dataclasses import dataclass

_PR_SET_SECCOMP = 22
_MODE_FILTER = 2
_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06  # BPF: ld [k], jeq, jge, ret
_ALLOW = 0x7FFF_0000
_ERROR = 0x0005_0000
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16  # offsets in struct seccomp_data; little-endian machines only
_OTHER_CALLS = 0x4000_0000  # numbers of x32, by which the same calls could be made
_PRIORITY_OF_USER = 2
_IO_PRIORITY_OF_USER = 3


@dataclass(frozen=True, kw_only=True)
class Machine:
    """An architecture as audit names it, and its call numbers."""

    architecture: int
    calls: dict[str, int]


_NAMES = (
    "prlimit64", "sched_setscheduler", "sched_setparam", "sched_setattr", "sched_setaffinity", "setpriority", "ioprio_set",
    "shmget", "semget", "msgget", "mq_open",
)  # fmt: skip
_MACHINES = {
    "x86_64": Machine(
        architecture=0xC000_003E,
        calls=dict(zip(_NAMES, (302, 144, 142, 314, 203, 141, 251, 29, 64, 68, 240), strict=True)),
    ),
    "aarch64": Machine(
        architecture=0xC000_00B7,
        calls=dict(zip(_NAMES, (261, 119, 118, 274, 122, 140, 30, 194, 190, 186, 180), strict=True)),
    ),
}
_FIRST = tuple((name, 0, 1) for name in _NAMES[:5])
_OF_FIRST = (
    *_FIRST,
    ("setpriority", 1, 1),
    ("setpriority", 0, _PRIORITY_OF_USER),
    ("ioprio_set", 1, 1),
    ("ioprio_set", 0, _IO_PRIORITY_OF_USER),
)
_LASTING = ("shmget", "semget", "msgget", "mq_open")


def filter_calls(*, lasting: bool = True) -> None:
    """Filter the calls of this process and of all that it starts; ``lasting`` objects outlive their processes.

    Raises ``OSError`` on machines whose call numbers are not known here.
    """
    machine = _MACHINES.get(os.uname().machine)
    if machine is None:
        raise OSError(errno.ENOSYS, f"no call numbers for {os.uname().machine}")
    code = program(machine, lasting=lasting)
    buffer = ctypes.create_string_buffer(code, len(code))
    described = struct.pack("HxxxxxxP", len(code) // 8, ctypes.addressof(buffer))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_SECCOMP, ctypes.c_ulong(_MODE_FILTER), described, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), f"seccomp: {os.strerror(ctypes.get_errno())}")


def program(machine: Machine, *, lasting: bool) -> bytes:
    """The filter in classic BPF: calls of another architecture do not exist, those of the rules are not permitted."""
    missing, refused = _ERROR | errno.ENOSYS, _ERROR | errno.EPERM
    lines = [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_EQUAL, 1, 0, machine.architecture),
        (_RETURN, 0, 0, missing),
        (_LOAD, 0, 0, _NUMBER),
        (_AT_LEAST, 0, 1, _OTHER_CALLS),
        (_RETURN, 0, 0, missing),
        *_refusals(machine, refused),
    ]
    for name in () if lasting else _LASTING:
        lines += [(_EQUAL, 0, 1, machine.calls[name]), (_RETURN, 0, 0, refused)]
    lines.append((_RETURN, 0, 0, _ALLOW))
    return b"".join(struct.pack("HBBI", *line) for line in lines)


def _refusals(machine: Machine, refused: int) -> Iterable[tuple[int, int, int, int]]:
    """For each rule: the right call and the right argument, else the next rule with the call's number loaded."""
    for name, argument, value in _OF_FIRST:
        yield (_EQUAL, 0, 4, machine.calls[name])
        yield (_LOAD, 0, 0, _ARGUMENTS + 8 * argument)  # the lower half: process ids and kinds are 32 bits
        yield (_EQUAL, 0, 1, value)
        yield (_RETURN, 0, 0, refused)
        yield (_LOAD, 0, 0, _NUMBER)
