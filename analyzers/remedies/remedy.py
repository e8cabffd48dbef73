"""What a remedy is: a title, a hypothesis and the edits that it makes of a harness."""

from __future__ import annotations

from typing import Protocol

from harness.edits import Edit
from harness.manifest import Manifest


class Remedy(Protocol):
    """One mechanism that may cure something, fitted to the harness at hand."""

    @property
    def name(self) -> str:
        """A stable name in snake case."""
        ...

    @property
    def title(self) -> str:
        """What it changes, as an imperative."""
        ...

    @property
    def hypothesis(self) -> str:
        """Why it should help, in one sentence."""
        ...

    @property
    def mechanism(self) -> str:
        """What is meant to act, such as ``middleware:stock:LoopDetection``, ``prompt`` or ``limits.steps``."""
        ...

    def touches(self, manifest: Manifest) -> str:
        """The file, or ``harness.toml:key.path``, that its edits change."""
        ...

    def edits(self, manifest: Manifest) -> tuple[Edit, ...]:
        """The edits; none where the harness has the remedy already and it cannot be tuned further."""
        ...
