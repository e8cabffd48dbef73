"""A sandbox of Linux namespaces: an allow-listed root directory, no network, nothing left behind."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from typing import Self

from harness.sandbox import WORKSPACE
from harness.sandboxes.fork_service import ForkCommand, ForkService
from harness.sandboxes.interpreter import (
    ETC,
    PATH,
    package_folders,
    plain_interpreter,
    project_folders,
    system_binds,
    system_links,
)
from harness.sandboxes.layout import MEGABYTE, Layout
from harness.sandboxes.session import Session

_ENVIRONMENT = {
    "PATH": PATH,
    "HOME": WORKSPACE,
    "USER": "agent",
    "LANG": "C.UTF-8",
    "TERM": "dumb",
    "TZ": "UTC",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONHASHSEED": "0",
}


def task_layout() -> Layout:
    """The root directory of a task's sandbox on this machine."""
    return Layout(
        binds=system_binds(),
        masked=(*package_folders(), *project_folders()),
        files=ETC,
        links=system_links(),
        scratch=((WORKSPACE, 128 * MEGABYTE), ("/tmp", 128 * MEGABYTE)),  # noqa: S108 - the sandbox's own
        environment=_ENVIRONMENT,
    )


class NamespaceSandbox:
    """Opens sandboxes of namespaces; a picklable value that starts its fork service when it is first used.

    Closing it (or ending the process that holds it) ends every sandbox it opened.
    """

    isolation = "namespace"

    def __init__(self, layout: Layout | None = None) -> None:
        self._layout = layout or task_layout()
        command = ForkCommand(
            interpreter=(plain_interpreter(), "-I", "-S"),
            module="harness.sandboxes.zygote",
            environment={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"},
        )
        self._service = ForkService(command, {"layout": self._layout.to_json()})

    def __reduce__(self) -> tuple[type[NamespaceSandbox], tuple[Layout]]:
        return NamespaceSandbox, (self._layout,)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End all sandboxes."""
        self._service.close()

    @contextlib.contextmanager
    def open(
        self, files: Mapping[str, bytes], *, extra: Mapping[str, bytes] | None = None
    ) -> Iterator[Session]:
        """Open a workspace; raises ``BrokenSystemError`` if the machine does not allow it, ``OSError`` for bad paths."""
        with self._service.fork() as process:
            session = Session(process)
            session.set_up(files, extra or {})
            yield session
