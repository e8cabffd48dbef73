"""The command line of ``make bench-gate``."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console

from benchmarks.gate_bench.document import document
from benchmarks.gate_bench.parts import measure_all
from benchmarks.gate_bench.size import FULL, QUICK
from flywheel.bench_gate.page import with_figures
from flywheel.bench_gate.showing import plot, rivals, targets

FOLDER = Path("docs/benchmarks")
PAGE = "gate.md"  # beside the folder


def main(arguments: Sequence[str] | None = None) -> int:
    """Simulate, print the tables and write ``gate.json``, ``gate.svg`` and the figures of ``docs/gate.md``.

    1 where a target is missed and nobody knew.
    With ``--quick`` too little is simulated for the targets to mean anything: it is 0 then.
    """
    options = _options(arguments)
    begun, commit = time.monotonic(), _commit()
    try:
        sections = measure_all(
            QUICK if options.quick else FULL,
            processes=options.processes,
            on_part=lambda part: _say(f"{time.monotonic() - begun:5.0f} s  {part.section} {part.name}"),
        )
    except KeyboardInterrupt:
        sys.stderr.write("bench-gate: interrupted\n")
        return 130
    found = document(
        sections,
        commit=commit,
        day=datetime.now(UTC).date(),
        seconds=time.monotonic() - begun,
        quick=options.quick,
    )
    Console().print(targets(found), rivals(found))
    if options.output is not None:
        _write(options.output, found)
    return 0 if options.quick or _is_as_known(found) else 1


def _is_as_known(found: Mapping[str, Any]) -> bool:
    return all(one["met"] or one["known_miss"] for one in found["targets"].values())


def _write(folder: Path, found: Mapping[str, Any]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(found, indent=1, ensure_ascii=False)
    (folder / "gate.json").write_text(text + "\n", encoding="utf-8")
    (folder / "gate.svg").write_text(plot(found) + "\n", encoding="utf-8")
    page = folder.parent / PAGE
    if page.is_file():
        page.write_text(with_figures(page.read_text(encoding="utf-8"), found), encoding="utf-8")


def _say(text: str) -> None:
    sys.stderr.write(f"{text.rstrip()}\n")


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m flywheel.bench_gate",
        description="How often the gate errs, what it finds and what that takes, beside rivals that are broken.",
    )
    parser.add_argument("--quick", action="store_true", help="a try: little is simulated, nothing is written")
    parser.add_argument(
        "--processes",
        type=int,
        default=os.cpu_count() or 1,
        help="side by side, which changes no figure; %(default)s if not given",
    )
    parser.add_argument("--output", type=Path, help=f"where to write; {FOLDER} if not given and not quick")
    options = parser.parse_args(arguments)
    if options.output is None and not options.quick:
        options.output = FOLDER
    return options


def _commit() -> str:
    found = subprocess.run(["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=False)
    return found.stdout.strip() or "unknown"


if __name__ == "__main__":
    sys.exit(main())
