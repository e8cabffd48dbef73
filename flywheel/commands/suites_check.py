"""``flywheel suites check``: prove that a suite's tasks can be failed and can be passed."""

from __future__ import annotations

from typing import Annotated

import typer

from benchmarks.suite_check import check_suite
from flywheel.commands.common import JsonOption, SeedOption, observing, write_json
from flywheel.exit_codes import ExitCode
from flywheel.suites import open_suite
from harness.sandboxes.choose import choose_sandbox


def command(
    suite: Annotated[str, typer.Argument(help="The suite's name.")],
    *,
    seed: SeedOption = 1,
    as_json: JsonOption = False,
) -> int:
    """Check each task: the untouched workspace must fail and the reference must pass.

    Exit code 1 if any task does not hold. Example: `flywheel suites check workshop`
    """
    with observing(as_json=as_json) as observer:
        opened = open_suite(suite, seed=seed, observer=observer)
        observer.stage("check every task")
        checks = check_suite(opened, choose_sandbox(), progress=observer.progress)
    bad = [check for check in checks if not check.sound]
    if as_json:
        rows = [
            {"task": check.task, "sound": check.sound, "reasons": list(check.reasons)} for check in checks
        ]
        write_json({"suite": suite, "tasks": len(checks), "bad": len(bad), "checks": rows})
    else:
        for check in bad:
            typer.echo(f"{check.task}: {'; '.join(check.reasons)}")
        typer.echo(f"{len(checks) - len(bad)} of {len(checks)} tasks hold: untouched fails, reference passes")
    return ExitCode.NEGATIVE if bad else ExitCode.DONE
