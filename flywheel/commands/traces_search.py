"""``flywheel traces search``: find spans by text and conditions."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from flywheel.archive import open_archive
from flywheel.commands.common import (
    HERE,
    FolderOption,
    JsonOption,
    PrefixOption,
    WhereOption,
    counted,
    observing,
    write_json,
)
from flywheel.errors import FlywheelError
from flywheel.exit_codes import ExitCode
from flywheel.searching import search_archive
from flywheel.team_index import team_settings
from traces.index import Page, Query, Sort
from traces.terminal import one_line
from traces.typesense_index import TypesenseIndex
from traces.where import parse_where


def command(
    text: Annotated[str, typer.Argument(help="Words that must all occur; quote a phrase.")] = "",
    folder: FolderOption = HERE,
    *,
    where: WhereOption = None,
    facet: Annotated[
        list[str] | None, typer.Option(help="A field whose values to count; repeatable.")
    ] = None,
    sort: Annotated[
        list[str] | None,
        typer.Option(help="A field to order by, such as time or seconds:desc; repeatable."),
    ] = None,
    by_run: Annotated[
        bool, typer.Option("--by-run", help="One span of each run; counts are of runs.")
    ] = False,
    limit: Annotated[int, typer.Option(min=1, max=10_000)] = 20,
    offset: Annotated[int, typer.Option(min=0)] = 0,
    held_out: Annotated[
        bool, typer.Option("--held-out", help="Also search runs of gate and sealed; recorded as a look.")
    ] = False,
    at: Annotated[
        list[str] | None,
        typer.Option("--at", help="Ask a team's Typesense server at this URL instead; see `traces push`."),
    ] = None,
    prefix: PrefixOption = "flywheel",
    as_json: JsonOption = False,
) -> int:
    """Search spans, the most relevant or newest first; runs of held-out splits stay closed unless asked for.

    Example: `flywheel traces search "AssertionError" --where outcome=failed --facet tool`
    """
    query = Query(
        text=text,
        where=tuple(parse_where(condition) for condition in where or ()),
        facets=tuple(facet or ()),
        sort=tuple(_sort(name) for name in sort or ()),
        by_run=by_run,
        limit=limit,
        offset=offset,
    )
    if at:
        with TypesenseIndex(team_settings(at, prefix=prefix)) as team:
            page = team.search(query)
    else:
        with observing(as_json=as_json) as observer:
            page = search_archive(open_archive(folder), query, held_out=held_out, observer=observer)
    if as_json:
        write_json(_document(page))
    else:
        _print(page, "run" if by_run else "span")
    return ExitCode.DONE


def _sort(name: str) -> Sort:
    field, _, direction = name.partition(":")
    if direction not in {"", "asc", "desc"}:
        raise FlywheelError(f"{name!r} is no order; write FIELD or FIELD:desc, such as seconds:desc")
    return Sort(field=field, descending=direction == "desc")


def _document(page: Page) -> dict[str, Any]:
    hits = [
        {"run": hit.run_id, "span": hit.span_id, "name": hit.name, "snippet": hit.snippet, **hit.fields}
        for hit in page.hits
    ]
    return {
        "total": page.total,
        "capped": page.capped,
        "hits": hits,
        "facets": {name: dict(counts) for name, counts in page.facets.items()},
    }


def _print(page: Page, thing: str) -> None:
    for hit in page.hits:
        snippet = one_line(" ".join(hit.snippet.split()), 100)
        outcome = str(hit.fields.get("outcome", ""))
        typer.echo(f"{hit.run_id[:12]} {hit.span_id} {outcome:13} {one_line(hit.name, 40):28} {snippet}")
    typer.echo(_total(page, thing))
    for name, counts in page.facets.items():
        typer.echo(f"\n{name}:")
        for value, count in counts.items():
            typer.echo(f"  {count:8,} {one_line(value, 120)}")


def _total(page: Page, thing: str) -> str:
    if not page.total:
        return f"no {thing} matches; `flywheel traces stats` tells what there is"
    at_least = "at least " if page.capped else ""
    match = "matches" if page.total == 1 else "match"
    beyond = "" if page.hits else ", all of them before this offset"
    return f"{at_least}{counted(page.total, thing)} {match}{beyond}; `flywheel traces show RUN` shows one run"
