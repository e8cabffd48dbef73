"""A sandbox of Docker containers: a fresh one for each opening, gone at its end."""

from __future__ import annotations

import contextlib
import errno
import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from functools import partial
from typing import Any, Self

from harness.errors import BrokenSystemError
from harness.sandbox import WORKSPACE
from harness.sandboxes.docker.container import Container, running
from harness.sandboxes.docker.engine import Engine
from harness.sandboxes.docker.images import image_of
from harness.sandboxes.docker.limits import ContainerLimits
from harness.sandboxes.docker.owners import reap, this_process
from harness.sandboxes.docker.request import ContainerRequest
from harness.sandboxes.docker.runtime import RUNTIME, find_runtime
from harness.sandboxes.docker.warm import WarmContainers
from harness.sandboxes.session import Session
from harness.task_environment import TaskEnvironment

DEFAULT_IMAGE = "python:3.11-slim"
_ENVIRONMENT = {
    "USER": "agent",
    "LANG": "C.UTF-8",
    "TERM": "dumb",
    "TZ": "UTC",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONHASHSEED": "0",
}
_TEMPORARY = "/tmp"  # noqa: S108 - the container's own
_SETTINGS = ("network", "limits", "ahead", "home", "folders", "variables")


class DockerSandbox:
    """Opens containers of ``image``; a picklable value that looks for the engine when it is first used.

    The first opening removes what dead owners left behind. ``network`` gives containers the engine's bridge. The
    workspace is at ``home``; ``folders`` can be written besides. With ``ahead`` one container more than is open waits
    for the next opening.
    """

    isolation = "docker"

    def __init__(
        self,
        image: str = DEFAULT_IMAGE,
        *,
        network: bool = False,
        limits: ContainerLimits | None = None,
        ahead: bool = True,
        home: str = WORKSPACE,
        folders: tuple[str, ...] = (),
        variables: Mapping[str, str] | None = None,
    ) -> None:
        self.image = image
        self.network = network
        self.limits = limits or ContainerLimits()
        self.ahead = ahead
        self.home = home
        self.folders = folders
        self.variables = dict(variables or {})
        self._engine = Engine()
        self._prepared: ContainerRequest | None = None
        self._warm: WarmContainers | None = None
        self._of_tasks: dict[str, DockerSandbox] = {}
        self._lock = threading.Lock()

    def __reduce__(self) -> tuple[Any, ...]:
        settings = {name: getattr(self, name) for name in _SETTINGS}
        return partial(DockerSandbox, self.image, **settings), ()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Remove what is left of closed openings, and let go of the engine; a later opening begins anew."""
        while self._of_tasks:
            self._of_tasks.popitem()[1].close()
        if self._warm is not None:
            self._warm.close()
            self._warm = None
        self._engine.close()

    def of_task(self, environment: TaskEnvironment) -> DockerSandbox:
        """The sandbox of a task with wishes, closed with this one; its image is built if need be.

        Raises ``BrokenSystemError`` with the end of the build's log.
        """
        image = image_of(environment, self._engine, self.image)
        key = f"{image} {environment.digest}"
        with self._lock:
            if key not in self._of_tasks:  # nothing is started ahead: a suite may have hundreds
                self._of_tasks[key] = DockerSandbox(
                    image,
                    network=environment.network,
                    limits=environment.limits,
                    ahead=False,
                    home=environment.home,
                    folders=environment.folders,
                    variables=environment.variables,
                )
            return self._of_tasks[key]

    @contextlib.contextmanager
    def open(
        self, files: Mapping[str, bytes], *, extra: Mapping[str, bytes] | None = None
    ) -> Iterator[Session]:
        """Open a workspace; raises ``BrokenSystemError`` without engine or image, ``OSError`` for bad paths.

        When what ran inside has used up the memory and so ended the container, that is an ``OSError``, too.
        """
        _check_paths(extra or {})
        with self._container(extra) as container:
            session = Session(container)
            try:
                session.set_up(files, {})
                yield session
            except BrokenSystemError as error:
                if container.ran_out_of_memory():
                    raise OSError(errno.ENOMEM, "the container ran out of memory") from error
                raise

    def _container(self, extra: Mapping[str, bytes] | None) -> AbstractContextManager[Container]:
        """One with files beside the workspace is made for them; any other has been started ahead."""
        if self._prepared is None:
            self._prepared = self._prepare()
        made = partial(running, self._engine, self._prepared)
        with self._lock:
            if self._warm is None:
                self._warm = WarmContainers(made, ahead=self.ahead)
        return self._warm.take(partial(made, extra=extra) if extra else None)

    def _prepare(self) -> ContainerRequest:
        reap(self._engine)
        image = self._engine.image(self.image)
        runtime = find_runtime()
        return ContainerRequest(
            image=str(image["Id"]),  # not the name, which may come to mean another one between two runs
            program=runtime.program,
            environment={**self.variables, **_ENVIRONMENT, "HOME": self.home},
            labels=this_process().labels(),
            limits=self.limits,
            binds=runtime.binds,
            emptied=tuple((image.get("Config") or {}).get("Volumes") or ()),
            home=self.home,
            scratch=(
                (self.home, self.limits.workspace),
                *((folder, self.limits.temporary) for folder in (_TEMPORARY, *self.folders)),
            ),
            network=self.network,
        )


def _check_paths(extra: Mapping[str, bytes]) -> None:
    for path in extra:
        if not path.startswith("/") or os.path.normpath(path) != path or f"{path}/".startswith(f"{RUNTIME}/"):
            raise OSError(errno.EINVAL, "not an absolute path", path)
