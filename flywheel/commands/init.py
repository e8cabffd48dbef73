"""``flywheel init``: make a harness repository."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flywheel.commands.common import JsonOption, write_json
from flywheel.exit_codes import ExitCode
from flywheel.starting import start_harness


def command(
    path: Annotated[Path, typer.Argument(help="A folder that is empty or does not exist yet.")],
    *,
    model: Annotated[
        str, typer.Option(help="`simulated:coder`, or anything LangChain's init_chat_model takes.")
    ] = "simulated:coder",
    as_json: JsonOption = False,
) -> int:
    """Make a harness repository: `harness.toml`, a prompt and a policy, committed.

    Example: `flywheel init my-harness --model anthropic:claude-sonnet-4-5`
    """
    repository = start_harness(path, model=model)
    if as_json:
        write_json({"repository": str(repository.path), "commit": repository.current()})
    else:
        typer.echo(f"made {repository.path} at {repository.current()[:10]}")
        typer.echo(f"next: flywheel optimize -C {path} --suite humaneval-repair")
    return ExitCode.DONE
