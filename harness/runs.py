"""A run as its caller sees it: what is asked for, what comes back, and who carries it out."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from harness.sandbox import Sandbox
from harness.task_environment import TaskEnvironment
from traces.outcome import Outcome
from traces.run import Usage


@dataclass(frozen=True, kw_only=True)
class Assignment:
    """What the agent gets of a task: an instruction and files (relative path → content). Never the verifier.

    A task with an ``environment`` runs in containers of its own, and so does its verifier; any other one in the sandbox
    that the policy names.
    """

    task: str
    instruction: str
    files: Mapping[str, bytes]
    environment: TaskEnvironment | None = None


@dataclass(frozen=True, kw_only=True)
class Verification:
    """A verifier's verdict. ``score`` is within 0..1; ``passed`` is not simply ``score == 1``.

    ``cause`` is a short machine-readable terminal cause, such as ``passed``, ``assertion``,
    ``exception:TypeError``, ``timeout``, ``missing_file``; it never quotes the verifier.
    ``broken`` is set when the verifier itself could not do its work: the run is then ``errored``.
    """

    passed: bool
    score: float
    cause: str
    broken: str | None = None


class Verifier(Protocol):
    """Judges a workspace after the agent has ended. Implementations are picklable values."""

    def verify(self, workspace: Mapping[str, bytes], sandbox: Sandbox) -> Verification:
        """Judge a copy of the workspace in a fresh sandbox; never raises for a bad workspace."""
        ...


@dataclass(frozen=True, kw_only=True)
class Checkout:
    """A read-only copy of one harness commit's files on disk, in a folder named by its tree hash."""

    path: Path
    commit: str
    tree: str


@dataclass(frozen=True, kw_only=True)
class RunRequest:
    """One run that is wanted. ``key`` names it for good: a finished key is never run again.

    ``labels`` become attributes of the root span (suite, split, group, arm, experiment), by their full
    attribute names. ``seed`` goes to the simulated model. ``in_flight`` is recorded with the run.
    """

    key: str
    checkout: Checkout
    assignment: Assignment
    verifier: Verifier
    seed: int
    attempt: int = 1
    labels: Mapping[str, str] = field(default_factory=dict)
    in_flight: int = 1

    @property
    def run_id(self) -> str:
        """The trace id of this attempt, known before it starts: 32 hexadecimal digits."""
        return run_id(self.key, self.attempt)


@dataclass(frozen=True, kw_only=True)
class RunResult:
    """What the supervisor saw of one run; derived from its root span and equal to it.

    ``activated`` maps a middleware's name to how often it claimed to act. ``prompt_hashes``,
    ``tools_hashes``, ``efforts`` and ``limits_hash`` are what was in effect in its model calls. A command agent, whose
    model calls nobody sees, has a ``configuration_hash`` instead: of all that the harness gave it.
    """

    run_id: str
    key: str
    attempt: int
    outcome: Outcome
    reason: str
    cause: str
    score: float
    usage: Usage
    seconds: float
    steps: int
    digest: str
    isolation: str
    activated: Mapping[str, int] = field(default_factory=dict)
    prompt_hashes: frozenset[str] = frozenset()
    tools_hashes: frozenset[str] = frozenset()
    efforts: frozenset[str] = frozenset()
    limits_hash: str = ""
    configuration_hash: str = ""


class Executor(Protocol):
    """Carries out runs. Infrastructure failures are retried at most twice inside, as new attempts."""

    def run(self, requests: Iterable[RunRequest]) -> Iterator[RunResult]:
        """Yield results as runs finish, pulling requests lazily with a bounded number in flight.

        A key that is already finished in the store is answered from it at once. Closing the iterator
        early lets runs in flight end or kills them; none is left behind. Raises ``BrokenSystemError``.
        """
        ...


def run_id(key: str, attempt: int = 1) -> str:
    """The trace id of an attempt at a run key: 32 hexadecimal digits."""
    return hashlib.sha256(f"{key}\n{attempt}".encode()).hexdigest()[:32]
