"""``flywheel suites list``: which suites there are."""

from __future__ import annotations

import typer

from benchmarks.suite_store import suite_descriptions
from flywheel.commands.common import JsonOption, write_json
from flywheel.exit_codes import ExitCode


def command(*, as_json: JsonOption = False) -> int:
    """List the suites by name.

    Example: `flywheel suites list`
    """
    described = suite_descriptions()
    if as_json:
        write_json([{"name": name, "description": text} for name, text in described.items()])
    else:
        for name, text in described.items():
            typer.echo(f"{name:20} {text}")
    return ExitCode.DONE
