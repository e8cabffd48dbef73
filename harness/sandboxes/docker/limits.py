"""What one container may use."""

from __future__ import annotations

from dataclasses import dataclass

from harness.sandboxes.layout import MEGABYTE

_LEAST_MEMORY = 192 * MEGABYTE  # below it a copy of a full workspace would not fit beside the workspace


@dataclass(frozen=True, kw_only=True)
class ContainerLimits:
    """Limits of a whole container; sizes in bytes, ``cpus`` in cores.

    The root is read-only and every folder that can be written is memory, so ``memory`` (without swap) holds
    for files, too. Raises ``ValueError`` for what no container could live with.
    """

    memory: int = 2048 * MEGABYTE
    cpus: float = 1.0
    processes: int = 128
    workspace: int = 128 * MEGABYTE
    temporary: int = 128 * MEGABYTE
    shared_memory: int = 16 * MEGABYTE
    files: int = 20_000  # in each folder that can be written
    open_files: int = 1024

    def __post_init__(self) -> None:
        if self.memory < _LEAST_MEMORY:
            raise ValueError(f"a container needs at least {_LEAST_MEMORY} bytes of memory, not {self.memory}")
        if self.cpus <= 0 or self.processes < 8:
            raise ValueError("a container needs a part of a core and at least 8 processes")
