"""Makes the images of tasks ready before anything runs, or says which tasks cannot run on this machine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing

from benchmarks.errors import SuiteError
from benchmarks.task import Task
from flywheel.observer import Observer
from harness.errors import BrokenSystemError
from harness.sandboxes.directory import DirectorySandbox
from harness.sandboxes.task_containers import TaskContainers

_SHOWN = 5


def require_images(tasks: Sequence[Task], observer: Observer) -> None:
    """See that this machine has an engine and the images that tasks begin from; nothing is built.

    Raises ``SuiteError`` that names the tasks which cannot run here, and why.
    """
    with closing(TaskContainers(DirectorySandbox())) as containers:
        _for_each("look for the images of", tasks, containers.require, observer)


def make_images_ready(tasks: Sequence[Task], observer: Observer) -> None:
    """Build the images that tasks ask for and this machine has not; those that are there cost a look.

    Raises ``SuiteError`` that names the tasks which cannot run here, and why, before anything was run.
    """
    with closing(TaskContainers(DirectorySandbox())) as containers:
        _for_each("make ready the images of", tasks, containers.make_ready, observer)


def _for_each(what: str, tasks: Sequence[Task], see: Callable[..., None], observer: Observer) -> None:
    own = {task.assignment.environment.digest: task for task in tasks if task.assignment.environment}
    if not own:
        return
    observer.stage(f"{what} {len(own)} tasks")
    problems: list[str] = []
    for done, task in enumerate(own.values(), start=1):
        try:
            see(task.assignment.environment, task=task.id)
        except BrokenSystemError as error:
            problems.append(str(error))
        observer.progress(done, len(own))
    if problems:
        more = f"\n… and {len(problems) - _SHOWN} more" if len(problems) > _SHOWN else ""
        shown = "\n".join(problems[:_SHOWN])
        raise SuiteError(f"{len(problems)} of {len(own)} tasks cannot run on this machine:\n{shown}{more}")
