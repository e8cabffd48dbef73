"""One analyst's work in a process of its own: it may hang, run wild or die, and takes nothing else with it."""

from __future__ import annotations

import multiprocessing
import os
import resource
import signal
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.context import ForkProcess
from pathlib import Path

from analyzers.analysts.budget import Budget
from analyzers.analysts.spent import Spent
from analyzers.errors import AnalystError, Loss
from analyzers.mine_view import MineView
from analyzers.pattern import Pattern
from analyzers.proposal import Analyst, Finding
from harness.edits import Tree
from harness.sandboxes.kernel import Kernel
from traces.redaction import Redactor

_MIB = 1024 * 1024
_LONGEST = 400  # characters of an error


@dataclass(frozen=True, kw_only=True)
class Job:
    """One analyst on one pattern."""

    analyst: Analyst
    pattern: Pattern
    view: MineView
    harness: Tree


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """A finding, or why there is none: ``loss`` in a word, ``error`` in a sentence."""

    finding: Finding | None = None
    loss: Loss | None = None
    error: str | None = None
    spent: Spent = field(default_factory=Spent)


class Work:
    """A job at work. The process is a fork of this one, so that it starts within milliseconds with all loaded."""

    def __init__(self, job: Job, budget: Budget) -> None:
        context = multiprocessing.get_context("fork")
        self.connection, theirs = context.Pipe(duplex=False)
        self._process: ForkProcess = context.Process(
            target=_work, args=(job, budget, theirs, os.getpid()), daemon=True
        )
        self._process.start()
        theirs.close()  # so that its death is seen

    def outcome(self) -> Outcome:
        """What it sent; waits for it. Where it ended without a word, how it ended."""
        try:
            outcome: Outcome = self.connection.recv()
        except EOFError:
            self._process.join()
            return Outcome(loss="ended", error=_how(self._process.exitcode))
        return outcome

    def end(self) -> None:
        """Take it and all that it started off the machine."""
        identity = self._process.pid
        with suppress(ProcessLookupError):
            os.killpg(identity or 0, signal.SIGKILL) if identity else None
        self._process.kill()
        self._process.join()
        self.connection.close()


def _work(job: Job, budget: Budget, connection: Connection, parent: int) -> None:
    """What the process does."""
    os.setsid()  # what it starts is in its group, and ends with it
    Kernel().die_with_parent()
    if os.getppid() != parent:  # which died before that took hold
        return
    limit_memory(budget.memory_mb)
    connection.send(_outcome(job, budget))


def _outcome(job: Job, budget: Budget) -> Outcome:
    try:
        finding = job.analyst.diagnose(job.pattern, job.view, job.harness)
    except AnalystError as error:
        return Outcome(loss=error.loss, error=_told(error), spent=error.spent)
    except MemoryError:
        return Outcome(loss="memory", error=f"more than {budget.memory_mb} MiB of memory")
    except Exception as error:  # noqa: BLE001 - an analyst ends here, and its cause is recorded
        return Outcome(loss="failed", error=_told(error))
    return Outcome(finding=finding, spent=finding.spent)


def limit_memory(mebibytes: int) -> None:
    """Let this process map at most so much more than it has mapped by now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    most = pages * resource.getpagesize() + mebibytes * _MIB
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _told(error: Exception) -> str:
    """An error in one line, without secrets: a provider's may repeat the key."""
    return Redactor().redact(" ".join(f"{type(error).__name__}: {error}".split()))[:_LONGEST]


def _how(code: int | None) -> str:
    if code is not None and code < 0:
        return f"its process was ended by {signal.Signals(-code).name}"
    return f"its process ended with {code} and without an answer"
