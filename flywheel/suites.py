"""Opening suites for the commands: where their cache is and which sandbox makes them."""

from __future__ import annotations

from benchmarks.suite_store import default_cache, load_suite
from benchmarks.task import Suite
from flywheel.observer import Observer
from harness.sandboxes.choose import choose_sandbox


def open_suite(name: str, *, seed: int, observer: Observer) -> Suite:
    """Load a suite, generating it first where that has not been done on this machine.

    Raises ``SuiteError`` naming the choices for an unknown name.
    """
    observer.stage(f"open the suite {name}")
    suite = load_suite(
        name, seed=seed, cache=default_cache(), sandbox=choose_sandbox(), progress=observer.progress
    )
    observer.note(f"{len(suite.tasks)} tasks in {len(suite.splits)} groups")
    return suite
