"""``make bench-wheel``: the demo for five seeds, each in a process of its own; table, plot and JSON."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from flywheel.report.plots import Line, count_axis, line_chart, percent_axis

SEEDS = (1, 2, 3, 4, 5)
FOLDER = Path("docs/benchmarks")


def main() -> int:
    """Run all seeds and write ``docs/benchmarks/wheel.json`` and ``wheel.svg``; 1 if a seed does not hold."""
    documents = [run_seed(seed) for seed in SEEDS]
    figures = {"commit": _commit(), "date": datetime.now(UTC).date().isoformat(), "seeds": documents}
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / "wheel.json").write_text(
        json.dumps(figures, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
    )
    (FOLDER / "wheel.svg").write_text(plot(documents) + "\n", encoding="utf-8")
    Console().print(table(documents))
    return 0 if all(holds(document) for document in documents) else 1


def run_seed(seed: int) -> dict[str, Any]:
    """One whole demo, from nothing, in a folder that is removed afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            [sys.executable, "-m", "flywheel", "demo", "--folder", f"{folder}/demo", "--seed", str(seed)],
            check=True,
        )
        document: dict[str, Any] = json.loads(Path(folder, "demo", "result.json").read_text(encoding="utf-8"))
    return document


def holds(document: dict[str, Any]) -> bool:
    """What a turn of the wheel must show: a sure gain, something promoted and something not."""
    verdicts = [row["verdict"] for row in document["proposals"]]
    sure = document["sealed"]["lower_bound"] > 0
    return bool(sure and "promote" in verdicts and any(verdict != "promote" for verdict in verdicts))


def table(documents: Sequence[dict[str, Any]]) -> Table:
    """A row per seed."""
    shown = Table(title="Turning the wheel")
    for column in (
        "seed",
        "sealed before",
        "after",
        "effect",
        "at least",
        "promoted",
        "not",
        "runs",
        "seconds",
        "MiB",
    ):
        shown.add_column(column, justify="right")
    for document in documents:
        verdicts = [row["verdict"] for row in document["proposals"]]
        sealed = document["sealed"]
        shown.add_row(
            str(document["seed"]),
            f"{100 * _rate(sealed['before']):.0f} %",
            f"{100 * _rate(sealed['after']):.0f} %",
            f"{100 * sealed['effect']:+.1f}",
            f"{100 * sealed['lower_bound']:+.1f}",
            str(verdicts.count("promote")),
            str(len(verdicts) - verdicts.count("promote")),
            str(document["runs"]),
            str(document["seconds"]),
            str(document["peak_memory_mb"]),
        )
    return shown


def plot(documents: Sequence[dict[str, Any]]) -> str:
    """Sealed pass rate before and after, by seed."""
    lines = [
        Line(
            name=name,
            points=tuple(
                (float(position), _rate(document["sealed"][name]))
                for position, document in enumerate(documents, start=1)
            ),
            colour=colour,
            dots=True,
        )
        for name, colour in (("before", "#9aa4b2"), ("after", "#1d8a4e"))
    ]
    axis = count_axis("seed", len(documents))
    return str(line_chart(lines, axis, percent_axis("sealed pass rate"), title="Sealed pass rate by seed"))


def _rate(arm: dict[str, int]) -> float:
    return arm["passed"] / max(arm["total"], 1)


def _commit() -> str:
    found = subprocess.run(["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=False)
    return found.stdout.strip() or "unknown"


if __name__ == "__main__":
    sys.exit(main())
