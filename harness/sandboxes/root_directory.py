"""Builds a sandbox's root directory in a mount namespace of its own, and moves into it."""
# ruff: noqa: PTH102, PTH103, PTH110, PTH112, PTH114, PTH120, PTH123, PTH211 - paths are prefixes of another root, joined as text

from __future__ import annotations

import errno
import os
from collections.abc import Mapping

from harness.sandboxes.kernel import (
    MOUNT_ATTR_NODEV,
    MOUNT_ATTR_NOSUID,
    MOUNT_ATTR_RDONLY,
    MS_BIND,
    MS_NODEV,
    MS_NOSUID,
    MS_PRIVATE,
    MS_REC,
    Kernel,
)
from harness.sandboxes.layout import Layout
from harness.sandboxes.namespaces import USER

_DEVICES = ("null", "zero", "full", "random", "urandom", "tty")
_DEVICE_LINKS = (
    ("fd", "/proc/self/fd"),
    ("stdin", "/proc/self/fd/0"),
    ("stdout", "/proc/self/fd/1"),
    ("stderr", "/proc/self/fd/2"),
)
_STAGES = ("/mnt", "/media", "/srv", "/run", "/opt", "/var", "/tmp")  # noqa: S108 - a mount point, never written to


def enter_root(kernel: Kernel, layout: Layout, extra: Mapping[str, bytes]) -> None:
    """Build ``layout`` on an empty tmpfs and pivot into it; ``extra`` are read-only files, path → content.

    The process must be the first of new user, mount and pid namespaces. Raises ``OSError``.
    """
    kernel.mount("none", "/", "", MS_REC | MS_PRIVATE)
    stage = _stage(layout)
    kernel.mount("tmpfs", stage, "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755,size=128m")
    _bind_all(kernel, stage, layout.binds)
    for folder in layout.masked:
        _mask(kernel, stage + folder)
    _bind_all(kernel, stage, layout.rebinds)
    _write_files(stage, layout, extra)
    for folder in ("/proc", "/dev", *(folder for folder, _ in layout.scratch)):
        os.makedirs(stage + folder, exist_ok=True)
    kernel.restrict_mounts(stage, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV)
    _mount_devices(kernel, stage + "/dev")
    _mount_proc(kernel, stage + "/proc", whole=layout.whole_proc)
    for folder, size in layout.scratch:
        _mount_scratch(kernel, stage + folder, size)
    kernel.pivot_root(stage)


def _stage(layout: Layout) -> str:
    sources = [source for source, _ in (*layout.binds, *layout.rebinds)]
    for folder in _STAGES:
        hides = any(source == folder or source.startswith(folder + "/") for source in sources)
        if os.path.isdir(folder) and not hides:
            return folder
    raise FileNotFoundError(f"no free mount point among {', '.join(_STAGES)}")


def _bind_all(kernel: Kernel, stage: str, binds: tuple[tuple[str, str], ...]) -> None:
    for source, target in binds:
        if not os.path.exists(source):
            continue
        if os.path.isdir(source):
            os.makedirs(stage + target, exist_ok=True)
        else:
            _touch(stage + target)
        kernel.mount(source, stage + target, "", MS_BIND | MS_REC)
        kernel.restrict_mounts(
            stage + target, MOUNT_ATTR_RDONLY
        )  # before any file is written: it is the machine's


def _mask(kernel: Kernel, folder: str) -> None:
    if os.path.isdir(folder) and not os.path.islink(folder):
        kernel.mount("tmpfs", folder, "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755,size=1m")


def _write_files(stage: str, layout: Layout, extra: Mapping[str, bytes]) -> None:
    for path, target in layout.links:
        os.makedirs(os.path.dirname(stage + path), exist_ok=True)
        os.symlink(target, stage + path)
    contents = {path: text.encode() for path, text in layout.files.items()}
    for path, content in {**contents, **extra}.items():
        if not path.startswith("/") or os.path.normpath(path) != path:
            raise OSError(errno.EINVAL, "not an absolute path", path)
        os.makedirs(os.path.dirname(stage + path), exist_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
        with open(os.open(stage + path, flags, 0o644), "wb") as file:
            file.write(content)


def _mount_devices(kernel: Kernel, folder: str) -> None:
    kernel.mount("tmpfs", folder, "tmpfs", MS_NOSUID, "mode=0755,size=1m")
    for name in _DEVICES:
        _touch(f"{folder}/{name}")
        kernel.mount(f"/dev/{name}", f"{folder}/{name}", "", MS_BIND)
    for name, target in _DEVICE_LINKS:
        os.symlink(target, f"{folder}/{name}")
    os.mkdir(f"{folder}/shm")
    kernel.restrict_mounts(folder, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID, recursive=False)
    _mount_scratch(kernel, f"{folder}/shm", 16 * 1024 * 1024)


def _mount_proc(kernel: Kernel, folder: str, *, whole: bool) -> None:
    kernel.mount("proc", folder, "proc", MS_NOSUID | MS_NODEV)
    with open(f"{folder}/sys/user/max_user_namespaces", "w", encoding="ascii") as setting:
        setting.write("0")  # for this user namespace: nothing inside can open another
    if not whole:
        kernel.mount("proc", folder, "proc", MS_NOSUID | MS_NODEV, "subset=pid")


def _mount_scratch(kernel: Kernel, folder: str, size: int) -> None:
    kernel.mount(
        "tmpfs", folder, "tmpfs", MS_NOSUID | MS_NODEV, f"mode=1777,uid={USER},size={size},nr_inodes=20000"
    )


def _touch(path: str) -> None:
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "ab"):
        pass
