"""What an agent is to the supervisor, and what it gets for one run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from harness.clock import RunClock
from harness.edits import Tree
from harness.manifest import Manifest
from harness.run_record import Ending, RunRecord
from harness.runs import RunRequest
from harness.sandbox import SandboxSession
from traces.outcome import Outcome
from traces.span import AttributeValue


@dataclass(frozen=True, kw_only=True)
class RunContext:
    """One run in progress: what was asked for, the harness, the task's sandbox, the clock and the record."""

    request: RunRequest
    manifest: Manifest
    tree: Tree
    session: SandboxSession
    clock: RunClock
    record: RunRecord

    def out_of_time(self) -> Ending | None:
        """The ending of a run whose time is up."""
        if self.clock.now() > self.manifest.limits.wall_seconds:
            return Ending(outcome=Outcome.TIMED_OUT, reason="wall_clock")
        return None

    def seconds_left(self) -> float:
        """How long this run may go on, by its clock."""
        return max(0.0, self.manifest.limits.wall_seconds - self.clock.now())


@dataclass(frozen=True, kw_only=True)
class Finished:
    """An agent that ended by itself: now its work is judged. ``note`` is kept in the reason."""

    note: str = ""


class Agent(Protocol):
    """Works on a task in a sandbox. Implementations: built-in, command line."""

    def described(self, manifest: Manifest, tree: Tree) -> Mapping[str, AttributeValue]:
        """Attributes of the root span that say which agent this is."""
        ...

    def files(self, request: RunRequest, tree: Tree) -> Mapping[str, bytes]:
        """What it needs in the sandbox besides the workspace: absolute path → content, read-only."""
        ...

    def run(self, context: RunContext) -> Finished | Ending:
        """Work until done, or until a limit or a failure ends the run."""
        ...
