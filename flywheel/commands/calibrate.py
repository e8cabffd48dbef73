"""``flywheel calibrate``: run the harness against itself and say how much noise there is."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from benchmarks.task import Split
from flywheel.calibrating import CalibrationOrder, calibrate
from flywheel.calibration_report import calibrated_document, calibrated_markdown, calibrated_text
from flywheel.commands.common import (
    HERE,
    JsonOption,
    RepositoryOption,
    SeedOption,
    SuiteOption,
    TrustOption,
    observing,
    write_json,
)
from flywheel.errors import FlywheelError
from flywheel.exit_codes import ExitCode
from flywheel.project import open_project, working
from flywheel.relabelling import EXPERIMENTS
from traces.terminal import printable

_MOST_IN_FLIGHT = 64


def command(
    repository: RepositoryOption = HERE,
    *,
    suite: SuiteOption = "humaneval-repair",
    split: Annotated[
        Split, typer.Option(help="gate is a look, and is recorded; mine costs none.")
    ] = Split.GATE,
    runs: Annotated[int, typer.Option(min=2, max=100, help="Runs of each task; 3 tell the noise.")] = 6,
    per_group: Annotated[int, typer.Option(min=1, max=100, help="Tasks of each group.")] = 1,
    in_flight: Annotated[
        str | None,
        typer.Option(help="Runs at a time; several, such as 1,2, are compared. Default from policy.toml."),
    ] = None,
    live: Annotated[
        int, typer.Option(min=0, max=100, help="Whole experiments of the harness against itself.")
    ] = 0,
    experiments: Annotated[
        int, typer.Option(min=200, max=100_000, help="Experiments dealt from the pool of runs.")
    ] = EXPERIMENTS,
    again: Annotated[
        bool, typer.Option("--again", help="Measure anew what the ledger already holds.")
    ] = False,
    markdown: Annotated[Path | None, typer.Option(help="Write the report as a page here.")] = None,
    local_ledger: Annotated[
        bool, typer.Option("--local-ledger", help="Do without the remote's ledger: known only in this clone.")
    ] = False,
    seed: SeedOption = 1,
    trust_code: TrustOption = False,
    as_json: JsonOption = False,
) -> int:
    """Run the current harness against itself: how noisy is it, and how often would the gate promote noise?

    Later plans and verdicts use and show what it finds. It charges no campaign. An interrupted call goes on where
    it stood when it is repeated. Example: `flywheel calibrate --suite humaneval-repair --runs 6 --in-flight 1,2`
    """
    order = CalibrationOrder(
        suite=suite,
        split=split,
        runs=runs,
        per_group=per_group,
        in_flight=parse_in_flight(in_flight),
        live=live,
        experiments=experiments,
        seed=seed,
        again=again,
        trust_code=trust_code,
        local_ledger=local_ledger,
    )
    with working(open_project(repository)) as project, observing(as_json=as_json) as observer:
        found = calibrate(project, order, observer)
    if markdown is not None:
        markdown.parent.mkdir(parents=True, exist_ok=True)
        markdown.write_text(printable(calibrated_markdown(found)) + "\n", encoding="utf-8")
    if as_json:
        write_json(calibrated_document(found))
    else:
        typer.echo(printable(calibrated_text(found)))
    return ExitCode.DONE


def parse_in_flight(text: str | None) -> tuple[int, ...]:
    """Numbers between 1 and 64 with commas between them; raises ``FlywheelError`` for anything else."""
    if text is None:
        return ()
    parts = [part.strip() for part in text.split(",")]
    if not all(part.isascii() and part.isdigit() and 1 <= int(part) <= _MOST_IN_FLIGHT for part in parts):
        raise FlywheelError(
            f"--in-flight {text!r}: give numbers from 1 to {_MOST_IN_FLIGHT}, several with commas, such as 1,2"
        )
    return tuple(int(part) for part in parts)
