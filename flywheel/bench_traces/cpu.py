"""How long processes had a core: what others do on the machine hardly changes it."""

from __future__ import annotations

import os
from pathlib import Path

_PROC = Path("/proc")
_PARENT, _USER, _SYSTEM = 1, 11, 12  # columns of /proc/PID/stat behind the command


def tree_cpu_seconds(root: int) -> dict[int, float]:
    """Seconds of a core that a process and its living descendants had so far, by process id."""
    found = {int(path.name): _fields(path) for path in _PROC.iterdir() if path.name.isdigit()}
    tree, size = {root}, 0
    while len(tree) > size:
        size = len(tree)
        tree |= {pid for pid, fields in found.items() if fields and int(fields[_PARENT]) in tree}
    ticks = os.sysconf("SC_CLK_TCK")
    return {
        pid: (int(found[pid][_USER]) + int(found[pid][_SYSTEM])) / ticks for pid in tree if found.get(pid)
    }


def _fields(process: Path) -> list[str]:
    try:
        return (process / "stat").read_text().rpartition(")")[2].split()
    except OSError:  # it has ended meanwhile
        return []
