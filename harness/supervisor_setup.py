"""Puts a supervisor together in a worker; loads LangChain."""

from __future__ import annotations

import time
from contextlib import ExitStack
from functools import partial

from langchain_core.language_models.chat_models import BaseChatModel

from harness.builtin_agent import BuiltinAgent
from harness.models import create_model
from harness.sandboxes.processes import ProcessService
from harness.sandboxes.task_containers import TaskContainers
from harness.supervisor import Supervisor
from harness.worker_messages import WorkerSetup
from traces.redaction import Redactor
from traces.segments import SegmentWriter


def make_supervisor(setup: WorkerSetup, processes: ProcessService, stack: ExitStack) -> Supervisor:
    """A supervisor with real clocks and a segment of its own, which ``stack`` closes; raises ``SegmentError``."""
    factory = setup.model_factory or partial(_create, setup.model_profile)
    writer = stack.enter_context(SegmentWriter(setup.segments, redactor=Redactor(setup.rules), name="runs"))
    containers = TaskContainers(setup.sandbox)
    stack.callback(containers.close)
    return Supervisor(
        sink=writer,
        sandbox=setup.sandbox,
        containers=containers,
        builtin=BuiltinAgent(processes, factory, stall_seconds=setup.stall_seconds, monotonic=time.monotonic),
        epoch_ns=time.time_ns,
        monotonic=time.monotonic,
        trust_code=setup.trust_code,
    )


def _create(profile: object | None, name: str, seed: int) -> BaseChatModel:
    return create_model(name, seed=seed, profile=profile)
