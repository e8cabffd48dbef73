"""The command line of ``make bench-mining``."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from rich.console import Console

from flywheel.bench_mining.document import merged
from flywheel.bench_mining.labels import NoLabelledDataError
from flywheel.bench_mining.parts import FULL, PARTS, QUICK, Plan
from flywheel.bench_mining.showing import plot, tables
from flywheel.errors import FlywheelError
from flywheel.observer import PlainObserver

FOLDER = Path("docs/benchmarks")

Parts = Mapping[str, Callable[[Plan], dict[str, Any]]]


def main(
    arguments: Sequence[str] | None = None,
    *,
    parts: Parts = PARTS,
    today: Callable[[], date] = lambda: datetime.now(UTC).date(),
) -> int:
    """Measure, print the tables, and put what was measured into ``mining.json`` and ``mining.svg``.

    1 where a target that was measured in full is missed, or a part fails; a part whose labelled sets are absent is left
    out, which is said, and keeps the figures that it has.
    """
    options = _options(arguments, parts)
    plan = Plan(
        size=QUICK if options.quick else FULL,
        work=options.work,
        data=options.data,
        observer=PlainObserver(sys.stderr),
        seeds=options.seeds,
    )
    try:
        found = _measured(plan, [name for name in parts if name in options.only], parts, options, today)
    except FlywheelError as error:
        sys.stderr.write(f"bench-mining: {error}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("bench-mining: interrupted; the same command goes on where it stood\n")
        return 130
    Console().print(*tables(found)) if found else None
    return 0 if options.quick or all(one["met"] for one in found.get("targets", {}).values()) else 1


def _measured(
    plan: Plan,
    names: Sequence[str],
    parts: Parts,
    options: argparse.Namespace,
    today: Callable[[], date],
) -> dict[str, Any]:
    """Part by part; the document is written after each, so that an interrupted run keeps what it has."""
    found = _before(options.output)
    for name in names:
        plan.observer.stage(name)
        begun, commit, load = time.monotonic(), _commit(), os.getloadavg()[0]
        try:
            figures = parts[name](plan)
        except NoLabelledDataError as error:
            plan.observer.note(f"{name} is left out: {error}")
            continue
        if not figures:
            continue
        seconds = time.monotonic() - begun
        found = merged(found, name, figures, commit=commit, day=today(), seconds=seconds, load=load)
        if options.output is not None:
            _write(options.output, found)
    return found


def _before(folder: Path | None) -> dict[str, Any]:
    path = folder / "mining.json" if folder else None
    if path is None or not path.is_file():
        return {}
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def _write(folder: Path, found: Mapping[str, Any]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(found, indent=1, ensure_ascii=False)
    (folder / "mining.json").write_text(text + "\n", encoding="utf-8")
    (folder / "mining.svg").write_text(plot(found) + "\n", encoding="utf-8")


def _options(arguments: Sequence[str] | None, parts: Parts) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m flywheel.bench_mining",
        description="What mining finds of what was planted and of what people labelled, and what it costs.",
    )
    parser.add_argument("--quick", action="store_true", help="a try: little is measured, nothing is written")
    parser.add_argument(
        "--only", type=_names(parts), default=tuple(parts), help=f"parts to measure: {','.join(parts)}"
    )
    parser.add_argument(
        "--seeds",
        type=_seeds,
        default=(),
        help="of planted or loop, such as 1,2 or 2001-2045; all if not given",
    )
    parser.add_argument(
        "--data",
        type=Path,
        help="the folder of the labelled sets; else $FLYWHEEL_LABELLED_DATA; parts that need it are left out without",
    )
    parser.add_argument(
        "--work",
        type=Path,
        default=Path(tempfile.gettempdir()) / "flywheel-bench-mining",
        help="keeps the runs, so that an interrupted measurement goes on; %(default)s",
    )
    parser.add_argument("--output", type=Path, help=f"where to write; {FOLDER} if not given and not quick")
    options = parser.parse_args(arguments)
    if options.output is None and not options.quick:
        options.output = FOLDER
    return options


def _names(parts: Parts) -> Callable[[str], tuple[str, ...]]:
    def names(text: str) -> tuple[str, ...]:
        found = tuple(text.split(","))
        unknown = [name for name in found if name not in parts]
        if unknown:
            raise argparse.ArgumentTypeError(f"unknown part {unknown[0]!r}; choose of {', '.join(parts)}")
        return found

    return names


def _seeds(text: str) -> tuple[int, ...]:
    """Numbers and ranges, both ends included."""
    found: list[int] = []
    for piece in text.split(","):
        first, dash, last = piece.partition("-")
        found += range(int(first), int(last if dash else first) + 1)
    return tuple(found)


def _commit() -> str:
    found = subprocess.run(["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=False)
    return found.stdout.strip() or "unknown"


if __name__ == "__main__":
    sys.exit(main())
