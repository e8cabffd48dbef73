"""The benchmark of the gate: its command, its tables and its plot."""

from __future__ import annotations

import copy
import io
import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from benchmarks.gate_bench.scenarios.every import SCENARIOS
from benchmarks.gate_bench.size import FULL, QUICK, Size
from benchmarks.gate_bench.targets import TARGETS
from flywheel.bench_gate import __main__ as command
from flywheel.bench_gate.page import with_figures
from flywheel.bench_gate.showing import plot, rivals, targets

DOCS = Path(__file__).parents[2] / "docs"
KEPT = DOCS / "benchmarks" / "gate.json"
PAGE = DOCS / "gate.md"


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    """The figures that are kept with the code."""
    found: dict[str, Any] = json.loads(KEPT.read_text(encoding="utf-8"))
    return found


@pytest.fixture
def run(
    document: dict[str, Any], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str]]:
    """The command without the minutes of simulation: with given sections instead."""

    def running(*arguments: str, sections: dict[str, Any] | None = None) -> tuple[int, str]:
        def measured(size: Size, *, processes: int, on_part: Any) -> dict[str, Any]:
            assert size is (QUICK if "--quick" in arguments else FULL)
            assert processes >= 1
            return sections or document["detail"]

        monkeypatch.setattr(command, "measure_all", measured)
        code = command.main(arguments)
        return code, capsys.readouterr().out

    return running


def test_a_run_writes_its_document_and_its_plot(
    run: Callable[..., tuple[int, str]], document: dict[str, Any], tmp_path: Path
) -> None:
    """The same sections give the same figures."""
    code, shown = run("--output", str(tmp_path))
    written = json.loads((tmp_path / "gate.json").read_text(encoding="utf-8"))

    assert code == 0
    assert "keep what scored higher" in shown
    assert written["targets"] == document["targets"]
    assert re.fullmatch(r"[0-9a-f]{40}", written["commit"])
    assert (tmp_path / "gate.svg").read_text(encoding="utf-8").startswith("<svg")


def test_a_missed_target_fails_the_run(
    run: Callable[..., tuple[int, str]], document: dict[str, Any], tmp_path: Path
) -> None:
    """Unless it is known that this gate misses it."""
    sections = copy.deepcopy(document["detail"])
    sections["agreement"]["disagreements"] = 1
    code, shown = run("--output", str(tmp_path), sections=sections)

    assert code == 1
    assert "missed" in shown


def test_a_try_writes_nothing_and_judges_nothing(
    run: Callable[..., tuple[int, str]],
    document: dict[str, Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Too little is simulated for a target to mean anything."""
    monkeypatch.chdir(tmp_path)
    sections = copy.deepcopy(document["detail"])
    sections["agreement"]["disagreements"] = 1

    assert run("--quick", sections=sections)[0] == 0
    assert list(tmp_path.iterdir()) == []


def test_the_kept_document_is_of_a_whole_run(document: dict[str, Any]) -> None:
    """With its commit and date, ten thousand campaigns of each scenario, and no target missed that nobody knew of."""
    missed = {name for name, one in document["targets"].items() if not one["met"]}

    assert document["quick"] is False
    assert document["campaigns"] == 10_000
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", document["date"])
    assert missed <= {target.figure for target in TARGETS if target.is_known_miss}


def test_the_kept_plot_is_drawn_from_the_kept_document(document: dict[str, Any]) -> None:
    """Neither is older than the other."""
    assert KEPT.with_suffix(".svg").read_text(encoding="utf-8") == plot(document) + "\n"


def test_the_table_has_a_row_per_target(document: dict[str, Any]) -> None:
    """With what was measured, the bound and whether it is met."""
    lines = shown(targets(document)).splitlines()

    assert sum(" met " in line or " missed " in line for line in lines) == len(TARGETS)
    assert any("power at the planned effect" in line and "≥ 0.800" in line for line in lines)


def test_a_rival_that_is_not_seen_stands_out(document: dict[str, Any]) -> None:
    """The bench would then be blind to that mistake."""
    changed = copy.deepcopy(document)
    changed["detail"]["rivals"]["greedy"]["is_seen"] = False

    assert "not seen" not in shown(rivals(document))
    assert shown(rivals(changed)).count("not seen") == 1


def test_the_plot_shows_errors_and_pairs(document: dict[str, Any]) -> None:
    """Two charts one above the other, well-formed, with a dot for every candidate and every true effect."""
    root = ET.fromstring(plot(document))
    names = [element.tag.rpartition("}")[2] for element in root.iter()]
    titles = [element.text for element in root.iter() if element.tag.endswith("title")]

    assert titles == ["False promotions", "Pairs and power by the true effect"]
    assert names.count("circle") == 3 * 20 + 2 * len(document["detail"]["curve"]["power"])


def shown(table: Any) -> str:
    """A table as text."""
    stream = io.StringIO()
    Console(file=stream, width=160).print(table)
    return stream.getvalue()


def test_the_figures_of_the_page_are_those_of_the_kept_document(document: dict[str, Any]) -> None:
    """Nobody copies numbers by hand: filling the page anew changes nothing."""
    page = PAGE.read_text(encoding="utf-8")

    assert with_figures(page, document) == page
    assert page.count("<!-- figures: ") == page.count("<!-- end -->") == 3


@pytest.mark.parametrize("name", ["scenarios", "rivals", "targets"])
def test_a_place_is_filled_whatever_stood_there(document: dict[str, Any], name: str) -> None:
    """Stale rows go, the text around stays, and filling twice is filling once."""
    page = f"Before.\n\n<!-- figures: {name} -->\n| stale |\n<!-- end -->\n\nAfter.\n"
    filled = with_figures(page, document)

    assert "stale" not in filled
    assert filled.startswith("Before.\n\n<!-- figures")
    assert filled.endswith("|\n<!-- end -->\n\nAfter.\n")
    assert with_figures(filled, document) == filled


def test_the_page_shows_rates_in_percent(document: dict[str, Any]) -> None:
    """A row for each rival, with the gate beside it and where it is described."""
    changed = copy.deepcopy(document)
    changed["detail"]["rivals"]["greedy"].update(rate=0.4712, gate_rate=0.031)
    filled = with_figures("<!-- figures: rivals -->\n<!-- end -->", changed)

    assert "| keep what scored higher | 47.1 % | 3.1 % | hill climbing" in filled
    assert len(filled.splitlines()) == 4 + len(document["detail"]["rivals"])


def test_every_scenario_has_words_on_the_page(document: dict[str, Any]) -> None:
    """Those of the kept document are those of the bench."""
    filled = with_figures("<!-- figures: scenarios -->\n<!-- end -->", document)

    assert list(document["detail"]["false_promotions"]) == [scenario.name for scenario in SCENARIOS]
    assert len(filled.splitlines()) == 4 + len(SCENARIOS)
    assert "_" not in filled


def test_a_missed_target_is_called_so_on_the_page(document: dict[str, Any]) -> None:
    """And one that is met is not."""
    changed = copy.deepcopy(document)
    changed["targets"]["campaigns"].update(met=False, measured=60)
    rows = with_figures("<!-- figures: targets -->\n<!-- end -->", changed).splitlines()

    assert any("| 60 | ≥ 10,000 | missed |" in row for row in rows)
    assert sum("missed" in row for row in rows) <= 1 + sum(target.is_known_miss for target in TARGETS)


def test_a_place_without_a_table_is_an_error(document: dict[str, Any]) -> None:
    """A typing mistake does not empty the page."""
    with pytest.raises(KeyError, match="nothing"):
        with_figures("<!-- figures: nothing -->\nkept\n<!-- end -->", document)
