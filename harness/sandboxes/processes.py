"""Isolated processes, whoever makes them: one, and a service that makes one after the other."""

from __future__ import annotations

import socket
from contextlib import AbstractContextManager
from typing import Protocol


class ConnectedProcess(Protocol):
    """A process that is spoken to over a socket."""

    @property
    def connection(self) -> socket.socket:
        """The socket."""
        ...

    def kill(self) -> None:
        """Kill it and all that it started, and wait until they are gone."""
        ...


class ProcessService(Protocol):
    """Makes isolated processes, each for one use."""

    def fork(self) -> AbstractContextManager[ConnectedProcess]:
        """A fresh process, killed at the end; raises ``BrokenSystemError`` if there can be none."""
        ...

    def launch(self) -> None:
        """Start the service now, without waiting until it is ready."""
        ...

    def start(self) -> None:
        """Start it now and wait until it is ready; raises ``BrokenSystemError`` if it never is."""
        ...

    def close(self) -> None:
        """End it and every process it made."""
        ...
