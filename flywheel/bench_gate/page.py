"""The figures on the page about the gate, written from the document so that they cannot go stale."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from benchmarks.gate_bench.targets import TARGETS, Target

_PLACE = re.compile(r"(<!-- figures: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)

_SCENARIOS = {
    "a_a": "one harness in both arms, claim suite",
    "a_a_groups": "one harness in both arms, claim groups",
    "quiet": "arms that hardly ever differ",
    "ten_better_ten_worse": "ten tasks better and ten worse",
    "shared_control": "one control arm for all twenty",
    "chosen_from_verdicts": "candidates chosen from earlier verdicts",
    "correlated_suite": "correlation within groups, claim suite",
    "correlated_groups": "correlation within groups, claim groups, most of the luck in common",
    "among_helpful_and_harmful": "15 useless ones among 2 helpful and 3 harmful ones",
}


def with_figures(page: str, document: Mapping[str, Any]) -> str:
    """The page with every place between ``<!-- figures: NAME -->`` and ``<!-- end -->`` filled anew.

    Raises ``KeyError`` for a name that there is no table for.
    """
    tables = {"rivals": _rivals, "targets": _targets, "scenarios": _scenarios}
    return _PLACE.sub(lambda place: f"{place[1]}{tables[place[2]](document)}\n{place[3]}", page)


def _rivals(document: Mapping[str, Any]) -> str:
    rows = [
        f"| {found['idea']} | {_percent(found['rate'])} | {_percent(found['gate_rate'])} | {found['source']} |"
        for found in document["detail"]["rivals"].values()
    ]
    return "\n".join(
        ["| instead of this gate | promoted | by this gate | described by |", "|---|---|---|---|", *rows]
    )


def _scenarios(document: Mapping[str, Any]) -> str:
    rows = [
        f"| {_SCENARIOS[name]} | {_percent(found['rate'])} | {_percent(found['upper95'])} |"
        for name, found in document["detail"]["false_promotions"].items()
    ]
    head = (
        f"| {document['campaigns']:,} campaigns of 20 useless candidates | with an error | at most (95 %) |"
    )
    return "\n".join([head, "|---|---|---|", *rows])


def _targets(document: Mapping[str, Any]) -> str:
    rows = [_target(target, document["targets"][target.figure]) for target in TARGETS]
    return "\n".join(["| what is measured | found | wanted | |", "|---|---|---|---|", *rows])


def _target(target: Target, judged: Mapping[str, Any]) -> str:
    sign = "≤" if target.side == "at most" else "≥"
    met = "" if judged["met"] else "missed"
    return f"| {target.meaning} | {_number(judged['measured'])} | {sign} {_number(target.bound)} | {met} |"


def _percent(rate: float) -> str:
    return f"{100 * rate:.1f} %"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) else f"{value:.3f}"
