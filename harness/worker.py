"""A process of the local executor: one supervisor with its own fork server, sandboxes and segment file."""

from __future__ import annotations

import os
import pickle
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path

from langchain_core.language_models.chat_models import BaseChatModel

from harness.agent_service import agent_service
from harness.builtin_agent import BuiltinAgent
from harness.errors import BrokenSystemError, HarnessError
from harness.models import create_model
from harness.runs import RunRequest, RunResult
from harness.sandbox import Sandbox
from harness.sandboxes.kernel import Kernel
from harness.supervisor import Supervisor
from traces.errors import SegmentError
from traces.redaction import Redactor
from traces.segments import SegmentWriter

ModelFactory = Callable[[str, int], BaseChatModel]


@dataclass(frozen=True, kw_only=True)
class WorkerSetup:
    """What a worker needs to supervise runs; picklable."""

    segments: Path
    sandbox: Sandbox
    model_factory: ModelFactory | None
    model_profile: object | None
    trust_code: bool
    stall_seconds: float


@dataclass(frozen=True, kw_only=True)
class Failure:
    """Why a worker could not carry out a run at all; ``error`` is what the executor raises."""

    error: HarnessError


Message = RunResult | Failure | None  # None: ready for the first request


def main(connection_descriptor: int, alive_descriptor: int) -> None:
    """Carry out the runs that come in, until the connection ends. Both ends of it are ours: pickles are safe here."""
    Kernel().die_with_parent()
    threading.Thread(target=_die_with, args=(alive_descriptor,), daemon=True).start()
    with Connection(connection_descriptor) as connection, ExitStack() as stack:
        try:
            supervisor = _supervisor(connection.recv(), stack)
        except Exception as error:  # noqa: BLE001 - the command that asked for runs ends with this cause
            connection.send(Failure(error=_as_harness_error(error)))
            return
        connection.send(None)
        while (request := _received(connection)) is not None:
            connection.send(_carried_out(supervisor, request))


def _supervisor(setup: WorkerSetup, stack: ExitStack) -> Supervisor:
    isolated = setup.sandbox.isolation != "directory"
    processes = agent_service(isolated=isolated)
    stack.callback(processes.close)
    processes.start()
    factory = setup.model_factory or partial(_create, setup.model_profile)
    writer = SegmentWriter(setup.segments, redactor=Redactor(), name="runs")
    return Supervisor(
        sink=stack.enter_context(writer),
        sandbox=setup.sandbox,
        builtin=BuiltinAgent(processes, factory, stall_seconds=setup.stall_seconds),
        epoch_ns=time.time_ns,
        monotonic=time.monotonic,
        trust_code=setup.trust_code,
    )


def _create(profile: object | None, name: str, seed: int) -> BaseChatModel:
    return create_model(name, seed=seed, profile=profile)


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
