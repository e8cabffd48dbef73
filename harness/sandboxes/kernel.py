"""The few Linux system calls that Python 3.11 has no function for."""

from __future__ import annotations

import ctypes
import os

CLONE_NEWNS = 0x0002_0000
CLONE_NEWUTS = 0x0400_0000
CLONE_NEWIPC = 0x0800_0000
CLONE_NEWUSER = 0x1000_0000
CLONE_NEWPID = 0x2000_0000
CLONE_NEWNET = 0x4000_0000
ALL_NAMESPACES = CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS

MS_BIND = 0x1000
MS_REC = 0x4000
MS_PRIVATE = 1 << 18
MS_NOSUID = 2
MS_NODEV = 4
MNT_DETACH = 2

MOUNT_ATTR_RDONLY = 0x1
MOUNT_ATTR_NOSUID = 0x2
MOUNT_ATTR_NODEV = 0x4

_PR_SET_PDEATHSIG = 1
_PR_SET_DUMPABLE = 4
_PR_CAPBSET_DROP = 24
_PR_SET_CHILD_SUBREAPER = 36
_PR_SET_NO_NEW_PRIVS = 38
_CAPABILITY_VERSION_3 = 0x2008_0522
_LAST_CAPABILITY = 63
_AT_RECURSIVE = 0x8000
_AT_FDCWD = -100
_SYS_MOUNT_SETATTR = 442  # the same number on every architecture
_SYS_PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}


class _MountAttributes(ctypes.Structure):
    _fields_ = (
        ("attr_set", ctypes.c_uint64),
        ("attr_clr", ctypes.c_uint64),
        ("propagation", ctypes.c_uint64),
        ("userns_fd", ctypes.c_uint64),
    )


class _CapabilityHeader(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _CapabilityData(ctypes.Structure):
    _fields_ = (
        ("effective", ctypes.c_uint32),
        ("permitted", ctypes.c_uint32),
        ("inheritable", ctypes.c_uint32),
    )


class Kernel:
    """System calls of this process; every method raises ``OSError`` naming what failed."""

    def __init__(self) -> None:
        self._libc = ctypes.CDLL(None, use_errno=True)

    def unshare(self, flags: int) -> None:
        """Move this process (and, for pid namespaces, its next child) into new namespaces."""
        _check(self._libc.unshare(flags), "unshare")

    def mount(self, source: str, target: str, kind: str, flags: int = 0, options: str = "") -> None:
        """Mount ``source`` at ``target``."""
        result = self._libc.mount(
            os.fsencode(source),
            os.fsencode(target),
            kind.encode(),
            ctypes.c_ulong(flags),
            options.encode() or None,
        )
        _check(result, f"mount {target}")

    def restrict_mounts(self, target: str, attributes: int, *, recursive: bool = True) -> None:
        """Add attributes (``MOUNT_ATTR_…``) to a mount and those below it."""
        wanted = _MountAttributes(attr_set=attributes)
        result = self._libc.syscall(
            ctypes.c_long(_SYS_MOUNT_SETATTR),
            ctypes.c_int(_AT_FDCWD),
            ctypes.c_char_p(os.fsencode(target)),
            ctypes.c_uint(_AT_RECURSIVE if recursive else 0),
            ctypes.byref(wanted),
            ctypes.c_size_t(ctypes.sizeof(wanted)),
        )
        _check(result, f"mount_setattr {target}")

    def pivot_root(self, new_root: str) -> None:
        """Make ``new_root`` (a mount point) the root directory and let go of the old one."""
        os.chdir(new_root)
        number = _SYS_PIVOT_ROOT[os.uname().machine]
        here = ctypes.c_char_p(b".")
        _check(self._libc.syscall(ctypes.c_long(number), here, here), "pivot_root")
        _check(self._libc.umount2(b".", MNT_DETACH), "umount the old root")
        os.chdir("/")

    def sethostname(self, name: str) -> None:
        """Name this uts namespace's machine."""
        encoded = name.encode()
        _check(self._libc.sethostname(encoded, ctypes.c_size_t(len(encoded))), "sethostname")

    def die_with_parent(self) -> None:
        """Be killed when the thread that made this process ends; a change of user id clears it."""
        self._prctl(_PR_SET_PDEATHSIG, 9)

    def adopt_orphans(self) -> None:
        """Become the parent of descendants whose own parent ends."""
        self._prctl(_PR_SET_CHILD_SUBREAPER, 1)

    def forbid_new_privileges(self) -> None:
        """No program that is executed from here on gains privileges."""
        self._prctl(_PR_SET_NO_NEW_PRIVS, 1)

    def forbid_inspection(self) -> None:
        """No process of the same user may trace this one or read its memory."""
        self._prctl(_PR_SET_DUMPABLE, 0)

    def empty_bounding_set(self) -> None:
        """Let no program that is executed from here on gain a capability; needs the right to say so."""
        for capability in range(_LAST_CAPABILITY + 1):
            if self._libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0) != 0:
                return  # above the last one that this kernel knows

    def drop_capabilities(self) -> None:
        """Give up every capability that this process has."""
        header = _CapabilityHeader(version=_CAPABILITY_VERSION_3, pid=0)
        nothing = (_CapabilityData * 2)()
        _check(self._libc.capset(ctypes.byref(header), nothing), "capset")

    def _prctl(self, option: int, value: int) -> None:
        _check(self._libc.prctl(option, ctypes.c_ulong(value), 0, 0, 0), f"prctl {option}")


def _check(result: int, what: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
