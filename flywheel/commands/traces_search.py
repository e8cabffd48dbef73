"""``flywheel traces search``: find spans by text and conditions."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from flywheel.commands.common import HERE, JsonOption, RepositoryOption, write_json
from flywheel.exit_codes import ExitCode
from flywheel.indexing import search_runs
from flywheel.project import open_project
from traces.index import Page, Query
from traces.terminal import one_line
from traces.where import parse_where


def command(
    text: Annotated[str, typer.Argument(help="Words that must all occur; quote a phrase.")] = "",
    repository: RepositoryOption = HERE,
    *,
    where: Annotated[
        list[str] | None, typer.Option(help="A condition such as outcome=failed; repeatable.")
    ] = None,
    facet: Annotated[
        list[str] | None, typer.Option(help="A field whose values to count; repeatable.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=250)] = 20,
    offset: Annotated[int, typer.Option(min=0)] = 0,
    held_out: Annotated[
        bool, typer.Option("--held-out", help="Also search runs of gate and sealed; recorded as a look.")
    ] = False,
    as_json: JsonOption = False,
) -> int:
    """Search the spans of this repository's runs; runs of held-out splits stay closed unless asked for.

    Example: `flywheel traces search "AssertionError" --where outcome=failed --facet tool`
    """
    query = Query(
        text=text,
        where=tuple(parse_where(condition) for condition in where or ()),
        facets=tuple(facet or ()),
        limit=limit,
        offset=offset,
    )
    page = search_runs(open_project(repository), query, held_out=held_out)
    if as_json:
        write_json(_document(page))
    else:
        _print(page)
    return ExitCode.DONE


def _document(page: Page) -> dict[str, Any]:
    hits = [
        {"run": hit.run_id, "span": hit.span_id, "name": hit.name, "snippet": hit.snippet, **hit.fields}
        for hit in page.hits
    ]
    return {
        "total": page.total,
        "hits": hits,
        "facets": {name: dict(counts) for name, counts in page.facets.items()},
    }


def _print(page: Page) -> None:
    for hit in page.hits:
        snippet = one_line(" ".join(hit.snippet.split()), 120)
        typer.echo(f"{hit.run_id[:12]} {hit.span_id} {one_line(hit.name, 60):24} {snippet}")
    typer.echo(f"{page.total} spans match; `flywheel traces show RUN` shows one run")
    for name, counts in page.facets.items():
        typer.echo(f"\n{name}:")
        for value, count in counts.items():
            typer.echo(f"  {count:6} {one_line(value, 120)}")
