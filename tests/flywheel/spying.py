"""Watches what the analysts' process opens; imports nothing that leads to suites, as that process must not either."""

from __future__ import annotations

import sys
from typing import Any

from analyzers.analysts.parallel import AnalystReport
from flywheel.analyst_work import Brief, diagnose

WATCHED = (
    "open",
    "os.listdir",
    "os.scandir",
    "import",
    "socket.connect",
    "subprocess.Popen",
    "os.exec",
    "ctypes.dlopen",
)


def watched(brief: Brief) -> tuple[tuple[AnalystReport, ...], list[tuple[str, str]], list[str]]:
    """What analysts answer, every file, folder, module and program that was asked for meanwhile, and what is loaded."""
    seen: list[tuple[str, str]] = []

    def note(event: str, arguments: tuple[Any, ...]) -> None:
        if event in WATCHED:
            seen.append((event, str(arguments[0]) if arguments else ""))

    sys.addaudithook(note)
    reports = diagnose(brief)
    return reports, list(dict.fromkeys(seen)), sorted(sys.modules)
