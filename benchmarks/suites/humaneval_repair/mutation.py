"""All single mutations of a solution, in a seeded order."""

from __future__ import annotations

import ast
import math
import random
from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.suites.humaneval_repair.operators import WEIGHTS, Operator, Place
from benchmarks.suites.humaneval_repair.problem import Problem
from benchmarks.suites.humaneval_repair.source_text import Change, SourceText


@dataclass(frozen=True, kw_only=True)
class Mutant:
    """A program that differs from its reference by one change."""

    operator: str
    text: str


def mutants(problem: Problem, *, seed: int, limit: int) -> tuple[Mutant, ...]:
    """The first ``limit`` distinct mutants of a problem's function that compile, in the seed's order.

    Each operator's weight is shared among the changes it can make; changes to a place that an earlier
    mutant changed come after all others, so that a problem's mutants differ in their place.
    """
    source = SourceText(problem.reference)
    chosen: dict[str, Mutant] = {}
    for change in _ordered(problem, source, seed):
        text = source.apply(change)
        if text != source.text and text not in chosen and _compiles(text):
            chosen[text] = Mutant(operator=change.operator, text=text)
        if len(chosen) == limit:
            break
    return tuple(chosen.values())


def _ordered(problem: Problem, source: SourceText, seed: int) -> list[Change]:
    generator = random.Random(f"{seed}:{problem.id}")
    drawn: list[tuple[float, Change]] = []
    for operator, changes in _changes(problem, source).items():
        share = WEIGHTS[operator] / max(1, len(changes))
        drawn += [(-math.log(1.0 - generator.random()) / share, change) for change in changes]
    drawn.sort(key=lambda pair: pair[0])  # weighted order without replacement (Efraimidis & Spirakis 2006)
    first: dict[tuple[int, int], Change] = {}
    later: list[Change] = []
    for _, change in drawn:
        if first.setdefault((change.start, change.end), change) is not change:
            later.append(change)
    return [*first.values(), *later]


def _changes(problem: Problem, source: SourceText) -> dict[Operator, list[Change]]:
    nodes = list(_solution_nodes(problem, source))
    place = _place(nodes, source)
    return {operator: [c for node in nodes for c in operator(node, source, place)] for operator in WEIGHTS}


def _solution_nodes(problem: Problem, source: SourceText) -> Iterator[ast.AST]:
    """Walk the part that the canonical solution adds, without f-strings (their positions are unreliable)."""
    start = len(problem.prompt.encode())
    waiting: list[ast.AST] = [source.tree]
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, ast.JoinedStr):
            continue
        waiting += ast.iter_child_nodes(node)
        placed = node.target if isinstance(node, ast.comprehension) else node  # it has no position itself
        if isinstance(placed, ast.expr | ast.stmt) and source.start(placed) >= start:
            yield node


def _place(nodes: list[ast.AST], source: SourceText) -> Place:
    local = {id(n) for c in nodes if isinstance(c, ast.comprehension) for n in ast.walk(c.target)}
    stored = {
        n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store) and id(n) not in local
    }
    for node in ast.walk(source.tree):
        if isinstance(node, ast.FunctionDef):
            stored |= {argument.arg for argument in node.args.args}
    used = {n.id for n in nodes if isinstance(n, ast.Name)}
    texts = [source.of(n) for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, str)]
    single = dict.fromkeys(text for text in texts if "\n" not in text)
    return Place(variables=frozenset(stored & used), texts=tuple(single)[:4])


def _compiles(text: str) -> bool:
    try:
        compile(text, "mutant", "exec")
    except SyntaxError:
        return False
    return True
