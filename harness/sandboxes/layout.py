"""What a sandbox's root directory shows: an allow-list, as a value that travels as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Resource limits of every process inside; sizes in bytes, ``cpu_seconds`` for one process."""

    cpu_seconds: int = 600
    address_space: int = 2048 * MEGABYTE
    file_size: int = 128 * MEGABYTE
    processes: int = 128
    open_files: int = 1024


@dataclass(frozen=True, kw_only=True)
class Layout:
    """A root directory built by allow-list: what is not named here does not exist inside.

    ``binds`` are (source outside, target inside), read-only and applied in order; ``masked`` are
    folders inside that are shown empty, before ``rebinds`` are put into them; ``files`` are small text
    files; ``links`` are (path, where it points); ``scratch`` are (folder, bytes) that can be written.
    """

    binds: tuple[tuple[str, str], ...]
    masked: tuple[str, ...] = ()
    rebinds: tuple[tuple[str, str], ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    links: tuple[tuple[str, str], ...] = ()
    scratch: tuple[tuple[str, int], ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    home: str = "/workspace"
    hostname: str = "sandbox"
    loopback: bool = True
    whole_proc: bool = True
    limits: Limits = field(default_factory=Limits)

    def to_json(self) -> dict[str, Any]:
        """As a JSON object."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Layout:
        """Back from ``to_json``."""
        pairs = {
            name: tuple((a, b) for a, b in value[name]) for name in ("binds", "rebinds", "links", "scratch")
        }
        return cls(
            **{**value, **pairs, "masked": tuple(value["masked"]), "limits": Limits(**value["limits"])}
        )
