"""``flywheel suites show``: a suite's tasks, or one task's assignment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from benchmarks.task import Split, Suite, Task
from flywheel.commands.common import JsonOption, SeedOption, observing, write_json
from flywheel.errors import UnknownName
from flywheel.exit_codes import ExitCode
from flywheel.project import open_project
from flywheel.suites import open_suite
from flywheel.wear import SplitWear, wear_document, wear_of


def command(
    suite: Annotated[str, typer.Argument(help="The suite's name.")],
    task: Annotated[str | None, typer.Argument(help="A task's id, to see what its agent gets.")] = None,
    *,
    repository: Annotated[
        Path | None,
        typer.Option(
            "--repository", "-C", help="Show it as this harness repository has used it, with its wear."
        ),
    ] = None,
    seed: SeedOption = 1,
    as_json: JsonOption = False,
) -> int:
    """Show how many groups and tasks each split has, or the assignment of one task of the mine split.

    Example: `flywheel suites show humaneval-repair`
    """
    project = None if repository is None else open_project(repository)
    with observing(as_json=as_json) as observer:
        opened = open_suite(suite, seed=seed, observer=observer, project=project)
    if task is not None:
        _show_task(_minable_task(opened, task), as_json=as_json)
    else:
        _show_suite(opened, () if project is None else wear_of(project, opened), as_json=as_json)
    return ExitCode.DONE


def _show_suite(suite: Suite, wear: Sequence[SplitWear], *, as_json: bool) -> None:
    groups = Counter(split.value for split in suite.splits.values())
    tasks = Counter(suite.splits[task.group].value for task in suite.tasks)
    rows = [
        {"split": split.value, "groups": groups[split.value], "tasks": tasks[split.value]} for split in Split
    ]
    if as_json:
        mine = [task.id for task in suite.of(Split.MINE)]
        write_json({"name": suite.name, "splits": rows, "wear": wear_document(wear), "mine": mine})
        return
    for row in rows:
        typer.echo(f"{row['split']:8} {row['groups']:4} groups {row['tasks']:5} tasks")
    for found in wear:
        typer.echo(f"wear of {found.split.value}: {found.words}")
    typer.echo("\ntasks of the mine split (the others stay closed):")
    for task in suite.of(Split.MINE):
        typer.echo(f"  {task.id}")


def _show_task(task: Task, *, as_json: bool) -> None:
    names = sorted(task.assignment.files)
    if as_json:
        write_json(
            {"id": task.id, "group": task.group, "instruction": task.assignment.instruction, "files": names}
        )
        return
    typer.echo(f"{task.id} (group {task.group})\n\n{task.assignment.instruction}\n\nworkspace:")
    for name in names:
        typer.echo(f"  {name} ({len(task.assignment.files[name])} bytes)")


def _minable_task(suite: Suite, name: str) -> Task:
    """Only tasks of ``mine`` can be looked into: the others must stay unseen to be worth anything."""
    tasks = {task.id: task for task in suite.of(Split.MINE)}
    if name not in tasks:
        raise UnknownName("task of the mine split", name, tasks)
    return tasks[name]
