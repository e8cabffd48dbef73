"""The benchmark of the wheel: when a seed holds, its table and its plot."""

from __future__ import annotations

import copy
import io
import xml.etree.ElementTree as ET
from typing import Any

import pytest
from rich.console import Console

from flywheel.bench_wheel import holds, plot, table
from flywheel.result import result_document
from flywheel.wheel import WheelResult


@pytest.fixture
def document(wheel_result: WheelResult) -> dict[str, Any]:
    """A result with one promotion, one refusal and a sure gain."""
    return result_document(wheel_result, seconds=61.0, peak_memory_mb=300.0, simulated=True)


def test_a_seed_holds_with_a_sure_gain_a_promotion_and_a_refusal(document: dict[str, Any]) -> None:
    """A gate that lets everything through proves nothing, so something must not pass."""
    assert holds(document)


@pytest.mark.parametrize("missing", ["promotion", "refusal", "gain"])
def test_a_seed_without_one_of_them_does_not_hold(document: dict[str, Any], missing: str) -> None:
    """Each of the three is needed."""
    changed = copy.deepcopy(document)
    if missing == "gain":
        changed["sealed"]["lower_bound"] = 0.0
    else:
        dropped = "promote" if missing == "promotion" else "refused"
        changed["proposals"] = [row for row in changed["proposals"] if row["verdict"] != dropped]

    assert not holds(changed)


def test_the_table_has_a_row_per_seed(document: dict[str, Any]) -> None:
    """Rates before and after, the bound, and what was promoted and not."""
    stream = io.StringIO()

    Console(file=stream, width=160).print(table([document, {**document, "seed": 4}]))

    shown = stream.getvalue()
    assert "25 %" in shown
    assert "75 %" in shown
    assert "+41.0" in shown
    assert sum("61.0" in line for line in shown.splitlines()) == 2


def test_the_plot_has_a_dot_per_seed_and_end(document: dict[str, Any]) -> None:
    """Before and after of each seed, as well-formed SVG with a title."""
    root = ET.fromstring(plot([document] * 3))

    names = [element.tag.rpartition("}")[2] for element in root.iter()]
    assert names.count("circle") == 6
    assert "title" in names
