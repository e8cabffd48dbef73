"""Chooses the sandbox that this machine has, or opens the one that was asked for."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.errors import BrokenSystemError
from harness.sandbox import Sandbox
from harness.sandboxes.directory import DirectorySandbox
from harness.sandboxes.namespace import NamespaceSandbox
from harness.sandboxes.processes import ProcessService

if TYPE_CHECKING:
    from harness.sandboxes.docker.sandbox import DockerSandbox

_LOG = logging.getLogger(__name__)
AUTO = "auto"
SANDBOXES = (AUTO, "namespace", "directory", "docker")


@dataclass(frozen=True, kw_only=True)
class SandboxChoice:
    """Which sandbox runs are to have, and the image of containers for tasks that name none."""

    name: str = AUTO
    image: str | None = None

    def __post_init__(self) -> None:
        if self.name not in SANDBOXES:
            raise ValueError(f"unknown sandbox {self.name!r}; the sandboxes are {', '.join(SANDBOXES)}")


ANY_SANDBOX = SandboxChoice()


def close_sandbox(sandbox: Sandbox) -> None:
    """End what a sandbox keeps running, if it keeps anything."""
    close = getattr(sandbox, "close", None)
    if close is not None:
        close()


def choose_sandbox(name: str = AUTO, *, image: str | None = None) -> Sandbox:
    """The sandbox of that name; ``auto`` is namespaces where opening one really works, else a directory.

    Docker is never chosen, only asked for; ``image`` is what its tasks without an image of their own run in. Raises
    ``BrokenSystemError`` where a sandbox that was asked for does not open, ``ValueError`` for an unknown name.
    """
    if name not in SANDBOXES:
        raise ValueError(f"unknown sandbox {name!r}; the sandboxes are {', '.join(SANDBOXES)}")
    if name != AUTO:
        return _asked_for(name, image)
    sandbox = NamespaceSandbox()
    reason = why_not(sandbox)
    if reason is None:
        return sandbox
    sandbox.close()
    _LOG.warning("no namespaces (%s): commands run in a temporary directory, no security boundary", reason)
    return DirectorySandbox()


def agent_processes(sandbox: Sandbox) -> ProcessService:
    """The service of agent processes that are as far apart from this machine as the commands in ``sandbox``."""
    if sandbox.isolation == "docker":
        from harness.sandboxes.docker.agents import ContainedAgents  # noqa: PLC0415 - the SDK loads slowly

        return ContainedAgents()
    from harness.agent_service import agent_service  # noqa: PLC0415 - it chooses no sandbox, but needs them

    return agent_service(isolated=sandbox.isolation != "directory")


def why_not(sandbox: Sandbox) -> str | None:
    """Why this machine cannot open ``sandbox``, or ``None`` if it can."""
    try:
        with sandbox.open({"probe": b""}) as session:
            session.execute(("true",), timeout=10.0)
    except (BrokenSystemError, OSError) as error:
        return str(error)
    return None


def _asked_for(name: str, image: str | None) -> Sandbox:
    if name == "directory":
        return DirectorySandbox()
    sandbox = NamespaceSandbox() if name == "namespace" else _docker(image)
    if (reason := why_not(sandbox)) is not None:
        sandbox.close()
        raise BrokenSystemError(f"sandbox {name} does not open here: {reason}")
    return sandbox


def _docker(image: str | None) -> DockerSandbox:
    from harness.sandboxes.docker.sandbox import DEFAULT_IMAGE, DockerSandbox  # noqa: PLC0415 - the SDK loads slowly

    return DockerSandbox(image or DEFAULT_IMAGE)
