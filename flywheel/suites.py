"""Opening suites for the commands: where their cache is and which sandbox makes them."""

from __future__ import annotations

from benchmarks.errors import SuiteError
from benchmarks.imports.importing import Imported, ImportOrder, import_suite
from benchmarks.imports.keeping.store import ImportStore, checked_name
from benchmarks.splits import moved
from benchmarks.suite_store import default_cache, load_suite, own_suites
from benchmarks.task import Split, Suite
from flywheel.campaigns import moves_of
from flywheel.observer import Observer
from flywheel.project import Project
from flywheel.task_images import require_images
from harness.sandboxes.choose import choose_sandbox


def open_suite(
    name: str, *, seed: int, observer: Observer, held_out: bool = False, project: Project | None = None
) -> Suite:
    """Load a suite, generating it first where that has not been done on this machine.

    With a ``project`` its groups are in the splits to which that project's epochs have moved them. Raises ``SuiteError`` naming the choices for an unknown name, and where ``held_out`` asks for a suite
    that something can be measured on and this one holds no group out for the gate, or has tasks whose images
    this machine cannot have.
    """
    observer.stage(f"open the suite {name}")
    suite = load_suite(
        name, seed=seed, cache=default_cache(), sandbox=choose_sandbox(), progress=observer.progress
    )
    suite = suite if project is None else moved(suite, moves_of(project, name))
    observer.note(f"{len(suite.tasks)} tasks in {len(suite.splits)} groups")
    if held_out and Split.GATE not in suite.splits.values():
        raise SuiteError(
            f"suite {name!r} holds no groups out for the gate, so nothing can be optimised or measured against "
            "it: it is for `flywheel run` and `flywheel analyze` only; choose a suite with splits "
            "(`flywheel suites list`)"
        )
    if held_out:
        require_images(suite.tasks, observer)
    return suite


def import_tasks(order: ImportOrder, observer: Observer) -> Imported:
    """Make a suite of other people's tasks; raises ``SuiteError`` for a bad name or where nothing is found."""
    checked_name(order.name, taken=own_suites())
    observer.stage(f"import {order.path} as {order.name}")
    return import_suite(order, ImportStore(default_cache()), choose_sandbox(), progress=observer.progress)
