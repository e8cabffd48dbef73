"""``flywheel demo``: the whole wheel in a folder of its own, without keys, servers or Docker."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from flywheel.commands.common import JsonOption, SeedOption, observing, wide_console, write_json
from flywheel.demo import Demo, demo_command, run_demo
from flywheel.exit_codes import ExitCode
from flywheel.optimizing import history_text
from flywheel.project import open_project
from flywheel.summary import print_summary


def command(
    *,
    folder: Annotated[Path, typer.Option(help="Where everything goes.")] = Path(".demo"),
    seed: SeedOption = 1,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Begin anew instead of showing or going on.")
    ] = False,
    as_json: JsonOption = False,
) -> int:
    """Make a harness repository and optimize it on humaneval-repair with the simulated model.

    A finished demo shows its result again; an interrupted one goes on. Example: `flywheel demo --seed 2`
    """
    demo = Demo(folder=folder, seed=seed)
    with observing(as_json=as_json) as observer:
        run_demo(demo, observer, fresh=fresh)
    document = json.loads(demo.result.read_text(encoding="utf-8"))
    if as_json:
        write_json(document)
        return ExitCode.DONE
    console = wide_console()
    print_summary(console, document)
    console.print(
        f"\nThe harness repository, {demo.harness}:\n{history_text(open_project(demo.harness))}", markup=False
    )
    console.print(
        f"\nreport: {demo.report}\nresult: {demo.result}\n"
        f"the same by hand: {demo_command(demo)}\n"
        f"undo the last promotion: flywheel rollback -C {demo.harness}",
        highlight=False,
        markup=False,
        soft_wrap=True,
    )
    return ExitCode.DONE
