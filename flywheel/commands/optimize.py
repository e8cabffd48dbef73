"""``flywheel optimize``: turn the wheel."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

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
    wide_console,
    write_json,
)
from flywheel.exit_codes import ExitCode
from flywheel.optimizing import Outputs, history_text, optimize
from flywheel.project import Project, open_project, working
from flywheel.summary import print_summary
from flywheel.wheel import Autonomy, Settings

RoundsOption = Annotated[int, typer.Option(min=1, max=50, help="Rounds of mining at most.")]
PatienceOption = Annotated[
    int, typer.Option(min=1, max=1000, help="Stop after this many candidates that did not pass.")
]
RepeatOption = Annotated[int, typer.Option(min=2, max=20, help="Runs of each task of the mine split.")]
AutonomyOption = Annotated[
    Autonomy, typer.Option(help="Who applies what passed: a person, a person from the backlog, or we.")
]
AnalystOption = Annotated[
    list[str] | None,
    typer.Option(help="`playbook` (default), or a chat model such as openai:gpt-5; repeatable."),
]
OpenSealedOption = Annotated[
    bool, typer.Option("--open-sealed", help="Measure baseline and result on the sealed split, once.")
]
SealedPerGroupOption = Annotated[int, typer.Option(min=1, max=10, help="Tasks of each sealed group.")]
ForceOption = Annotated[
    bool,
    typer.Option(
        "--force", help="Measure also what cannot gain enough to be seen; nothing of it is promoted."
    ),
]
TogetherOption = Annotated[
    int | None,
    typer.Option(
        min=1, max=64, help="Proposals of a round that share one control arm; default from policy.toml."
    ),
]
OutputOption = Annotated[Path | None, typer.Option(help="Folder for result.json and report.html.")]


def command(
    repository: RepositoryOption = HERE,
    *,
    suite: SuiteOption = "humaneval-repair",
    seed: SeedOption = 1,
    rounds: RoundsOption = 6,
    patience: PatienceOption = 8,
    repeat: RepeatOption = 2,
    autonomy: AutonomyOption = "interactive",
    analyst: AnalystOption = None,
    open_sealed: OpenSealedOption = False,
    sealed_per_group: SealedPerGroupOption = 2,
    force: ForceOption = False,
    together: TogetherOption = None,
    local_ledger: LocalLedgerOption = False,
    output: OutputOption = None,
    in_flight: InFlightOption = None,
    trust_code: TrustOption = False,
    as_json: JsonOption = False,
) -> int:
    """Run, mine, propose, measure, and promote what holds up; repeat with the harness that came of it.

    Exit code 0 if anything passed the gate, 3 if nothing did. A repeated call goes on where a killed one
    stood. Example: `flywheel optimize -C my-harness --suite humaneval-repair --autonomy autonomous`
    """
    project = open_project(repository)
    policy = project.policy()
    settings = Settings(
        suite=suite, seed=seed, rounds=rounds, patience=patience, repeats=repeat,
        autonomy=autonomy, analysts=tuple(analyst or ["playbook"]), open_sealed=open_sealed,
        sealed_per_group=sealed_per_group, in_flight=in_flight or policy.in_flight,
        together=together or policy.together, trust_code=trust_code, force=force, local_ledger=local_ledger,
    )  # fmt: skip
    return _optimized(project, settings, output or project.repository.state, as_json=as_json)


def _optimized(project: Project, settings: Settings, folder: Path, *, as_json: bool) -> int:
    outputs = Outputs(result=folder / "result.json", report=folder / "report.html")
    with working(project), observing(as_json=as_json) as observer:
        document = optimize(project, settings, outputs, observer)
    if as_json:
        write_json(document)
    else:
        console = wide_console()
        print_summary(console, document)
        console.print(f"\n{history_text(project)}\n\nreport: {outputs.report}", highlight=False, markup=False)
    passed = any(row["verdict"] == "promote" for row in document["proposals"])
    return ExitCode.DONE if passed else ExitCode.INCONCLUSIVE
