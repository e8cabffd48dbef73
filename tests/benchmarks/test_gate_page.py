"""The numbers of docs/gate.md are those of the gate."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from benchmarks.gate.evidence import Evidence
from benchmarks.gate.power import prospects

PAGE = Path(__file__).parents[2] / "docs" / "gate.md"
ROW = re.compile(
    r"^\| (\w.*?)\((?:arms differ in )?(\d+) %.*?\) \| (\d+) % \| (\d+) % \| (\d+) % \| (\d+) \|$",
    re.MULTILINE,
)
START = Evidence.start(effect=0.2, discordance=0.24, threshold=160.0)


def rows() -> list[tuple[str, ...]]:
    return ROW.findall(PAGE.read_text())


def test_the_table_of_the_page_is_found() -> None:
    """Six rows; an edit that breaks the pattern is noticed."""
    assert len(rows()) == 6


@pytest.mark.parametrize("row", rows(), ids=lambda row: row[0].strip())
def test_each_row_of_the_page_is_what_the_gate_computes(row: tuple[str, ...]) -> None:
    """Chances in whole percent and groups in whole numbers."""
    text, differ, *expected = row
    points = re.search(r"(gains|loses) (\d+)", text)
    sign = {"gains": 1, "loses": -1}
    effect = sign[points[1]] * int(points[2]) / 100 if points else 0.0
    found = prospects(START, effect=effect, discordance=int(differ) / 100, bets=80)
    shown = [100 * found.reached, 100 * found.futile, 100 * found.worse, found.bets]

    assert shown == pytest.approx([float(number) for number in expected], abs=0.51)
