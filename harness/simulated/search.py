"""Searching for a repair guided by counterexamples: keep the edits that agree with all facts learnt so far.

After Solar-Lezama et al., *Combinatorial sketching for finite programs* (2006): each failing example
rules out candidates until one is left, here by running them in the head.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from harness.simulated.evaluation.program import Program, Unknown, Value
from harness.simulated.facts import Fact
from harness.simulated.repairs.candidates import far_fetched_repairs, likely_repairs
from harness.simulated.repairs.place import Place, places
from harness.simulated.repairs.repair import Repair
from harness.simulated.repairs.rewriting import rewrite

_STEPS_AT_FIRST = 4_000  # for the program as it is
_STEPS_IN_ALL = 40_000  # for one search
_TOLERANCE = 1e-6
_COMPOUND_STARTS = 6


@dataclass(frozen=True, kw_only=True, eq=False)
class Option:
    """A repair that agrees with the facts; ``certain`` unless some fact could not be checked."""

    search: Search
    repair: Repair
    certain: bool

    @property
    def name(self) -> str:
        """What tells this option from others of the same program, the same in every process."""
        target, piece = self.repair.target, self.repair.piece
        pieces = (piece,) if isinstance(piece, ast.expr) else piece
        return f"{target.lineno}:{target.col_offset}:{[ast.dump(each) for each in pieces]}"

    def text(self) -> str | None:
        """The whole program with the repair, or ``None`` where it cannot be written."""
        return rewrite(self.search.source, self.search.tree, self.repair)


@dataclass(frozen=True, kw_only=True)
class _Baseline:
    """How the program as it is fares with a fact, and which sites that reaches."""

    agrees: bool | None
    steps: int
    reached: frozenset[int]


class Search:
    """Finds edits of one program text; remembers what it found out. Raises ``SyntaxError``."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.tree = ast.parse(source)
        self._places = tuple(places(self.tree))
        self._program = Program(self.tree, sites=[place.node for place in self._places])
        self._parsed: dict[Fact, tuple[ast.expr, ast.expr]] = {}
        self._baselines: dict[Fact, _Baseline] = {}
        self._verdicts: dict[tuple[int, Fact], bool | None] = {}
        self._near: dict[int, tuple[Repair, ...]] = {}
        self._far: dict[int, tuple[Repair, ...]] = {}
        self._found: dict[tuple[Fact, ...], tuple[Option, ...]] = {}
        self._left = 0

    def agrees(self, fact: Fact) -> bool | None:
        """Whether the program as it is agrees with a fact; ``None`` where it cannot be followed."""
        return self._baseline(fact).agrees

    def options(self, facts: Sequence[Fact]) -> tuple[Option, ...]:
        """Single edits that agree with all facts, likely ones first; without facts, all likely edits."""
        key = tuple(facts)
        if key not in self._found:
            self._left = _STEPS_IN_ALL
            suspects = self._suspects(key)
            found = self._agreeing([each for place in suspects for each in self._near_repairs(place)], key)
            if not found and key:
                found = self._agreeing([each for place in suspects for each in self._far_repairs(place)], key)
            self._found[key] = found
        return self._found[key]

    def compound_options(self, facts: Sequence[Fact]) -> tuple[Option, ...]:
        """Second edits on top of a first one that mends some of the failing facts and breaks none."""
        failing = [fact for fact in facts if self.agrees(fact) is False]
        if len(failing) < 2:
            return ()
        kept = [fact for fact in facts if self.agrees(fact) is True]
        starts = [option for fact in failing for option in self.options([fact, *kept]) if option.certain]
        starts.sort(key=lambda option: -option.repair.weight)
        found: list[Option] = []
        for start in starts[:_COMPOUND_STARTS]:
            text = start.text()
            if text is not None:
                found.extend(Search(text).options(facts))
        return tuple(found)

    def _suspects(self, facts: tuple[Fact, ...]) -> list[Place]:
        """Places that every failing fact reaches: a single edit elsewhere cannot mend them all."""
        wrong = [base.reached for base in map(self._baseline, facts) if base.agrees is not True]
        if not wrong:
            return list(self._places)
        reached = frozenset.intersection(*wrong)
        return [place for place in self._places if id(place.node) in reached]

    def _near_repairs(self, place: Place) -> tuple[Repair, ...]:
        key = id(place.node)
        if key not in self._near:
            self._near[key] = likely_repairs(place)
        return self._near[key]

    def _far_repairs(self, place: Place) -> tuple[Repair, ...]:
        key = id(place.node)
        if key not in self._far:
            self._far[key] = far_fetched_repairs(place)
        return self._far[key]

    def _agreeing(self, repairs: list[Repair], facts: tuple[Fact, ...]) -> tuple[Option, ...]:
        certain: list[Option] = []
        possible: list[Option] = []
        for repair in repairs:
            verdict = self._verdict(repair, facts)
            if verdict is not False:
                option = Option(search=self, repair=repair, certain=verdict is True)
                (certain if verdict else possible).append(option)
        return tuple(certain or possible)

    def _verdict(self, repair: Repair, facts: tuple[Fact, ...]) -> bool | None:
        result: bool | None = True
        for fact in facts:
            agrees = self._agrees_with(repair, fact)
            if agrees is False:
                return False
            if agrees is None:
                result = None
        return result

    def _agrees_with(self, repair: Repair, fact: Fact) -> bool | None:
        base = self._baseline(fact)
        if base.agrees is not None and id(repair.target) not in base.reached:
            return base.agrees
        key = (id(repair), fact)
        if key not in self._verdicts:
            if self._left <= 0:
                return None
            with self._program.put(repair.target, repair.piece):
                agrees, steps = self._check(fact, 4 * base.steps + 500)
            self._left -= steps + 20
            self._verdicts[key] = agrees
        return self._verdicts[key]

    def _baseline(self, fact: Fact) -> _Baseline:
        if fact not in self._baselines:
            self._program.clear_reached()
            agrees, steps = self._check(fact, _STEPS_AT_FIRST)
            self._baselines[fact] = _Baseline(agrees=agrees, steps=steps, reached=self._program.reached())
        return self._baselines[fact]

    def _check(self, fact: Fact, steps: int) -> tuple[bool | None, int]:
        if fact not in self._parsed:
            self._parsed[fact] = _expression(fact.call), _expression(fact.expected)
        call, expected = self._parsed[fact]
        result = self._program.evaluate(call, steps=steps)
        if isinstance(result, Unknown):
            return None, result.steps
        if not isinstance(result, Value):
            return False, result.steps
        return same(result.value, ast.literal_eval(expected)), result.steps


def same(value: Any, expected: Any) -> bool:
    """Whether two values are equal, numbers up to rounding."""
    if isinstance(value, list | tuple) and type(value) is type(expected) and len(value) == len(expected):
        return all(same(left, right) for left, right in zip(value, expected, strict=True))
    if isinstance(value, float) and isinstance(expected, int | float):
        return bool(abs(value - expected) <= _TOLERANCE * max(1.0, abs(expected)))
    return bool(value == expected)


def _expression(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body
