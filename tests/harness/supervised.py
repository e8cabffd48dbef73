"""Supervises scripted runs in the test's own process."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.builtin_agent import BuiltinAgent
from harness.runs import RunResult, run_id
from harness.sandbox import Sandbox
from harness.sandboxes.fork_service import ForkService
from harness.sandboxes.task_containers import TaskContainers
from harness.supervisor import Supervisor
from tests.harness.scripted import SOLVE, Harness, Say, Script, request
from traces.normal import assemble
from traces.run import Run
from traces.segments import SegmentWriter, read_spans
from traces.span import Span


@dataclass(frozen=True, kw_only=True)
class Supervised:
    """Everything a run needs, and what it left."""

    folder: Path
    writer: SegmentWriter
    sandbox: Sandbox
    processes: ForkService
    containers: TaskContainers | None = None

    def __call__(
        self,
        harness: Harness | None = None,
        says: tuple[Say, ...] = SOLVE,
        *,
        stall_seconds: float = 20.0,
        trust_code: bool = False,
        **more: Any,
    ) -> RunResult:
        """Run once: the usual task, unless ``more`` says otherwise of the request."""
        supervisor = Supervisor(
            sink=self.writer,
            sandbox=self.sandbox,
            containers=self.containers,
            builtin=BuiltinAgent(
                self.processes, Script(says), stall_seconds=stall_seconds, monotonic=time.monotonic
            ),
            epoch_ns=time.time_ns,
            monotonic=time.monotonic,
            trust_code=trust_code,
        )
        return supervisor.supervise(request((harness or Harness()).checkout(self.folder), **more))

    def spans(self) -> list[Span]:
        """All spans so far, in the order of writing."""
        return list(read_spans(self.folder / "segments"))

    def run(self) -> Run:
        """The run, as readers see it, if there was one."""
        return assemble(self.spans())

    def run_of(self, key: str) -> Run:
        """The first attempt at one of several runs."""
        return assemble(span for span in self.spans() if span.trace_id == run_id(key))
