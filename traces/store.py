"""Where the traces of one machine are: our own runs, what others sent, and the index of both."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

OWN = "segments"
FOREIGN = "received"


@dataclass(frozen=True, kw_only=True)
class TraceStore:
    """The folders of a store below ``root``, the ``.flywheel`` of a harness repository or of any folder.

    ``own`` holds what this machine's supervisors wrote, and only they. ``foreign`` holds what was received
    or imported: what it claims decides nothing that ``own`` decides. ``index`` is derived from both.
    """

    root: Path

    @property
    def own(self) -> Path:
        """Segments of supervisors."""
        return self.root / OWN

    @property
    def foreign(self) -> Path:
        """Segments of receivers and importers."""
        return self.root / FOREIGN

    @property
    def index(self) -> Path:
        """The embedded index."""
        return self.root / "index.sqlite"
