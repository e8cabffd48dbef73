"""The image of a task: named, or built once from its Dockerfile and known by what it was built from."""

from __future__ import annotations

import io
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from harness.errors import BrokenSystemError
from harness.sandboxes.docker.build_context import (
    DOCKERFILE,
    ContextFile,
    base_images,
    context_hash,
    pack_context,
)
from harness.sandboxes.docker.engine import Engine, speaking
from harness.sandboxes.docker.limits import ContainerLimits

REPOSITORY = "flywheel-task"
_LOG_LINES = 20
_LOG_CHARACTERS = 2_000


@dataclass(frozen=True, kw_only=True)
class TaskEnvironment:
    """Where a task wants to run: ``image`` by name, or built from ``context`` if that has a Dockerfile, or neither.

    ``network`` is for the task's commands, ``build_network`` for the building of its image.
    """

    image: str | None = None
    context: Mapping[str, ContextFile] = field(default_factory=dict)
    network: bool = False
    build_network: bool = False
    build_seconds: float = 600.0
    limits: ContainerLimits = field(default_factory=ContainerLimits)


def image_of(
    environment: TaskEnvironment,
    engine: Engine,
    default: str,
    *,
    monotonic: Callable[[], float] = time.monotonic,
) -> str:
    """The name of an image that the engine has; raises ``BrokenSystemError`` with the end of the build's log."""
    if DOCKERFILE not in environment.context:
        return environment.image or default
    archive = _packed(environment)
    name = f"{REPOSITORY}:{context_hash(archive, network=environment.build_network)}"
    if not engine.has_image(name):
        _build(environment, engine, name, archive, monotonic() + environment.build_seconds, monotonic)
    return name


def why_not_built(environment: TaskEnvironment, engine: Engine) -> str | None:
    """Why a task's image cannot be built without a network here, or ``None``: it begins from what is not here."""
    if environment.build_network or DOCKERFILE not in environment.context:
        return None
    text = environment.context[DOCKERFILE].content.decode("utf-8", "replace")
    missing = [base for base in base_images(text) if not engine.has_image(base)]
    return f"needs the image {missing[0]}, which is not on this machine" if missing else None


def _packed(environment: TaskEnvironment) -> bytes:
    try:
        return pack_context(environment.context)
    except OSError as error:
        raise BrokenSystemError(
            f"a task's image cannot be built: {error.filename}: {error.strerror}"
        ) from error


def _build(
    environment: TaskEnvironment,
    engine: Engine,
    name: str,
    archive: bytes,
    deadline: float,
    monotonic: Callable[[], float],
) -> None:
    if (reason := why_not_built(environment, engine)) is not None:
        raise BrokenSystemError(f"a task's image cannot be built: it {reason}")
    log: deque[str] = deque(maxlen=_LOG_LINES)
    with speaking("building a task's image"):
        stream = engine.api.build(
            fileobj=io.BytesIO(archive),
            custom_context=True,
            tag=name,
            rm=True,
            forcerm=True,
            pull=environment.build_network,
            network_mode="bridge" if environment.build_network else "none",
            container_limits={"memory": environment.limits.memory, "memswap": environment.limits.memory},
            labels={"flywheel.image": "task"},
            decode=True,
        )
        problem = _follow(stream, log, deadline, monotonic)
    if problem is not None:
        end = "\n".join(log)[-_LOG_CHARACTERS:]
        raise BrokenSystemError(f"a task's image cannot be built: {problem}; the log ends:\n{end}")


def _follow(
    stream: Iterator[Mapping[str, Any]],
    log: deque[str],
    deadline: float,
    monotonic: Callable[[], float],
) -> str | None:
    """Read a build's messages to the end; what went wrong, if anything. An engine stops when nobody reads on."""
    for message in stream:
        log.extend(str(message.get("stream", "")).splitlines())
        if "error" in message:
            return " ".join(str(message["error"]).split())
        if monotonic() > deadline:
            stream.close()  # type: ignore[attr-defined]
            return "it took too long"
    return None
