"""The side of a receiver's process that its parent has started: what it is told, and how it ends."""

from __future__ import annotations

import ctypes
import os
import signal
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Literal

from traces.receiver.config import ReceiverConfig

STOP = "stop"
READY = "ready"
_PR_SET_PDEATHSIG = 1

Role = Literal["worker", "indexer"]


@dataclass(frozen=True, kw_only=True)
class Setup:
    """What a process is told first: its configuration, where to count, and the sockets it inherited."""

    config: ReceiverConfig
    counts: Path
    listeners: tuple[int, ...] = ()


def begin(connection_number: int) -> tuple[Connection, Setup]:
    """Become a child that ends with its parent, and hear what to do.

    Interrupts are left to the parent, which says ``STOP``: a terminal or a service manager sends them to all
    processes at once. Raises ``SystemExit`` where the parent is gone already.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    _end_with_parent()
    connection = Connection(connection_number)
    try:
        return connection, connection.recv()
    except EOFError:
        raise SystemExit(1) from None


def is_told_to_stop(connection: Connection) -> bool:
    """Whether the parent has said ``STOP``, read when something is there; ends at once if it is gone.

    All that was acknowledged is stored, and the index is brought up to date by who comes next.
    """
    try:
        return bool(connection.recv() == STOP)
    except (EOFError, ConnectionError):
        os._exit(1)


def _end_with_parent() -> None:
    # Linux only (prctl(2)); elsewhere the connection's end says the same to who reads it.
    prctl = getattr(ctypes.CDLL(None), "prctl", None)
    if prctl is not None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
