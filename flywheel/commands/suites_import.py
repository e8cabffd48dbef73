"""``flywheel suites import``: make a suite of other people's tasks."""

from __future__ import annotations

from collections import Counter
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from benchmarks.imports.importing import Imported, ImportOrder
from flywheel.commands.common import JsonOption, observing, write_json
from flywheel.exit_codes import ExitCode
from flywheel.suites import import_tasks
from traces.terminal import one_line


class Format(StrEnum):
    """The layouts that are known."""

    AUTO = "auto"
    HARBOR = "harbor"
    TERMINAL_BENCH = "terminal-bench"
    EXERCISM = "exercism"
    QUIXBUGS = "quixbugs"
    JSONL = "jsonl"


class Images(StrEnum):
    """Who gets an image of its own: what a plain sandbox cannot run, all that name one, or none."""

    NEEDED = "needed"
    ALWAYS = "always"
    NEVER = "never"


def command(
    path: Annotated[Path, typer.Argument(help="A task's folder, a folder of tasks, or a .jsonl file.")],
    *,
    name: Annotated[str, typer.Option("--name", help="The suite's name: small letters, digits and -.")],
    layout: Annotated[Format, typer.Option("--format", help="Only tasks of this layout.")] = Format.AUTO,
    splits: Annotated[
        bool,
        typer.Option(
            "--splits/--no-splits", help="Hold groups out for the gate; without, for benchmarking only."
        ),
    ] = True,
    replace: Annotated[
        bool, typer.Option("--replace", help="Let tasks of a suite of this name change or go.")
    ] = False,
    images: Annotated[
        Images,
        typer.Option("--images", help="Which tasks run in a container of their own image (needs Docker)."),
    ] = Images.NEEDED,
    build_network: Annotated[
        bool, typer.Option("--build-network", help="Let Dockerfiles fetch while their images are built.")
    ] = False,
    licence: Annotated[
        str | None, typer.Option("--licence", help="The tasks' licence, where the files do not tell.")
    ] = None,
    as_json: JsonOption = False,
) -> int:
    """Import tasks in Harbor's, Terminal-Bench's, Exercism's, QuixBugs' or the JSONL layout.

    Each is tried in the sandbox, or in a container of the image it brings: it counts if doing nothing fails and
    its reference passes, and is listed with the reason otherwise. An interrupted import goes on where it stood. Exit code 1 if no task counts.
    Example: `flywheel suites import polyglot-benchmark/python --name polyglot-python`
    """
    order = ImportOrder(
        path=path,
        name=name,
        format=layout.value,
        splits=splits,
        replace=replace,
        licence=licence,
        images=images.value,
        build_network=build_network,
    )
    with observing(as_json=as_json) as observer:
        imported = import_tasks(order, observer)
    if as_json:
        write_json(_document(order, imported))
    else:
        _show(order, imported)
    return ExitCode.DONE if imported.suite else ExitCode.NEGATIVE


def _show(order: ImportOrder, imported: Imported) -> None:
    for outcome in imported.outcomes:
        state = "accepted" if outcome.accepted else "refused "
        reasons = one_line("; ".join(map(str, outcome.refusals)), 300)
        typer.echo(f"{state} {one_line(outcome.id, 120)}{'  ' + reasons if reasons else ''}")
    counts = Counter(refusal.reason.value for outcome in imported.refused for refusal in outcome.refusals[:1])
    typer.echo(f"\n{len(imported.accepted)} of {len(imported.outcomes)} tasks accepted")
    for reason, count in counts.most_common():
        typer.echo(f"  {count} refused: {reason.replace('_', ' ')}")
    if imported.suite is None:
        typer.echo("no task counts, so there is no suite")
        return
    typer.echo(f"suite {order.name}, version {imported.suite.version}: {imported.suite.description}")


def _document(order: ImportOrder, imported: Imported) -> dict[str, Any]:
    suite = imported.suite
    return {
        "name": order.name,
        "version": suite.version if suite else None,
        "source": suite.source if suite else None,
        "licence": suite.licence if suite else None,
        "splits": order.splits,
        "accepted": len(imported.accepted),
        "refused": len(imported.refused),
        "tasks": [
            {
                "id": outcome.id,
                "format": outcome.format,
                "accepted": outcome.accepted,
                "reasons": [
                    {"reason": refusal.reason.value, "detail": refusal.detail} for refusal in outcome.refusals
                ],
            }
            for outcome in imported.outcomes
        ],
    }
