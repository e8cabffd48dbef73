"""What a person says of patterns, for this clustering and all later ones."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal


@dataclass(frozen=True, kw_only=True)
class Correction:
    """One entry of the ledger, applied in the order in which they were made.

    ``label``: the pattern is called ``name``. ``merge``: its runs belong to the pattern ``into`` from now on.
    ``split``: ``run_ids``, and later runs that resemble them more than the rest, are a pattern of their own, whose id is
    ``into`` and whose name is ``name`` (empty: the old one with the word that tells them apart).
    Raises ``ValueError`` where a field that its kind needs is empty, or a pattern would be merged into itself.
    """

    kind: Literal["label", "merge", "split"]
    pattern: str
    name: str = ""
    into: str = ""
    run_ids: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        missing = [name for name in _NEEDED[self.kind] if not getattr(self, name)]
        if missing:
            raise ValueError(f"a {self.kind} needs {' and '.join(missing)}")
        if self.into == self.pattern:
            raise ValueError(f"{self.pattern} cannot be {self.kind} into itself")


_NEEDED = MappingProxyType(
    {"label": ("pattern", "name"), "merge": ("pattern", "into"), "split": ("pattern", "into", "run_ids")}
)
