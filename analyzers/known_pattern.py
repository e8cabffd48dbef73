"""What earlier rounds know of a pattern, by which it is known again."""

from __future__ import annotations

from dataclasses import dataclass

from analyzers.lifecycle import status_of
from analyzers.pattern import RoundCount, Signature, Status


@dataclass(frozen=True, kw_only=True)
class KnownPattern:
    """A pattern as the ledger has it. ``run_ids`` and ``terms`` are those of the last round that it was seen in.

    ``history`` has an entry for every mining round since it was first seen, with a count of 0 where it was absent.
    """

    id: str
    name: str
    signature: Signature
    run_ids: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()
    part: str = ""
    history: tuple[RoundCount, ...] = ()

    @property
    def status(self) -> Status:
        """``fixed`` where it is absent since a round in which it should have occurred, else ``recurring``."""
        return status_of(self.history, present=False)
