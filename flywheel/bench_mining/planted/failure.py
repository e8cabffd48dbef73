"""What a failing run owes to the weaknesses that were planted in it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Failure:
    """A failing run: the weaknesses that it ``shows``, and those that it ``owes`` its failure to.

    It owes it to each one that lets it pass, with the same seed, when that alone is off. ``alone`` is whether it
    fails with all of them off as well: it then owes them nothing that the model would not have done by itself.
    """

    shows: frozenset[str]
    owes: frozenset[str]
    alone: bool

    @property
    def over_determined(self) -> bool:
        """Whether no single weakness is to blame, and together they are."""
        return not self.alone and not self.owes
