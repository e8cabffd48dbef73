"""Keeps what was generated for a suite in one checksummed file; a broken file counts as none."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

Record = Mapping[str, Any]


def default_cache() -> Path:
    """The user's cache folder: ``$FLYWHEEL_CACHE``, else ``flywheel`` under the XDG cache folder."""
    chosen = os.environ.get("FLYWHEEL_CACHE")
    if chosen:
        return Path(chosen)
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "flywheel"


def read_cached(file: Path, *, key: Mapping[str, str]) -> list[dict[str, Any]] | None:
    """The records kept under ``key``, or ``None`` when there are none that can be trusted."""
    try:
        kept = json.loads(file.read_bytes())
        records = list(kept["records"])
        intact = kept["key"] == dict(key) and kept["checksum"] == _checksum(records)
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    return records if intact else None


def write_cached(file: Path, *, key: Mapping[str, str], records: Sequence[Record]) -> None:
    """Keep records by an atomic replacement; a full or read-only disk only costs the cache."""
    content = {"key": dict(key), "checksum": _checksum(records), "records": list(records)}
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=file.parent, suffix=".part") as folder:
            part = Path(folder, file.name)
            part.write_text(json.dumps(content), encoding="utf-8")
            part.replace(file)
    except OSError:
        return


def _checksum(records: Sequence[Record]) -> str:
    return hashlib.sha256(json.dumps(list(records), sort_keys=True).encode()).hexdigest()
