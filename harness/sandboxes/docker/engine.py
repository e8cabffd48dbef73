"""This machine's Docker engine: connected when first used, every failure of it an error of infrastructure."""

from __future__ import annotations

import contextlib
import io
import os
import tarfile
from collections.abc import Iterator, Mapping
from typing import Any

import docker
import requests
from docker.errors import APIError, DockerException, NotFound
from docker.types import HostConfig

from harness.errors import BrokenSystemError

_SECONDS = 60
_GONE = (404, 409)  # removed already, or being removed
_MESSAGE = 300
_EMPTY = "flywheel-empty:1"


@contextlib.contextmanager
def speaking(what: str) -> Iterator[None]:
    """Turn what the Docker SDK raises into ``BrokenSystemError``."""
    try:
        yield
    except APIError as error:
        raise BrokenSystemError(f"Docker, {what}: {_line(error.explanation or error)}") from error
    except (DockerException, requests.RequestException, OSError) as error:
        raise BrokenSystemError(f"Docker, {what}: {_line(error)}") from error


class Engine:
    """The engine that ``DOCKER_HOST`` names, or the usual one; it must be on this machine.

    Every method raises ``BrokenSystemError``.
    """

    def __init__(self) -> None:
        self._client: docker.APIClient | None = None

    @property
    def api(self) -> docker.APIClient:
        """The connection; its methods raise what the SDK raises, so use them within ``speaking``."""
        if self._client is None:
            host = os.environ.get("DOCKER_HOST", "")
            if host and not host.startswith("unix://"):
                raise BrokenSystemError(
                    f"Docker: DOCKER_HOST is {host}, but a sandbox speaks to its container by a socket in a folder: "
                    "the engine must be on this machine (unix://…)"
                )
            with speaking("no engine answers; start dockerd, or choose another sandbox"):
                self._client = docker.APIClient(
                    **docker.utils.kwargs_from_env(), version="auto", timeout=_SECONDS
                )
        return self._client

    def close(self) -> None:
        """Let go of the connection; the next use makes another one."""
        if self._client is not None:
            self._client.close()
            self._client = None

    def image(self, name: str) -> Mapping[str, Any]:
        """What the engine knows of an image that it has; none is ever fetched here."""
        try:
            with speaking(f"image {name}"):
                found: Mapping[str, Any] = self.api.inspect_image(name)
        except BrokenSystemError as error:
            if isinstance(error.__cause__, NotFound):
                raise BrokenSystemError(
                    f"Docker has no image {name}; get it by: docker pull {name}"
                ) from error
            raise
        return found

    def has_image(self, name: str) -> bool:
        """Whether the engine has an image."""
        with speaking(f"image {name}"):
            try:
                self.api.inspect_image(name)
            except NotFound:
                return False
        return True

    def empty_image(self) -> str:
        """The id of an image without files, made here."""
        with speaking("making an empty image"):
            if not self.has_image(_EMPTY):
                repository, tag = _EMPTY.split(":")
                self.api.import_image_from_data(_archive_of_a_folder(), repository=repository, tag=tag)
            return str(self.api.inspect_image(_EMPTY)["Id"])

    def create(self, config: Mapping[str, Any], host: Mapping[str, Any]) -> str:
        """Create a container from the arguments of ``create_container_config`` and ``HostConfig``; its id."""
        with speaking("creating a container"):
            settings = HostConfig(version=self.api.api_version, **host)
            made = self.api.create_container_from_config(
                self.api.create_container_config(**config, host_config=settings)
            )
        return str(made["Id"])

    def start(self, container: str) -> None:
        """Start a container."""
        with speaking("starting a container"):
            self.api.start(container)

    def remove(self, container: str) -> None:
        """Kill and remove a container; wait until it is gone, also when somebody else is removing it."""
        with speaking("removing a container"):
            try:
                self.api.remove_container(container, force=True, v=True)
            except APIError as error:
                if error.status_code not in _GONE:
                    raise
                with contextlib.suppress(NotFound):
                    self.api.wait(container, timeout=_SECONDS, condition="removed")

    def ended_how(self, container: str, since: float, until: float) -> tuple[bool, int | None]:
        """Whether memory ran out in a container, and its exit code if it ended, between two times of the epoch."""
        with speaking("asking what happened"):
            events = self.api.events(
                since=int(since), until=int(until) + 1, filters={"container": container}, decode=True
            )
            found = list(events)
        codes = [
            event["Actor"]["Attributes"].get("exitCode") for event in found if event.get("Action") == "die"
        ]
        return any(event.get("Action") == "oom" for event in found), int(codes[-1]) if codes else None

    def containers(self, label: str) -> list[Mapping[str, Any]]:
        """All containers with a label, running or not."""
        with speaking("listing containers"):
            return list(self.api.containers(all=True, filters={"label": label}))

    def is_running(self, container: str) -> bool:
        """Whether a container is there and runs."""
        with speaking("looking at a container"):
            return bool(self.api.containers(filters={"id": container}))


def _line(error: object) -> str:
    return " ".join(str(error).split())[:_MESSAGE]


def _archive_of_a_folder() -> bytes:
    """The least that the engine takes for an image."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        folder = tarfile.TarInfo("workspace")
        folder.type, folder.mode = tarfile.DIRTYPE, 0o755
        archive.addfile(folder)
    return buffer.getvalue()
