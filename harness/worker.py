"""A process of the local executor: one supervisor with its own fork server, sandboxes and segment file."""

from __future__ import annotations

import os
import pickle
import threading
from contextlib import ExitStack
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING

from harness.errors import BrokenSystemError, HarnessError
from harness.runs import RunRequest
from harness.sandboxes.choose import agent_processes
from harness.sandboxes.kernel import Kernel
from harness.worker_messages import Failure, Message
from traces.errors import SegmentError

if TYPE_CHECKING:
    from harness.supervisor import Supervisor


def main(connection_descriptor: int, alive_descriptor: int) -> None:
    """Carry out the runs that come in, until the connection ends."""
    Kernel().die_with_parent()
    threading.Thread(target=_die_with, args=(alive_descriptor,), daemon=True).start()
    with Connection(connection_descriptor) as connection, ExitStack() as stack:
        try:
            supervisor = _supervisor(connection, stack)
        except Exception as error:  # noqa: BLE001 - the command that asked for runs ends with this cause
            connection.send(Failure(error=_as_harness_error(error)))
            return
        connection.send(None)
        while (request := _received(connection)) is not None:
            connection.send(_carried_out(supervisor, request))


def _supervisor(connection: Connection, stack: ExitStack) -> Supervisor:
    setup = connection.recv()
    processes = agent_processes(setup.sandbox)
    stack.callback(processes.close)
    processes.launch()
    from harness.supervisor_setup import make_supervisor  # noqa: PLC0415 - loads while the fork server does, too

    supervisor = make_supervisor(setup, processes, stack)
    processes.start()
    return supervisor


def _received(connection: Connection) -> RunRequest | None:
    try:
        request = connection.recv()
    except EOFError:
        return None
    assert isinstance(request, RunRequest)
    return request


def _carried_out(supervisor: Supervisor, request: RunRequest) -> Message:
    try:
        return supervisor.supervise(request)
    except Exception as error:  # noqa: BLE001 - a run ends here, and its caller is told the cause
        return Failure(error=_as_harness_error(error))


def _as_harness_error(error: Exception) -> HarnessError:
    """What the caller raises: always one that can be pickled."""
    if isinstance(error, HarnessError):
        return error
    if isinstance(error, SegmentError):
        return BrokenSystemError(str(error))
    if isinstance(error, (pickle.UnpicklingError, ImportError)):
        return BrokenSystemError(f"a run cannot be carried to a worker: {error}")
    return BrokenSystemError(f"a worker failed: {type(error).__name__}: {error}")


def _die_with(descriptor: int) -> None:
    """End this process when the executor's is gone, whatever this one is busy with."""
    os.read(descriptor, 1)
    os._exit(1)
