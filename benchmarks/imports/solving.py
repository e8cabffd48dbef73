"""Runs a task's own solution script, to know which files solve it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath

from benchmarks.imports.draft import Solution
from benchmarks.imports.refusal import Reason, RefusedError
from benchmarks.imports.verifying.command_verifier import REFUSED_WRITE
from harness.sandbox import Sandbox


def solve(solution: Solution, files: Mapping[str, bytes], sandbox: Sandbox) -> Mapping[str, bytes]:
    """The files that the script adds to the workspace or changes in it.

    Raises ``RefusedError`` where it fails, takes too long, changes nothing, or wants to write elsewhere;
    ``BrokenSystemError`` and ``OSError`` as a sandbox does.
    """
    settings = (f"{name}={value}" for name, value in solution.environment.items())
    with sandbox.open(files, extra=solution.files) as session:
        done = session.execute(("env", *settings, *solution.argv), timeout=solution.seconds)
        after = session.snapshot()
    if done.timed_out:
        raise RefusedError(Reason.TIMES_OUT, f"its solution runs longer than {solution.seconds:.0f} s")
    if REFUSED_WRITE in done.output:
        raise RefusedError(Reason.WRITES_OUTSIDE, "its solution writes outside the working directory")
    if done.exit_code != 0:
        raise RefusedError(
            Reason.REFERENCE_FAILS, f"its solution script ends with exit code {done.exit_code}"
        )
    changed = {
        path: content for path, content in after.items() if _counts(path) and files.get(path) != content
    }
    if not changed:
        raise RefusedError(Reason.NO_REFERENCE, "its solution changes nothing in the working directory")
    return changed


def _counts(path: str) -> bool:
    return "__pycache__" not in PurePosixPath(path).parts
