"""The image of a task: named, or built once from its Dockerfile and known by what it was built from."""

from __future__ import annotations

import contextlib
import fcntl
import io
import os
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from harness.errors import BrokenSystemError
from harness.sandboxes.docker.build_context import (
    DOCKERFILE,
    base_images,
    pack_context,
)
from harness.sandboxes.docker.engine import Engine, speaking
from harness.task_environment import TaskEnvironment

_LOG_LINES = 20
_LOG_CHARACTERS = 2_000


def image_of(
    environment: TaskEnvironment,
    engine: Engine,
    default: str,
    *,
    monotonic: Callable[[], float] = time.monotonic,
) -> str:
    """The name of an image that the engine has; raises ``BrokenSystemError`` with the end of the build's log.

    What several processes want at once, one of them builds; the others wait for it.
    """
    name = environment.image_name or default
    if not environment.is_built or engine.has_image(name):
        return name
    with only_one(name):
        if not engine.has_image(name):
            _build(environment, engine, name, monotonic() + environment.build_seconds, monotonic)
    return name


def why_not_built(environment: TaskEnvironment, engine: Engine) -> str | None:
    """Why a task's image cannot be had without a network here, or ``None``; with the way to get what is missing."""
    if environment.is_built:
        text = environment.context[DOCKERFILE].content.decode("utf-8", "replace")
        wanted = () if environment.build_network else base_images(text)
    else:
        wanted = (environment.image,) if environment.image else ()
    missing = [name for name in wanted if not engine.has_image(name)]
    if not missing:
        return None
    return f"needs the image {missing[0]}, which is not on this machine; get it by: docker pull {missing[0]}"


@contextlib.contextmanager
def only_one(name: str) -> Iterator[None]:
    """Hold a lock of this user's processes on one image; the kernel lets go of it however its holder ends."""
    folder = Path(tempfile.gettempdir(), f"flywheel-images-{os.getuid()}")
    with speaking("making a folder for locks"):
        folder.mkdir(mode=0o700, exist_ok=True)
        if folder.lstat().st_uid != os.getuid() or folder.is_symlink():
            raise BrokenSystemError(f"{folder} belongs to another user")
        lock = (folder / name.rpartition(":")[2]).open("w")
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _build(
    environment: TaskEnvironment,
    engine: Engine,
    name: str,
    deadline: float,
    monotonic: Callable[[], float],
) -> None:
    if (reason := why_not_built(environment, engine)) is not None:
        raise BrokenSystemError(f"a task's image cannot be built: it {reason}")
    log: deque[str] = deque(maxlen=_LOG_LINES)
    with speaking("building a task's image"):
        stream = engine.api.build(
            fileobj=io.BytesIO(pack_context(environment.context)),
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
