"""The command line of ``make bench-traces``."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from flywheel.bench_traces.figures import document
from flywheel.bench_traces.measuring import measure
from flywheel.bench_traces.plan import PATIENCE_SECONDS, QUICK_SPANS, SPANS, plan_for
from flywheel.bench_traces.showing import growth, headlines, plot
from flywheel.errors import FlywheelError
from flywheel.observer import PlainObserver

FOLDER = Path("docs/benchmarks")


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print the tables and write ``traces.json`` and ``traces.svg``; 1 where a part fails."""
    options = _options(arguments)
    spans = options.spans or (QUICK_SPANS if options.quick else SPANS)
    # Ended by another program, it must clean up as on Ctrl-C.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    observer = PlainObserver(sys.stderr)
    try:
        with tempfile.TemporaryDirectory(prefix="bench-traces-", ignore_cleanup_errors=True) as folder:
            plan = plan_for(spans, quick=options.quick, patience_seconds=options.patience)
            found = document(measure(plan, Path(folder), observer, quick=options.quick))
    except (FlywheelError, RuntimeError) as error:
        sys.stderr.write(f"bench-traces: {error}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("bench-traces: interrupted\n")
        return 130
    Console().print(headlines(found), growth(found))
    if options.output is not None:
        options.output.mkdir(parents=True, exist_ok=True)
        text = json.dumps(found, indent=1, ensure_ascii=False)
        (options.output / "traces.json").write_text(text + "\n", encoding="utf-8")
        (options.output / "traces.svg").write_text(plot(found) + "\n", encoding="utf-8")
    return 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m flywheel.bench_traces",
        description="How fast traces come in, become searchable and are found, and how that grows.",
    )
    parser.add_argument("--spans", type=int, help=f"of the largest store; {SPANS:,} if not given")
    parser.add_argument("--quick", action="store_true", help="a try: little is measured, nothing is written")
    parser.add_argument(
        "--patience",
        type=float,
        default=PATIENCE_SECONDS,
        help="how many seconds, in all, to wait while others keep the machine busy; %(default)s if not given",
    )
    parser.add_argument("--output", type=Path, help=f"where to write; {FOLDER} if not given and not quick")
    options = parser.parse_args(arguments)
    if options.output is None and not options.quick:
        options.output = FOLDER
    return options


if __name__ == "__main__":
    sys.exit(main())
