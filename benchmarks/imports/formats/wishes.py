"""What a task asks of its own container: image, cores, memory, disk, time and network."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from harness.sandboxes.docker.build_context import DOCKERFILE, ContextFile
from harness.sandboxes.docker.limits import ContainerLimits
from harness.sandboxes.layout import MEGABYTE
from harness.task_environment import TaskEnvironment

_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([KMGT]?)i?B?", re.IGNORECASE)
_UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}
_LEAST_MEMORY = 512 * MEGABYTE
_WORKSPACE = (16 * MEGABYTE, 512 * MEGABYTE)  # at least and at most: it is memory
_BUILD_SECONDS = 600.0


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """What a task's settings say; what they leave out is as for every container. Sizes in bytes."""

    image: str | None = None
    network: bool = False
    cpus: float | None = None
    memory: int | None = None
    disk: int | None = None
    seconds: float | None = None
    build_seconds: float = _BUILD_SECONDS
    variables: Mapping[str, str] = field(default_factory=dict)

    def environment(
        self, dockerfile: str | None, context: Mapping[str, bytes], *, folders: tuple[str, ...]
    ) -> TaskEnvironment | None:
        """The container, of the image that is named, else of the Dockerfile.

        ``None`` where there is neither, or what no container may have.
        """
        if dockerfile is None and self.image is None:
            return None
        files = {} if self.image or dockerfile is None else _build_context(dockerfile, context)
        try:
            return TaskEnvironment(
                image=self.image,
                context=files,
                network=self.network,
                build_seconds=self.build_seconds,
                limits=self._limits(),
                folders=folders,
                variables=self.variables,
                seconds=self.seconds,
            )
        except ValueError:
            return None

    def _limits(self) -> ContainerLimits:
        usual = ContainerLimits()
        least, most = _WORKSPACE
        return ContainerLimits(
            cpus=min(self.cpus or usual.cpus, float(os.cpu_count() or 1)),
            memory=max(self.memory or usual.memory, _LEAST_MEMORY),
            workspace=min(max(self.disk or usual.workspace, least), most),
        )


def read_wishes(environment: Mapping[str, Any], agent: Mapping[str, Any]) -> Wishes:
    """The wishes in Harbor's tables ``[environment]`` and ``[agent]``.

    Harbor gives every task a network unless it says otherwise; here a task has one only where it asks for it.
    """
    variables, image = environment.get("env"), environment.get("docker_image")
    return Wishes(
        image=str(image) if image else None,
        network=environment.get("allow_internet") is True,
        cpus=_number(environment.get("cpus")),
        memory=_bytes(environment, "memory"),
        disk=_bytes(environment, "storage"),
        seconds=_number(agent.get("timeout_sec")),
        build_seconds=_number(environment.get("build_timeout_sec")) or _BUILD_SECONDS,
        variables=_texts(variables) if isinstance(variables, dict) else {},
    )


def size_of(value: object) -> int | None:
    """A size such as ``"2G"`` or ``512 MB`` in bytes; ``None`` for what is none."""
    found = _SIZE.fullmatch(str(value).strip())
    return int(float(found[1]) * _UNITS[found[2].upper()]) if found else None


def _build_context(dockerfile: str, context: Mapping[str, bytes]) -> dict[str, ContextFile]:
    """The files with what a folder's reader has lost: programs can be run."""
    files = {
        path: ContextFile(content=content, executable=content.startswith((b"#!", b"\x7fELF")))
        for path, content in context.items()
    }
    return {**files, DOCKERFILE: ContextFile(content=dockerfile.encode())}


def _texts(variables: Mapping[Any, Any]) -> dict[str, str]:
    return {str(name): str(value) for name, value in variables.items()}


def _number(value: object) -> float | None:
    good = isinstance(value, int | float) and not isinstance(value, bool) and value > 0
    return float(value) if good else None  # type: ignore[arg-type]


def _bytes(environment: Mapping[str, Any], name: str) -> int | None:
    number = _number(environment.get(f"{name}_mb"))
    return int(number * MEGABYTE) if number is not None else size_of(environment.get(name, ""))
