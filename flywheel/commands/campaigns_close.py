"""``flywheel campaigns close``: take no further candidates."""

from __future__ import annotations

from typing import Annotated

import typer

from flywheel.campaigns import budget, close_campaign, latest_campaign
from flywheel.commands.common import (
    HERE,
    JsonOption,
    LocalLedgerOption,
    RepositoryOption,
    SuiteOption,
    observing,
    write_json,
)
from flywheel.errors import FlywheelError
from flywheel.exit_codes import ExitCode
from flywheel.project import open_project, working
from flywheel.shared_ledger import share_ledger


def command(
    repository: RepositoryOption = HERE,
    *,
    suite: SuiteOption = "humaneval-repair",
    why: Annotated[str, typer.Option(help="Why, for the ledger.")] = "",
    local_ledger: LocalLedgerOption = False,
    as_json: JsonOption = False,
) -> int:
    """Close a suite's campaign: what is left of its error budget is given up for good, begun experiments may end.

    Example: `flywheel campaigns close --suite humaneval-repair --why "release 2"`
    """
    project = open_project(repository)
    with working(project, untracked=False), observing(as_json=as_json) as observer:
        shared = share_ledger(project, local=local_ledger, observer=observer)
        shared.publish()
        campaign = latest_campaign(project, suite)
        if campaign is None:
            raise FlywheelError(
                f"no campaign on {suite} was ever opened; `flywheel campaigns list` shows those there are"
            )
        close_campaign(project, campaign, why=why)
        shared.publish()
    words = budget(project, campaign).words
    if as_json:
        write_json({"campaign": campaign.id, "closed": True, "words": words})
    else:
        typer.echo(
            f"closed {campaign.id} ({words}); `flywheel campaigns open --suite {suite}` begins the next epoch"
        )
    return ExitCode.DONE
