"""What every command shares: its options, its way of writing JSON, and its observer."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from flywheel.observer import LiveObserver, Observer, PlainObserver, SilentObserver

RepositoryOption = Annotated[
    Path, typer.Option("--repository", "-C", help="The harness repository.", show_default="current folder")
]
FolderOption = Annotated[
    Path,
    typer.Option(
        "--folder",
        "-C",
        help="A harness repository, or any folder: traces are kept in its .flywheel.",
        show_default="current folder",
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Write one JSON document to standard output.")]
WhereOption = Annotated[
    list[str] | None, typer.Option("--where", help="A condition such as outcome=failed; repeatable.")
]
SinceOption = Annotated[
    str | None, typer.Option("--since", help="Only runs begun since then: 90m, 12h, 7d, 2w, or 2026-01-31.")
]
PrefixOption = Annotated[
    str, typer.Option("--prefix", help="How the collections' names begin on the server.")
]
SuiteOption = Annotated[
    str, typer.Option("--suite", "-s", help="The suite; `flywheel suites list` names them.")
]
SeedOption = Annotated[
    int, typer.Option("--seed", help="Fixes tasks, order and the simulated model's draws.")
]
InFlightOption = Annotated[
    int | None, typer.Option("--in-flight", min=1, max=64, help="Runs at a time; default from policy.toml.")
]
TrustOption = Annotated[
    bool,
    typer.Option(
        "--trust-code", help="Run harness code that is not stock even where nothing can isolate it."
    ),
]
LocalLedgerOption = Annotated[
    bool,
    typer.Option("--local-ledger", help="Do without the remote's ledger: the verdict counts only here."),
]
HERE = Path()
DAY_SECONDS = 86_400.0
GIGABYTE = 1_000_000_000


def write_json(document: object) -> None:
    """Write a document to standard output, the only thing a command with ``--json`` writes there."""
    sys.stdout.write(json.dumps(document, indent=2, ensure_ascii=False, sort_keys=False) + "\n")


def counted(number: int, noun: str) -> str:
    """``1 run``, ``2,000 runs``."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


@contextmanager
def observing(*, as_json: bool = False) -> Iterator[Observer]:
    """The observer that fits: live on a terminal, plain lines elsewhere, both on standard error."""
    console = Console(stderr=True)
    if as_json and not console.is_terminal:
        yield SilentObserver()
    elif console.is_terminal:
        with LiveObserver(console) as live:
            yield live
    else:
        yield PlainObserver(sys.stderr)


def wide_console() -> Console:
    """Standard output with room for tables also where it is no terminal."""
    console = Console()
    return console if console.is_terminal else Console(width=140)
