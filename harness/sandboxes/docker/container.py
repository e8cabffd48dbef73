"""One container: made, started, let in, and gone at the end."""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from harness.errors import BrokenSystemError
from harness.sandboxes.docker.doorway import Doorway
from harness.sandboxes.docker.engine import Engine, speaking
from harness.sandboxes.docker.inside import DOOR
from harness.sandboxes.docker.request import ContainerRequest, container_arguments, host_arguments

_START_SECONDS = 60.0
_QUIET = {DOOR: "", "LD_PRELOAD": "", "LD_AUDIT": ""}  # what an image may set is not for our first process


@dataclass(frozen=True, kw_only=True)
class Container:
    """A running container whose first process is connected. ``began`` is a time of the epoch in seconds."""

    engine: Engine
    identity: str
    connection: socket.socket
    began: float
    epoch: Callable[[], float]

    def kill(self) -> None:
        """Kill everything inside, and wait until the container is gone."""
        self.connection.close()
        self.engine.remove(self.identity)

    def ran_out_of_memory(self) -> bool:
        """Whether the kernel ended a process because the container's memory was full."""
        return self.engine.ended_how(self.identity, self.began, self.epoch())[0]


@contextlib.contextmanager
def running(
    engine: Engine,
    request: ContainerRequest,
    *,
    extra: Mapping[str, bytes] | None = None,
    epoch: Callable[[], float] = time.time,
) -> Iterator[Container]:
    """A container, removed at the end; ``extra`` are read-only files in it. Raises ``BrokenSystemError``."""
    with contextlib.ExitStack() as stack:
        with speaking("making a folder for its socket"):
            doorway = stack.enter_context(Doorway())
            binds = (*request.binds, doorway.bind, *doorway.lay_out(extra or {}))
        environment = {**request.environment, **_QUIET, DOOR: doorway.inside}
        asked = replace(request, binds=binds, environment=environment)
        began = epoch()
        identity = engine.create(container_arguments(asked), host_arguments(asked))
        stack.callback(engine.remove, identity)
        engine.start(identity)
        connection = doorway.admit(_START_SECONDS, lambda: engine.is_running(identity))
        if connection is None:
            _, code = engine.ended_how(identity, began, epoch())
            raise BrokenSystemError(_never_came(request.image, code))
        with connection:
            yield Container(engine=engine, identity=identity, connection=connection, began=began, epoch=epoch)


def _never_came(image: str, code: int | None) -> str:
    return (
        f"Docker: a container of {image} ended with exit code {code} before our first process spoke; "
        "is the image of another architecture, or does a security module keep containers from our files?"
    )
