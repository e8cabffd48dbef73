"""The closing tables of an ``optimize`` for a terminal, from its result document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from traces.terminal import one_line

_COLOURS = {"promote": "green", "reject": "red", "refused": "red", "inconclusive": "yellow"}


def print_summary(console: Console, document: Mapping[str, Any]) -> None:
    """Patterns, proposals with their verdicts, and the sealed split before and after."""
    console.print(_patterns(document))
    console.print(_proposals(document))
    for line in _beside_the_verdicts(document):
        console.print(line, highlight=False, markup=False)
    if document["simulated"]:
        console.print("The model in these runs is simulated; programs, tests and statistics are real.")
    sealed = document["sealed"]
    if sealed is None:
        console.print("The sealed split was not opened (--open-sealed opens it, once).")
        return
    before, after = sealed["before"], sealed["after"]
    console.print(
        f"Sealed split: {_rate(before)} before, {_rate(after)} after; "
        f"effect {100 * sealed['effect']:+.1f} points, "
        f"at least {100 * sealed['lower_bound']:+.1f} with 95 % confidence.",
        highlight=False,
    )


def _beside_the_verdicts(document: Mapping[str, Any]) -> Iterator[str]:
    """What a reader of the verdicts should know: how noisy the suite is, and what could not be decided."""
    if document.get("cannot_decide"):
        yield (
            f"{document['cannot_decide']} of them cannot gain as much as their experiment would detect: not run, not charged "
            "(--force measures them)."
        )
    if document.get("noise"):
        yield f"Noise of this suite: {document['noise']['words']}."


def _rate(arm: Mapping[str, int]) -> str:
    return f"{100 * arm['passed'] / max(arm['total'], 1):.0f} % ({arm['passed']}/{arm['total']})"


def _shown(text: str) -> str:
    """Text of an analyst or a trace, as it is: neither markup nor the terminal obeys it."""
    return escape(one_line(text, 400))


def _patterns(document: Mapping[str, Any]) -> Table:
    table = Table(title="Patterns in the failures", title_justify="left")
    for column in ("round", "pattern", "runs", "share of failures"):
        table.add_column(column, justify="left" if column == "pattern" else "right")
    for pattern in document["patterns"]:
        table.add_row(
            str(pattern["round"]),
            _shown(pattern["name"]),
            str(pattern["runs"]),
            f"{100 * pattern['share']:.0f} %",
        )
    return table


def _proposals(document: Mapping[str, Any]) -> Table:
    table = Table(title="Proposals and verdicts", title_justify="left")
    for column in ("proposal", "verdict", "effect", "interval", "groups", "reason"):
        table.add_column(column, justify="right" if column in {"effect", "groups"} else "left")
    for row in document["proposals"]:
        colour = _COLOURS.get(row["verdict"], "default")
        table.add_row(
            f"{_shown(row['title'])}\n[dim]{row['id']}[/]",
            f"[{colour}]{row['verdict']}[/]" + ("\n[dim]promoted[/]" if row["status"] == "promoted" else ""),
            "–" if row["effect"] is None else f"{100 * row['effect']:+.0f}",
            "–"
            if row["interval"] is None
            else f"{100 * row['interval'][0]:+.0f} … {100 * row['interval'][1]:+.0f}",
            str(row["groups"]),
            _shown(row["reason"]),
        )
    return table
