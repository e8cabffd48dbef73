"""The only door through which an analyst sees runs."""

from __future__ import annotations

from typing import Protocol

from traces.index import Page, Query
from traces.run import Run


class MineView(Protocol):
    """Runs of ``mine`` and nothing else; built by ``flywheel`` from an index and the ledger."""

    def run(self, run_id: str) -> Run:
        """One run with its raw spans; raises ``KeyError`` for a run outside the view."""
        ...

    def runs(self) -> tuple[Run, ...]:
        """All runs of the view, in a stable order."""
        ...

    def search(self, query: Query) -> Page:
        """Search within the view."""
        ...
