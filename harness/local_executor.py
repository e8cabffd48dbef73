"""Carries out runs on this machine, several at a time, each in a worker process of its own."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from multiprocessing.connection import wait
from pathlib import Path
from typing import Self

from harness.run_store import StoredRuns, remember, stored_runs
from harness.runs import RunRequest, RunResult
from harness.sandbox import Sandbox
from harness.sandboxes.choose import ANY_SANDBOX, SandboxChoice, choose_sandbox, close_sandbox
from harness.sandboxes.task_containers import TaskContainers
from harness.worker_messages import ModelFactory, WorkerSetup
from harness.worker_process import WorkerProcess
from traces.outcome import Outcome
from traces.redaction_rules import DEFAULT_RULES, Rule

TRIES = 3  # the first attempt and two more, for infrastructure's failures only
_GRACE = 30.0  # seconds that runs in flight get to end when nobody wants further results


class LocalExecutor:
    """An ``Executor`` with ``in_flight`` worker processes, started when they are first needed.

    A context manager: at its end, and whenever its process ends, nothing of it is left. It opens the
    ``sandbox`` that is chosen when it starts the first worker. ``model_profile`` goes to the simulated model;
    ``model_factory`` (picklable, from name and seed to a chat model) replaces the making of models.
    ``stall_seconds`` of real time without a word from an agent process end a run. What ``rules`` match is taken
    out of spans before they are written.
    """

    def __init__(
        self,
        segments: Path,
        *,
        in_flight: int = 2,
        sandbox: Sandbox | SandboxChoice = ANY_SANDBOX,
        model_profile: object | None = None,
        trust_code: bool = False,
        model_factory: ModelFactory | None = None,
        stall_seconds: float = 120.0,
        rules: Sequence[Rule] = DEFAULT_RULES,
    ) -> None:
        if in_flight < 1:
            raise ValueError("in_flight must be at least 1")
        self._segments = segments
        self._in_flight = in_flight
        self._wanted = sandbox if isinstance(sandbox, SandboxChoice) else ANY_SANDBOX
        self._sandbox = None if isinstance(sandbox, SandboxChoice) else sandbox
        self._chosen: Sandbox | None = None
        self._of_tasks: TaskContainers | None = None
        self._model_profile = model_profile
        self._trust_code = trust_code
        self._model_factory = model_factory
        self._stall_seconds = stall_seconds
        self._rules = tuple(rules)
        self._workers: list[WorkerProcess] = []
        self._stored: StoredRuns | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End all workers; a later ``run`` starts new ones."""
        while self._workers:
            self._workers.pop().close()
        if self._of_tasks is not None:
            self._of_tasks.close()
            self._of_tasks = None
        if self._chosen is not None:
            close_sandbox(self._chosen)
            self._sandbox = self._chosen = None

    def run(self, requests: Iterable[RunRequest]) -> Iterator[RunResult]:
        """Yield results as runs finish, pulling a request only when a worker is free for it.

        A finished key is answered from the segments. Raises ``BrokenSystemError`` where nothing can be run
        or recorded, or an image cannot be made ready, ``ManifestError`` for a harness whose code is not trusted here. Closing the iterator
        lets the runs in flight end, and kills those that take more than half a minute.
        """
        stored = self._stored = self._stored or stored_runs(self._segments)
        source = iter(requests)
        try:
            more = True
            while more or self._busy():
                while more and (len(self._busy()) < self._in_flight):
                    request = next(source, None)
                    more = request is not None
                    if request is None:
                        break
                    if (known := stored.finished.get(request.key)) is not None:
                        yield known
                    else:
                        self._begin(request, stored)
                yield from self._finished(stored, timeout=None)
        except GeneratorExit:
            self._drain(stored)
            raise
        finally:
            self._end_busy()

    def _busy(self) -> list[WorkerProcess]:
        return [worker for worker in self._workers if worker.run is not None]

    def _begin(self, request: RunRequest, stored: StoredRuns) -> None:
        assignment = request.assignment
        if assignment.environment is not None:
            self._containers().make_ready(assignment.environment, task=assignment.task)
        attempt = max(request.attempt, stored.attempts.get(request.key, 0) + 1)
        stored.attempts[request.key] = attempt
        self._free_worker().assign(replace(request, attempt=attempt))

    def _free_worker(self) -> WorkerProcess:
        for worker in self._workers:
            if worker.run is None:
                return worker
        setup = WorkerSetup(
            segments=self._segments,
            sandbox=self._usual(),
            model_factory=self._model_factory,
            model_profile=self._model_profile,
            trust_code=self._trust_code,
            stall_seconds=self._stall_seconds,
            rules=self._rules,
        )
        self._workers.append(WorkerProcess(setup))
        return self._workers[-1]

    def _usual(self) -> Sandbox:
        if self._sandbox is None:
            self._sandbox = self._chosen = choose_sandbox(self._wanted.name, image=self._wanted.image)
        return self._sandbox

    def _containers(self) -> TaskContainers:
        if self._of_tasks is None:
            self._of_tasks = TaskContainers(self._usual())
        return self._of_tasks

    def _finished(self, stored: StoredRuns, *, timeout: float | None) -> Iterator[RunResult]:
        """Wait for messages of busy workers; the results among them that are final."""
        busy = {worker.connection: worker for worker in self._busy()}
        for connection in wait(list(busy), timeout) if busy else ():
            worker = busy[connection]  # type: ignore[index]
            result = self._taken(worker)
            if result is None:
                continue
            remember(stored, result)
            if result.outcome is Outcome.ERRORED and worker.tries < TRIES:
                self._retry(worker, stored)
                continue
            worker.release()
            yield result

    def _taken(self, worker: WorkerProcess) -> RunResult | None:
        try:
            return worker.take()
        except EOFError:
            self._replace(worker)
            return None

    def _replace(self, dead: WorkerProcess) -> None:
        """A worker that was killed takes nothing with it but this attempt."""
        if dead.tries >= TRIES:
            raise dead.death()
        assert self._stored is not None
        request, tries = dead.again(), dead.tries
        self._workers.remove(dead)
        dead.close()
        self._stored.attempts[request.key] = request.attempt
        self._free_worker().assign(request, tries=tries + 1)

    def _retry(self, worker: WorkerProcess, stored: StoredRuns) -> None:
        request, tries = worker.again(), worker.tries
        stored.attempts[request.key] = request.attempt
        worker.assign(request, tries=tries + 1)

    def _drain(self, stored: StoredRuns) -> None:
        deadline = time.monotonic() + _GRACE
        while self._busy() and (left := deadline - time.monotonic()) > 0:
            for _ in self._finished(stored, timeout=left):
                pass

    def _end_busy(self) -> None:
        for worker in self._busy():
            self._workers.remove(worker)
            worker.close()
