"""Choosing the next text of the program from what the search offers."""

from __future__ import annotations

from collections.abc import Sequence

from harness.simulated.draws import Draws
from harness.simulated.facts import Fact
from harness.simulated.search import Option, Search

_MORE_NATURAL = 1.4  # times the weight: then another repair is worth a second edit
_GUESSING = 0.0  # exponent of the weights: all options alike
_CAREFUL = 3.0
_HASTY = 1.0


class Workbench:
    """Finds repairs of one program text and remembers the search."""

    def __init__(self, source: str, draws: Draws) -> None:
        self._search = Search(source)
        self._draws = draws

    def guess(self, facts: Sequence[Fact], tried: Sequence[str]) -> str | None:
        """A first edit: any of those that agree with the first failing fact."""
        return self._choose(self._search.options(facts[:1]), tried, _GUESSING, count=0)

    def hunch(self, tried: Sequence[str]) -> str | None:
        """A first edit that was not thought through: any likely one, whether it explains the failure or not."""
        return self._choose(self._search.options(()), tried, _GUESSING, count=0)

    def next_text(
        self, facts: Sequence[Fact], tried: Sequence[str], *, count: int, careful: bool
    ) -> str | None:
        """A later edit: one that agrees with all facts, natural ones first; ``None`` when none is left."""
        exponent = _CAREFUL if careful else _HASTY
        found = self._choose(self._search.options(facts), tried, exponent, count=count)
        return found or self._choose(self._search.compound_options(facts), tried, exponent, count=count)

    def more_natural(self, facts: Sequence[Fact], current: str) -> str | None:
        """A repair that agrees with all facts and is clearly more natural than the current one."""
        options = sorted(self._search.options(facts), key=lambda option: -option.repair.weight)
        if not options:
            return None
        texts = ((option.repair.weight, option.text()) for option in options)
        mine = next((weight for weight, text in texts if text == current), None)
        best = options[0]
        if mine is None or best.repair.weight < _MORE_NATURAL * mine:
            return None
        text = best.text()
        return text if text != current else None

    def _choose(
        self, options: Sequence[Option], tried: Sequence[str], exponent: float, *, count: int
    ) -> str | None:
        left = list(options)
        while left:
            weights = [option.repair.weight**exponent for option in left]
            index = self._draws.pick(weights, [option.name for option in left], "edit", count)
            text = left.pop(index).text()
            if text is not None and text not in tried:
                return text
        return None
