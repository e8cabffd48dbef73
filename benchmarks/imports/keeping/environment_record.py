"""A task's container as JSON, and the texts and bytes of files as JSON."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from harness.sandbox import WORKSPACE
from harness.sandboxes.docker.build_context import ContextFile
from harness.sandboxes.docker.limits import ContainerLimits
from harness.task_environment import TaskEnvironment

_MEGABYTE = 1 << 20
STRICT = ConfigDict(extra="forbid", strict=True, frozen=True)


class Binary(BaseModel):
    """Bytes that are no text."""

    model_config = STRICT
    base64: str


class _LimitsRecord(BaseModel):
    model_config = STRICT
    memory: int = Field(default=ContainerLimits.memory, ge=192 * _MEGABYTE)
    cpus: float = Field(default=ContainerLimits.cpus, gt=0)
    processes: int = Field(default=ContainerLimits.processes, ge=8)
    workspace: int = Field(default=ContainerLimits.workspace, ge=_MEGABYTE)
    temporary: int = Field(default=ContainerLimits.temporary, ge=_MEGABYTE)
    shared_memory: int = Field(default=ContainerLimits.shared_memory, ge=_MEGABYTE)
    files: int = Field(default=ContainerLimits.files, ge=16)
    open_files: int = Field(default=ContainerLimits.open_files, ge=16)


class EnvironmentRecord(BaseModel):
    """``image`` by name, or ``context`` with a ``Dockerfile``; ``executable`` names its programs."""

    model_config = STRICT
    image: str | None = None
    context: dict[str, str | Binary] = {}
    executable: list[str] = []
    network: bool = False
    build_network: bool = False
    build_seconds: float = Field(default=600.0, gt=0)
    limits: _LimitsRecord = _LimitsRecord()
    home: str = WORKSPACE
    folders: list[str] = []
    variables: dict[str, str] = {}
    seconds: float | None = None

    def value(self) -> TaskEnvironment:
        """The environment; raises ``ValueError`` for one that no container can have."""
        programs = frozenset(self.executable)
        return TaskEnvironment(
            image=self.image,
            context={
                path: ContextFile(content=content, executable=path in programs)
                for path, content in contents(self.context).items()
            },
            network=self.network,
            build_network=self.build_network,
            build_seconds=self.build_seconds,
            limits=ContainerLimits(**self.limits.model_dump()),
            home=self.home,
            folders=tuple(self.folders),
            variables=self.variables,
            seconds=self.seconds,
        )


def environment_record(environment: TaskEnvironment) -> dict[str, Any]:
    """An environment as a JSON object."""
    files = {path: file.content for path, file in environment.context.items()}
    return {
        "image": environment.image,
        "context": texts(files),
        "executable": sorted(path for path, file in environment.context.items() if file.executable),
        "network": environment.network,
        "build_network": environment.build_network,
        "build_seconds": environment.build_seconds,
        "limits": asdict(environment.limits),
        "home": environment.home,
        "folders": list(environment.folders),
        "variables": dict(environment.variables),
        "seconds": environment.seconds,
    }


def texts(files: Mapping[str, bytes]) -> dict[str, Any]:
    """Files as JSON: text as it is, other content as ``{"base64": …}``."""
    return {path: _text(content) for path, content in sorted(files.items())}


def contents(files: Mapping[str, str | Binary]) -> dict[str, bytes]:
    """Back from ``texts``; raises ``ValueError``."""
    return {
        path: value.encode() if isinstance(value, str) else base64.b64decode(value.base64, validate=True)
        for path, value in files.items()
    }


def _text(content: bytes) -> str | dict[str, str]:
    try:
        return content.decode()
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(content).decode()}
