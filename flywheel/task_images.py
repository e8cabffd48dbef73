"""Makes the images of tasks ready before anything runs, or says which tasks cannot run on this machine."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing

from benchmarks.errors import SuiteError
from benchmarks.task import Task
from flywheel.observer import Observer
from harness.errors import BrokenSystemError
from harness.sandboxes.directory import DirectorySandbox
from harness.sandboxes.task_containers import TaskContainers

_SHOWN = 5


def make_images_ready(tasks: Sequence[Task], observer: Observer) -> None:
    """Build the images that tasks ask for and this machine has not; those that are there cost a look.

    Raises ``SuiteError`` that names the tasks which cannot run here, and why, before anything was run.
    """
    own = [task for task in tasks if task.assignment.environment is not None]
    if not own:
        return
    observer.stage(f"make the images of {len(own)} tasks ready")
    problems: list[str] = []
    with closing(TaskContainers(DirectorySandbox())) as containers:
        for done, task in enumerate(own, start=1):
            try:
                containers.make_ready(task.assignment.environment, task=task.id)
            except BrokenSystemError as error:
                problems.append(str(error))
            observer.progress(done, len(own))
    if problems:
        more = f"\n… and {len(problems) - _SHOWN} more" if len(problems) > _SHOWN else ""
        shown = "\n".join(problems[:_SHOWN])
        raise SuiteError(f"{len(problems)} of {len(tasks)} tasks cannot run on this machine:\n{shown}{more}")
