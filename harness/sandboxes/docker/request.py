"""What the engine is asked for: a container that can do little, as plain arguments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from harness.sandbox import WORKSPACE
from harness.sandboxes.docker.limits import ContainerLimits

USER = 65534  # nobody, to the machine as well
_CPU_UNIT = 1_000_000_000
_NO_LOG = {"type": "none", "config": {}}


@dataclass(frozen=True, kw_only=True)
class ContainerRequest:
    """A container. ``binds`` are (path here, path inside), all read-only; ``scratch`` are (folder, bytes, files).

    ``masked`` are folders shown empty, ``emptied`` the volumes an image declares, which would be disk without a limit.
    """

    image: str
    program: tuple[str, ...]
    environment: Mapping[str, str]
    labels: Mapping[str, str]
    limits: ContainerLimits
    home: str = WORKSPACE
    hostname: str = "sandbox"
    binds: tuple[tuple[str, str], ...] = ()
    masked: tuple[str, ...] = ()
    emptied: tuple[str, ...] = ()
    scratch: tuple[tuple[str, int], ...] = ()
    network: bool = False
    tmpfs_user: int = field(default=USER)


def container_arguments(request: ContainerRequest) -> dict[str, Any]:
    """Arguments of the SDK's ``create_container_config``."""
    return {
        "image": request.image,
        "entrypoint": list(request.program),
        "command": [],
        "user": f"{USER}:{USER}",
        "working_dir": request.home,
        "hostname": request.hostname,
        "environment": dict(request.environment),
        "labels": dict(request.labels),
        "network_disabled": not request.network,
        "healthcheck": {"test": ["NONE"]},  # the image's own would be a process that nobody asked for
        "stop_signal": "SIGKILL",
    }


def host_arguments(request: ContainerRequest) -> dict[str, Any]:
    """Arguments of the SDK's ``HostConfig``."""
    limits = request.limits
    return {
        "network_mode": "bridge" if request.network else "none",
        "read_only": True,
        "cap_drop": ["ALL"],
        "security_opt": ["no-new-privileges:true"],  # and the engine's own filter of system calls stays on
        "privileged": False,
        "mem_limit": limits.memory,
        "memswap_limit": limits.memory,
        "nano_cpus": int(limits.cpus * _CPU_UNIT),
        "pids_limit": limits.processes,
        "shm_size": limits.shared_memory,
        "ulimits": [
            {"Name": "nofile", "Soft": limits.open_files, "Hard": limits.open_files},
            {"Name": "core", "Soft": 0, "Hard": 0},
        ],
        "mounts": [*map(_bind, request.binds), *map(_empty, request.emptied)],
        "tmpfs": _tmpfs(request),
        "ipc_mode": "private",
        "init": False,  # our own program reaps
        "auto_remove": True,  # when its owner ends, so does our program, and then nothing is left
        "log_config": _NO_LOG,
    }


def _bind(paths: tuple[str, str]) -> dict[str, Any]:
    source, target = paths
    return {
        "Type": "bind",
        "Source": source,
        "Target": target,
        "ReadOnly": True,
        "BindOptions": {"Propagation": "rprivate"},
    }


def _empty(target: str) -> dict[str, Any]:
    return {
        "Type": "tmpfs",
        "Target": target,
        "TmpfsOptions": {"SizeBytes": 16 * 1024 * 1024, "Mode": 0o1777},
    }


def _tmpfs(request: ContainerRequest) -> dict[str, str]:
    owner = f"uid={request.tmpfs_user},gid={request.tmpfs_user}"
    writable = f"rw,exec,nosuid,nodev,{owner},mode=1777,nr_inodes={request.limits.files}"
    return {
        **dict.fromkeys(request.masked, "ro,nosuid,nodev,mode=0755,size=1m"),
        **{folder: f"{writable},size={size}" for folder, size in request.scratch},
    }
