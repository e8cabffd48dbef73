"""An executor and tasks for tests and simulations of the gate: outcomes come from a function, nothing is run."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from benchmarks.gate.paired_runs import PairedRuns
from benchmarks.task import Task
from harness.runs import Assignment, Checkout, RunRequest, RunResult, Verification
from harness.sandbox import Sandbox
from traces import attributes
from traces.outcome import Outcome
from traces.run import Usage


@dataclass(frozen=True, kw_only=True)
class Ending:
    """How a simulated run ends; ``score`` is 1 for a pass unless given."""

    outcome: Outcome
    score: float | None = None
    attempt: int = 1
    tokens: int = 1000
    seconds: float = 60.0
    cost_usd: float = 0.0
    activated: Mapping[str, int] = field(default_factory=dict)
    prompt_hashes: frozenset[str] = frozenset()
    tools_hashes: frozenset[str] = frozenset()
    efforts: frozenset[str] = frozenset()
    limits_hash: str = ""
    configuration_hash: str = ""

    def result(self, request: RunRequest) -> RunResult:
        """This ending as the result of a request."""
        passed = self.outcome is Outcome.PASSED
        return RunResult(
            run_id=hashlib.sha256(f"{request.key}\n{self.attempt}".encode()).hexdigest()[:32],
            key=request.key,
            attempt=self.attempt,
            outcome=self.outcome,
            reason="verified" if passed else "verification_failed",
            cause="passed" if passed else "assertion",
            score=float(passed) if self.score is None else self.score,
            usage=Usage(input_tokens=self.tokens, cost_usd=self.cost_usd),
            seconds=self.seconds,
            steps=5,
            digest=f"{self.outcome}/{request.seed}",
            isolation="none",
            activated=self.activated,
            prompt_hashes=self.prompt_hashes,
            tools_hashes=self.tools_hashes,
            efforts=self.efforts,
            limits_hash=self.limits_hash,
            configuration_hash=self.configuration_hash,
        )


Ends = Callable[[RunRequest], Ending]
PASS = Ending(outcome=Outcome.PASSED)
FAIL = Ending(outcome=Outcome.FAILED)


@dataclass(kw_only=True)
class SimulatedExecutor:
    """An ``Executor`` whose runs end as ``ends`` says and finish in an order drawn by ``shuffle``.

    ``store`` holds finished runs by key and outlives the executor, as a segment store would. ``started`` lists
    the keys that were really run, ``in_air`` those that were cut off by closing. ``dies_after`` raises
    ``KeyboardInterrupt`` after so many results, as a kill would end everything.
    """

    ends: Ends
    in_flight: int = 2
    shuffle: int = 0
    store: dict[str, RunResult] = field(default_factory=dict)
    started: list[str] = field(default_factory=list)
    in_air: list[str] = field(default_factory=list)
    dies_after: int | None = None

    def run(self, requests: Iterable[RunRequest]) -> Iterator[RunResult]:
        """Yield results in a shuffled order with at most ``in_flight`` requests taken and unanswered."""
        pending = iter(requests)
        generator = random.Random(self.shuffle)
        flying: list[RunRequest] = list(islice(pending, self.in_flight))
        try:
            while flying:
                request = flying.pop(generator.randrange(len(flying)))
                yield self._finish(request)
                flying.extend(islice(pending, self.in_flight - len(flying)))
        finally:
            self.in_air.extend(request.key for request in flying)

    def _finish(self, request: RunRequest) -> RunResult:
        if request.key not in self.store:
            if self.dies_after is not None and len(self.started) >= self.dies_after:
                raise KeyboardInterrupt
            self.started.append(request.key)
            self.store[request.key] = self.ends(request).result(request)
        return self.store[request.key]


@dataclass(frozen=True, kw_only=True)
class NoVerifier:
    """Stands where a verifier must: simulated runs are never verified."""

    def verify(self, workspace: Mapping[str, bytes], sandbox: Sandbox) -> Verification:
        """Always fails."""
        del workspace, sandbox
        return Verification(passed=False, score=0.0, cause="not_run")


def simulated_tasks(groups: int, *, per_group: int = 1) -> dict[str, Task]:
    """Empty tasks by id: ``g00/m0``, ``g00/m1``, ``g01/m0`` and so on."""
    return {
        f"g{group:02}/m{mutant}": Task(
            id=f"g{group:02}/m{mutant}",
            group=f"g{group:02}",
            assignment=Assignment(task=f"g{group:02}/m{mutant}", instruction="", files={}),
            verifier=NoVerifier(),
        )
        for group in range(groups)
        for mutant in range(per_group)
    }


def simulated_checkout(tree: str) -> Checkout:
    """A checkout that nothing will read."""
    return Checkout(path=Path("/nonexistent") / tree, commit=f"commit-of-{tree}", tree=tree)


def simulated_run(key: str, ending: Ending) -> RunResult:
    """The result of a run that nobody asked for."""
    request = RunRequest(
        key=key,
        checkout=simulated_checkout("tree"),
        assignment=Assignment(task="t", instruction="", files={}),
        verifier=NoVerifier(),
        seed=1,
    )
    return ending.result(request)


def simulated_pairs(*endings: tuple[Ending, Ending], task: str | None = None) -> tuple[PairedRuns, ...]:
    """Pairs of runs that end so (control, candidate): of one group each, or all of one ``task``."""
    return tuple(
        PairedRuns(
            position=position,
            task=task or f"g{position}/m0",
            group=f"g{position}",
            control=simulated_run(f"{position}/control", control),
            candidate=simulated_run(f"{position}/candidate", candidate),
        )
        for position, (control, candidate) in enumerate(endings)
    )


def arm_of(request: RunRequest) -> str:
    """Which arm a request is for."""
    return request.labels[attributes.ARM]


def pass_rates(control: float, candidate: float) -> Ends:
    """Each arm passes at its rate; runs with the same seed share their luck, so that equal rates never differ."""
    rates = {"control": control, "candidate": candidate}
    return lambda request: PASS if luck(request) < rates[arm_of(request)] else FAIL


def luck(request: RunRequest) -> float:
    """A number within 0..1 that belongs to a run seed."""
    return random.Random(request.seed).random()
