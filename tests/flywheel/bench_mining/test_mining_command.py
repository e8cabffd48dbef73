"""The command of ``make bench-mining``: parts, what is left out, and what is written."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from flywheel.bench_mining import __main__ as command
from flywheel.bench_mining.labels import NoLabelledDataError
from flywheel.bench_mining.parts import FULL, PARTS, QUICK, Plan, labels
from flywheel.observer import SilentObserver

GROWN = {
    "place_one_ms": 5.0,
    "cluster_100k_seconds": 40.0,
    "cluster_100k_memory_mb": 900.0,
    "growth": [
        {"failing": 1000, "seconds": 0.5, "memory_mb": 200.0},
        {"failing": 100000, "seconds": 40.0, "memory_mb": 900.0},
    ],
}


def _grown(plan: Plan) -> dict[str, Any]:
    return GROWN if plan.size is FULL else {"place_one_ms": 500.0}


def _absent(plan: Plan) -> dict[str, Any]:
    raise NoLabelledDataError(f"nothing below {plan.data}")


def _seeds(plan: Plan) -> dict[str, Any]:
    return {"loop_runs_most": 4000 + sum(plan.seeds)} if plan.seeds else {}


FAKES = {"labels": _absent, "scale": _grown, "loop": _seeds}


def _main(*arguments: str) -> int:
    return command.main(arguments, parts=FAKES, today=lambda: date(2026, 11, 21))


def test_what_is_measured_is_written_with_its_plot(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A part without its labelled set is left out, which is said; one without seeds too."""
    code = _main("--output", str(tmp_path))
    found = json.loads((tmp_path / "mining.json").read_text(encoding="utf-8"))
    said = capsys.readouterr()

    assert code == 0
    assert list(found["parts"]) == ["scale"]
    assert found["parts"]["scale"]["date"] == "2026-11-21"
    assert ET.parse(tmp_path / "mining.svg").getroot().tag.endswith("svg")
    assert "labels is left out: nothing below None" in said.err
    assert "not measured" in said.out


def test_parts_are_measured_singly_and_put_together(tmp_path: Path) -> None:
    """Seeds reach the part; what was there stays."""
    _main("--output", str(tmp_path), "--only", "scale")
    code = _main("--output", str(tmp_path), "--only", "loop", "--seeds", "1-3,200")
    found = json.loads((tmp_path / "mining.json").read_text(encoding="utf-8"))

    assert code == 0
    assert found["loop_runs_most"] == 4206
    assert found["place_one_ms"] == 5.0
    assert _main("--output", str(tmp_path), "--only", "loop", "--seeds", "501") == 1


def test_a_quick_try_writes_nothing_and_judges_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Too little is measured for the targets to mean anything."""
    monkeypatch.chdir(tmp_path)

    assert _main("--quick") == 0
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("arguments", [("--only", "nothing"), ("--seeds", "one")])
def test_what_is_not_understood_is_refused(
    arguments: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    """With the parts that there are."""
    with pytest.raises(SystemExit, match="2"):
        _main(*arguments)
    assert arguments[0] in capsys.readouterr().err


def test_the_real_parts_are_those_of_the_plan() -> None:
    """Enough seeds for 120 instances; five of the whole loop."""
    assert set(PARTS) == {"planted", "labels", "agreement", "scale", "loop"}
    assert len(FULL.planted) * 2 < 120 <= len(FULL.planted) * 3
    assert len(FULL.loop) == 5
    assert not QUICK.loop


def test_labels_need_their_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The message says how to name it."""
    monkeypatch.delenv("FLYWHEEL_LABELLED_DATA", raising=False)

    with pytest.raises(NoLabelledDataError, match="FLYWHEEL_LABELLED_DATA"):
        labels(Plan(size=QUICK, work=tmp_path, data=None, observer=SilentObserver()))
