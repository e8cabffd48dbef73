"""The sandbox of a task: the usual one, or containers of the image that the task asks for."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from harness.errors import BrokenSystemError
from harness.sandbox import Sandbox
from harness.task_environment import TaskEnvironment, folder_problem

if TYPE_CHECKING:
    from harness.sandboxes.docker.sandbox import DockerSandbox


class TaskContainers:
    """Opens the sandboxes of tasks with an environment of their own; nothing is started before one is asked for.

    ``usual`` is what every other task gets, and stays its owner's to close. Safe for threads.
    """

    def __init__(self, usual: Sandbox) -> None:
        self._usual = usual
        self._own: DockerSandbox | None = None
        self._lock = threading.Lock()
        self._ready: set[str] = set()

    def close(self) -> None:
        """Remove what is left of containers; a later opening begins anew."""
        with self._lock:
            if self._own is not None:
                self._own.close()
            self._own = None

    def of(self, environment: TaskEnvironment | None) -> Sandbox:
        """The sandbox for agent and verifier; an image that is not there is built. Raises ``BrokenSystemError``."""
        if environment is None:
            return self._usual
        return self._containers().of_task(environment)

    def why_not(self, environment: TaskEnvironment | None) -> str | None:
        """Why a task with this environment cannot run on this machine, as far as can be told without building."""
        if environment is None:
            return None
        from harness.sandboxes.docker.engine import Engine  # noqa: PLC0415 - the SDK loads slowly
        from harness.sandboxes.docker.images import why_not_built  # noqa: PLC0415

        engine = Engine()
        try:
            return why_not_built(environment, engine)
        except BrokenSystemError as error:
            return f"needs a container: {error}"
        finally:
            engine.close()

    def require(self, environment: TaskEnvironment | None, *, task: str) -> None:
        """Raise ``BrokenSystemError`` that names the task and says why it cannot run here, if so; builds nothing."""
        reason = self.why_not(environment)
        if reason is not None:
            raise BrokenSystemError(f"task {task} cannot run here: it {reason}")

    def make_ready(self, environment: TaskEnvironment | None, *, task: str) -> None:
        """Build the image of ``task`` unless it is there; raises ``BrokenSystemError`` that names the task."""
        if environment is None or (digest := environment.digest) in self._ready:
            return
        self.require(environment, task=task)
        try:
            self.of(environment)
        except BrokenSystemError as error:
            raise BrokenSystemError(f"task {task} cannot run here: {error}") from error
        self._ready.add(digest)

    def shown(self, environment: TaskEnvironment) -> tuple[str, dict[str, bytes]]:
        """The folder that an image's commands work in, and the regular files it has there; nothing where it names none.

        The image must be there. Raises ``BrokenSystemError``, ``ValueError`` for a folder that no container can show as
        a workspace, and ``OSError`` for one above its limits.
        """
        from harness.sandboxes.docker.engine import Engine  # noqa: PLC0415 - the SDK loads slowly
        from harness.sandboxes.docker.image_files import folder_files, working_folder  # noqa: PLC0415

        if environment.image_name is None:
            return environment.home, {}
        engine = Engine()
        try:
            folder = working_folder(engine, environment.image_name)
            if folder in {"", "/"}:
                return environment.home, {}
            if (problem := folder_problem(folder)) is not None:
                raise ValueError(problem)
            return folder, folder_files(engine, environment.image_name, folder)
        finally:
            engine.close()

    def _containers(self) -> DockerSandbox:
        from harness.sandboxes.docker.sandbox import DockerSandbox  # noqa: PLC0415 - the SDK loads slowly

        if isinstance(self._usual, DockerSandbox):
            return self._usual
        with self._lock:
            if self._own is None:
                self._own = DockerSandbox(ahead=False)
            return self._own
