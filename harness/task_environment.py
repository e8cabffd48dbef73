"""Where a task wants to run, as a value: an image, what it may use, and which folders it works in."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from harness.digest import json_hash
from harness.sandbox import WORKSPACE
from harness.sandboxes.docker.build_context import (
    DOCKERFILE,
    ContextFile,
    context_hash,
    is_relative,
    pack_context,
)
from harness.sandboxes.docker.limits import ContainerLimits

REPOSITORY = "flywheel-task"
_SYSTEM = ("", "bin", "etc", "lib", "lib64", "run", "sbin", "solution", "tests", "tmp", "usr")
_KEPT = frozenset(f"/{name}" for name in _SYSTEM)
_OURS = ("/dev", "/flywheel", "/opt/flywheel", "/proc", "/sys")
_OUR_OWN = frozenset({"HOME", "USER", "FLYWHEEL_DOOR", "LD_PRELOAD", "LD_AUDIT"})


@dataclass(frozen=True, kw_only=True)
class TaskEnvironment:
    """A container of the task's own: ``image`` by name, or built from ``context`` if that has a Dockerfile, or neither.

    ``network`` is for the task's commands, ``build_network`` for the building of its image, which may take
    ``build_seconds``. The workspace is shown at ``home``; ``folders`` can be written besides, and are empty at the
    start. ``seconds`` is what the task gives the agent, if it says so. Raises ``ValueError`` for folders that a
    container needs for itself, and for variables that are ours.
    """

    image: str | None = None
    context: Mapping[str, ContextFile] = field(default_factory=dict)
    network: bool = False
    build_network: bool = False
    build_seconds: float = 600.0
    limits: ContainerLimits = field(default_factory=ContainerLimits)
    home: str = WORKSPACE
    folders: tuple[str, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    seconds: float | None = None

    def __post_init__(self) -> None:
        for folder in (self.home, *self.folders):
            if (problem := folder_problem(folder)) is not None:
                raise ValueError(problem)
        for path in self.context:
            if not is_relative(path):
                raise ValueError(f"{path!r} in a build context is not a relative path")
        if taken := sorted(_OUR_OWN & set(self.variables)):
            raise ValueError(f"the variable {taken[0]} is not a task's to set")

    @property
    def is_built(self) -> bool:
        """Whether its image is built from a Dockerfile."""
        return DOCKERFILE in self.context

    @cached_property
    def image_name(self) -> str | None:
        """Its image's name, which tells what a built one is made of; ``None`` where any will do."""
        if not self.is_built:
            return self.image
        return f"{REPOSITORY}:{context_hash(pack_context(self.context), network=self.build_network)}"

    @cached_property
    def digest(self) -> str:
        """What tells two environments apart."""
        said = (self.image_name, self.network, self.home, self.folders, sorted(self.variables.items()))
        return json_hash([*said, repr(self.limits)])


def folder_problem(folder: str) -> str | None:
    """Why a container cannot show a folder of memory at this path, or ``None``."""
    if not folder.startswith("/") or posixpath.normpath(folder) != folder or folder.startswith("//"):
        return f"{folder!r} is not an absolute path"
    if folder in _KEPT or any(f"{folder}/".startswith(f"{ours}/") for ours in _OURS):
        return f"{folder} is a folder of the system"
    return None
