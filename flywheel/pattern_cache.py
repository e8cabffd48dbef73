"""Where the patterns of the last analysis lie, kept for placing new runs; derived, and safe to delete."""

from __future__ import annotations

from pathlib import Path

from analyzers.patterns.placing import Centres
from flywheel.archive import Archive

_FILE = "pattern-centres.json"


def store_centres(archive: Archive, centres: Centres) -> None:
    """Keep the centres; whole or not at all."""
    path = _path(archive)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_text(centres.to_json(), encoding="utf-8")
    part.replace(path)


def stored_centres(archive: Archive) -> Centres | None:
    """The centres of the last analysis; ``None`` where there are none, or where an older version wrote them."""
    try:
        return Centres.from_json(_path(archive).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None


def _path(archive: Archive) -> Path:
    return archive.store.root / _FILE
