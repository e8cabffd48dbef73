"""Agent processes in a container of their own: what a harness brings along runs there wholly.

The container holds nothing of an image: it shows the programs and packages of this machine that an agent process in
namespaces would see, so it needs no image with our packages. It is started once and forks (LangChain takes more than a second
to load); between two runs everything that runs or was written in it is removed.
"""

from __future__ import annotations

import contextlib
import os
import site
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from harness.agent_service import agent_layout
from harness.errors import BrokenSystemError
from harness.sandboxes.docker.agents_inside import BEGIN, END, HARNESS_FOLDER
from harness.sandboxes.docker.container import Container, running
from harness.sandboxes.docker.engine import Engine
from harness.sandboxes.docker.limits import ContainerLimits
from harness.sandboxes.docker.owners import this_process
from harness.sandboxes.docker.request import ContainerRequest
from harness.sandboxes.interpreter import plain_interpreter
from harness.sandboxes.layout import MEGABYTE, Layout
from harness.wire import receive_frame, send_frame

_ROOT = Path(__file__).resolve().parents[3]
_SERVER = ("harness/wire.py", "harness/sandboxes")  # what the forking process needs beside what agents see
_LIMITS = ContainerLimits(memory=1024 * MEGABYTE, processes=64)
_QUEUES = "/dev/mqueue"  # whose messages would wait for the next run
_READY_SECONDS = 60.0
_FORK_SECONDS = 20.0


@dataclass(frozen=True, kw_only=True)
class AgentProcess:
    """One run's agent process."""

    connection: socket.socket
    service: ContainedAgents

    def kill(self) -> None:
        """Kill it with all that it started, and wipe what it wrote."""
        self.service.end_run()


class ContainedAgents:
    """A service of agent processes in one container: one process at a time, started when first asked.

    The container ends with its connection to this process, however this process ends. ``preload`` are
    further modules to load before forking.
    """

    def __init__(self, *, preload: tuple[str, ...] = (), limits: ContainerLimits = _LIMITS) -> None:
        self._preload = preload
        self._limits = limits
        self._engine = Engine()
        self._lock = threading.Lock()
        self._stack = contextlib.ExitStack()
        self._container: Container | None = None
        self._ready = False

    @contextlib.contextmanager
    def fork(self) -> Iterator[AgentProcess]:
        """An agent process, gone at the end; others wait meanwhile. Raises ``BrokenSystemError``."""
        ours, theirs = socket.socketpair()
        with ours, self._lock:
            with theirs:
                self._begin_run(theirs)
            try:
                yield AgentProcess(connection=ours, service=self)
            finally:
                self.end_run()

    def launch(self) -> None:
        """Start the container now, without waiting until everything is loaded."""
        with self._lock:
            self._started()

    def start(self) -> None:
        """Start it now and wait until it is ready; raises ``BrokenSystemError`` if it never is."""
        with self._lock:
            self._ready_control()

    def close(self) -> None:
        """Remove the container."""
        with self._lock:
            self._drop()
            self._engine.close()

    def end_run(self) -> None:
        """End whatever runs in the container and wipe it; where that fails, the next run gets another one."""
        if self._container is None:
            return
        try:
            self._container.connection.send(END)
            reply, _ = receive_frame(self._container.connection, seconds=_FORK_SECONDS)
        except OSError:
            reply = {}
        if not reply.get("clean"):
            self._drop()

    def _begin_run(self, connection: socket.socket) -> None:
        control = self._ready_control()
        try:
            socket.send_fds(control, [BEGIN], [connection.fileno()])
            receive_frame(control, seconds=_FORK_SECONDS)
        except OSError as error:
            self._drop()  # a late answer must not be taken for the next fork's
            raise BrokenSystemError(f"the container of agent processes ended: {error}") from error

    def _ready_control(self) -> socket.socket:
        control = self._started().connection
        if not self._ready:
            try:
                reply, _ = receive_frame(control, seconds=_READY_SECONDS)
            except OSError as error:
                reply = {"message": str(error)}
            if not reply.get("ready"):
                self._drop()
                raise BrokenSystemError(
                    f"a container of agent processes does not start: {reply.get('message')}"
                )
            self._ready = True
        return control

    def _started(self) -> Container:
        if self._container is None:
            layout = agent_layout()
            request = agents_request(layout, self._engine.empty_image(), self._limits)
            files = {path: text.encode() for path, text in layout.files.items()}
            self._container = self._stack.enter_context(running(self._engine, request, extra=files))
            send_frame(self._container.connection, {"preload": self._preload, "home": layout.home})
        return self._container

    def _drop(self) -> None:
        self._container = None
        self._ready = False
        self._stack.pop_all().close()


def agents_request(layout: Layout, image: str, limits: ContainerLimits) -> ContainerRequest:
    """A container that shows ``layout``; its links become binds of what they point at."""
    linked = tuple(
        (os.path.realpath(os.path.join(os.path.dirname(path), target)), path)  # noqa: PTH118, PTH120 - of another root
        for path, target in layout.links
    )
    server = tuple((str(_ROOT / name), str(_ROOT / name)) for name in _SERVER)
    binds = (*layout.binds, *linked, *layout.rebinds, *server)
    return ContainerRequest(
        image=image,
        program=_program(),
        environment={
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "LANG": "C.UTF-8",
            "HOME": layout.home,
            "TMPDIR": layout.home,
            "PYTHONHASHSEED": "0",
            "PYTHONDONTWRITEBYTECODE": "1",
            "LANGSMITH_TRACING": "false",
        },
        labels=this_process().labels(),
        limits=limits,
        home=layout.home,
        hostname=layout.hostname,
        binds=tuple((source, target) for source, target in binds if Path(source).exists()),
        masked=(*(path for path in layout.masked if Path(path).is_dir()), _QUEUES),
        scratch=(*layout.scratch, (HARNESS_FOLDER, 16 * MEGABYTE)),
    )


def _program() -> tuple[str, ...]:
    packages = [path for path in site.getsitepackages() if Path(path).is_dir()]
    begin = (
        f"import site, sys; sys.path.append({str(_ROOT)!r}); [site.addsitedir(path) for path in {packages!r}]; "
        "from harness.sandboxes.docker.agents_inside import main; main()"
    )
    return (plain_interpreter(), "-s", "-P", "-S", "-c", begin)
