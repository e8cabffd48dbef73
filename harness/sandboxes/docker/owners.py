"""Who owns a container, written on it as labels, so that those of a dead owner can be removed."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from harness.sandboxes.docker.engine import Engine

_PROCESS = "flywheel.owner.process"
_STARTED = "flywheel.owner.started"
_BOOT = "flywheel.owner.boot"
_NAMESPACE = "flywheel.owner.namespace"


@dataclass(frozen=True, kw_only=True)
class Owner:
    """A process, told from a later one of the same number by when it ``started`` (in ticks since the boot).

    ``namespace`` is that of process numbers: a process in another one cannot be asked about.
    """

    process: str
    started: str
    boot: str
    namespace: str

    def labels(self) -> dict[str, str]:
        """As a container's labels."""
        return {
            _PROCESS: self.process,
            _STARTED: self.started,
            _BOOT: self.boot,
            _NAMESPACE: self.namespace,
        }


def this_process() -> Owner:
    """The owner of what this process makes."""
    return Owner(
        process=str(os.getpid()),
        started=_started("self") or "",
        boot=Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip(),
        namespace=str(Path("/proc/self/ns/pid").readlink()),
    )


def is_orphan(labels: Mapping[str, str], here: Owner) -> bool:
    """Whether the owner is known to be gone: since a boot, or as a process that we would see."""
    if labels.get(_BOOT) != here.boot:
        return True
    if labels.get(_NAMESPACE) != here.namespace:
        return False
    return _started(labels.get(_PROCESS, "")) != labels.get(_STARTED)


def reap(engine: Engine) -> int:
    """Remove the containers whose owner is gone; how many. Raises ``BrokenSystemError``."""
    here = this_process()
    orphans = [found["Id"] for found in engine.containers(_PROCESS) if is_orphan(found["Labels"], here)]
    for orphan in orphans:
        engine.remove(orphan)
    return len(orphans)


def _started(process: str) -> str | None:
    """The start of a process in ticks since the boot; ``None`` if there is none."""
    if process != "self" and not process.isdigit():
        return None
    try:
        status = Path(f"/proc/{process}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    fields = status.rpartition(")")[2].split()  # a name may hold spaces and brackets
    return None if fields[0] == "Z" else fields[19]
