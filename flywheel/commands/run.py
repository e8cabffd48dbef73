"""``flywheel run``: run a harness on tasks."""

from __future__ import annotations

from typing import Annotated

import typer

from benchmarks.task import Split
from flywheel.commands.common import (
    HERE,
    InFlightOption,
    JsonOption,
    LocalLedgerOption,
    RepositoryOption,
    SeedOption,
    SuiteOption,
    TrustOption,
    observing,
    write_json,
)
from flywheel.exit_codes import ExitCode
from flywheel.project import open_project, working
from flywheel.running import RunOrder, run_order_document, run_tasks
from traces.terminal import one_line


def command(
    repository: RepositoryOption = HERE,
    *,
    suite: SuiteOption = "humaneval-repair",
    split: Annotated[Split, typer.Option(help="Any split but mine is a look, and is recorded.")] = Split.MINE,
    task: Annotated[list[str] | None, typer.Option(help="Only this task; repeatable.")] = None,
    repeat: Annotated[int, typer.Option(min=1, max=100, help="Runs of each task.")] = 1,
    seed: SeedOption = 1,
    in_flight: InFlightOption = None,
    trust_code: TrustOption = False,
    local_ledger: LocalLedgerOption = False,
    as_json: JsonOption = False,
) -> int:
    """Run the current harness on the tasks of a split, the mine split by default.

    An interrupted call goes on where it stood when it is repeated. Example: `flywheel run --suite workshop`
    """
    order = RunOrder(
        suite=suite,
        split=split,
        tasks=tuple(task or ()),
        repeats=repeat,
        seed=seed,
        in_flight=in_flight,
        trust_code=trust_code,
        local_ledger=local_ledger,
    )
    with working(open_project(repository)) as project, observing(as_json=as_json) as observer:
        results = run_tasks(project, order, observer)
    document = run_order_document(results)
    if as_json:
        write_json(document)
        return ExitCode.DONE
    for row in document["runs"]:
        typer.echo(f"{row['run'][:12]} {row['outcome']:14} {one_line(row['reason'], 60):24} {row['key']}")
    typer.echo(f"{document['passed']} of {document['scored']} scored runs passed")
    return ExitCode.DONE
