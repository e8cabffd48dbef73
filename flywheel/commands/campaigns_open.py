"""``flywheel campaigns open``: begin the next epoch of a suite, on groups that nobody looked at."""

from __future__ import annotations

from typing import Annotated

import typer

from benchmarks.task import Split
from flywheel.campaigns import budget
from flywheel.commands.common import (
    HERE,
    JsonOption,
    LocalLedgerOption,
    RepositoryOption,
    SeedOption,
    SuiteOption,
    counted,
    observing,
    write_json,
)
from flywheel.epochs import open_epoch
from flywheel.exit_codes import ExitCode
from flywheel.project import open_project, working
from flywheel.shared_ledger import share_ledger
from flywheel.suites import open_suite


def command(
    repository: RepositoryOption = HERE,
    *,
    suite: SuiteOption = "humaneval-repair",
    unseal: Annotated[
        int | None,
        typer.Option(min=0, help="Sealed groups that go to the gate unopened; by default what it needs."),
    ] = None,
    local_ledger: LocalLedgerOption = False,
    seed: SeedOption = 1,
    as_json: JsonOption = False,
) -> int:
    """Open a suite's next campaign, with a fresh error budget from the policy.

    Gate groups that were looked at go to mine, opened sealed ones to the gate, and none ever back. Refused while the last
    campaign takes candidates, and where no fresh group is left. Example: `flywheel campaigns open --suite humaneval-repair`
    """
    project = open_project(repository)
    with working(project, untracked=False), observing(as_json=as_json) as observer:
        shared = share_ledger(project, local=local_ledger, observer=observer)
        shared.publish()
        opened = open_suite(suite, seed=seed, observer=observer, held_out=True, project=project)
        epoch = open_epoch(project, opened, seed=seed, unseal=unseal)
        shared.publish()
    found = budget(project, epoch.campaign)
    moved = {split.value: epoch.moved_to(split) for split in (Split.MINE, Split.GATE)}
    if as_json:
        write_json({"campaign": epoch.campaign.id, "promise": found.promise, "moved_to": moved})
        return ExitCode.DONE
    typer.echo(
        f"opened {epoch.campaign.id}: {counted(moved['mine'], 'worn group')} can be mined now, "
        f"{counted(moved['gate'], 'sealed group')} came to the gate\npromise: {found.promise}"
    )
    return ExitCode.DONE
