"""What a sandbox shows of this machine: programs and libraries, and a plain interpreter without our packages."""
# ruff: noqa: PTH110, PTH112, PTH114, PTH115, PTH207 - paths travel as text

from __future__ import annotations

import glob
import os
import sys
from pathlib import Path

SYSTEM_FOLDERS = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
_SYSTEM_FILES = ("/etc/ld.so.cache", "/etc/alternatives", "/etc/localtime")
_PACKAGE_FOLDERS = (
    "/usr/lib/python3*/dist-packages",
    "/usr/lib/python3*/site-packages",
    "/usr/lib64/python3*/site-packages",
    "/usr/local/lib/python3*/dist-packages",
    "/usr/local/lib/python3*/site-packages",
)
_NAMES_FOLDER = "/run/python"
PATH = f"{_NAMES_FOLDER}:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"
ETC = {
    "/etc/passwd": (
        "root:x:0:0:root:/:/usr/sbin/nologin\n"
        "agent:x:1000:1000:agent:/workspace:/bin/bash\n"
        "nobody:x:65534:65534:nobody:/:/usr/sbin/nologin\n"
    ),
    "/etc/group": "root:x:0:\nagent:x:1000:\nnogroup:x:65534:\n",
    "/etc/hosts": "127.0.0.1 localhost sandbox\n::1 localhost\n",
    "/etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
}


def system_binds() -> tuple[tuple[str, str], ...]:
    """Folders and files to show at the same place, read-only."""
    folders = [folder for folder in SYSTEM_FOLDERS if os.path.isdir(folder) and not os.path.islink(folder)]
    paths = (*folders, *_SYSTEM_FILES, *_interpreter_folder())
    return tuple((os.path.realpath(path), path) for path in paths if os.path.exists(path))


def system_links() -> tuple[tuple[str, str], ...]:
    """The links of a merged ``/usr``, and the names by which programs find the plain interpreter."""
    links = [(folder, os.readlink(folder)) for folder in SYSTEM_FOLDERS if os.path.islink(folder)]
    names = [(f"{_NAMES_FOLDER}/{name}", plain_interpreter()) for name in ("python3", "python")]
    return (*links, *names)


def package_folders() -> tuple[str, ...]:
    """Folders with installed packages, which a plain interpreter must not see."""
    own = glob.glob(f"{sys.base_prefix}/lib/python3*/site-packages")
    found = {path for pattern in _PACKAGE_FOLDERS for path in glob.glob(pattern)} | set(own)
    return tuple(sorted(path for path in found if os.path.isdir(path) and not os.path.islink(path)))


def project_folders() -> tuple[str, ...]:
    """Where this project and its environment lie, if a system folder would show them."""
    root = str(Path(__file__).resolve().parents[2])
    shown = [root, sys.prefix] if sys.prefix != sys.base_prefix else [root]
    binds = [target for _, target in system_binds()]
    return tuple(path for path in shown if any(path.startswith(f"{bind}/") for bind in binds))


def plain_interpreter() -> str:
    """The interpreter that our environment was made from, by its real path."""
    name = f"python{sys.version_info.major}.{sys.version_info.minor}"
    candidates = (f"{sys.base_prefix}/bin/{name}", f"{sys.base_prefix}/bin/python3", sys.executable)
    return os.path.realpath(next(path for path in candidates if os.path.exists(path)))


def _interpreter_folder() -> tuple[str, ...]:
    prefix = os.path.realpath(sys.base_prefix)
    return () if prefix == "/usr" or prefix.startswith("/usr/") else (prefix,)
