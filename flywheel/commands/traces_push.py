"""``flywheel traces push``: send what is stored here to a team's Typesense server."""

from __future__ import annotations

from typing import Annotated

import typer

from flywheel.archive import open_archive
from flywheel.commands.common import HERE, FolderOption, JsonOption, PrefixOption, observing, write_json
from flywheel.exit_codes import ExitCode
from flywheel.team_index import push, team_settings
from traces.typesense_index import TypesenseIndex


def command(
    to: Annotated[
        list[str], typer.Option("--to", help="URL of a node; repeatable for a cluster, the nearest first.")
    ],
    folder: FolderOption = HERE,
    *,
    prefix: PrefixOption = "flywheel",
    rebuild: Annotated[
        bool,
        typer.Option("--rebuild", help="Fill a new collection with this folder's traces and swap it in."),
    ] = False,
    as_json: JsonOption = False,
) -> int:
    """Send runs that changed since the last push; the key is in TYPESENSE_API_KEY. Held-out runs stay here.

    `--rebuild` replaces what other machines sent under the same prefix.
    Example: `flywheel traces push --to http://localhost:8108`
    """
    server = team_settings(to, prefix=prefix)
    with observing(as_json=as_json) as observer, TypesenseIndex(server) as team:
        sent = push(open_archive(folder), team, observer, server=server, rebuild=rebuild)
    if as_json:
        write_json({"runs": sent})
    else:
        typer.echo(f"{sent:,} runs sent")
    return ExitCode.DONE
