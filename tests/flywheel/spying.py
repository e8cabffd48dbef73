"""Watches what the analysts' process opens; imports nothing that leads to suites, as that process must not either."""

from __future__ import annotations

import ast
import os
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
    notes = os.memfd_create(
        "seen"
    )  # shared with the processes that it forks; a hook never ends, so never closed

    def note(event: str, arguments: tuple[Any, ...]) -> None:
        if event in WATCHED:
            os.write(notes, f"{[event, str(arguments[0]) if arguments else '']!r}\n".encode())

    sys.addaudithook(note)
    reports = diagnose(brief)
    loaded = sorted(sys.modules)
    lines = os.pread(notes, os.fstat(notes).st_size, 0).decode().splitlines()
    seen = [(event, what) for event, what in map(ast.literal_eval, dict.fromkeys(lines))]
    return reports, seen, loaded
