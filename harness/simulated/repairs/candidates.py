"""All single edits at a place that are worth a thought, likely ones apart from far-fetched ones."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from harness.simulated.repairs.expression_repairs import expression_repairs
from harness.simulated.repairs.place import Place
from harness.simulated.repairs.repair import Repair
from harness.simulated.repairs.statement_repairs import missing_statements, statement_repairs


def likely_repairs(place: Place) -> tuple[Repair, ...]:
    """Edits of what stands at the place."""
    return _distinct((*expression_repairs(place), *statement_repairs(place)))


def far_fetched_repairs(place: Place) -> tuple[Repair, ...]:
    """Edits that put in what might be missing at the place."""
    return _distinct(missing_statements(place))


def _distinct(repairs: Iterable[Repair]) -> tuple[Repair, ...]:
    best: dict[str, Repair] = {}
    for repair in repairs:
        key = _text(repair.piece)
        if key not in best or best[key].weight < repair.weight:
            best[key] = repair
    return tuple(best.values())


def _text(piece: ast.expr | tuple[ast.stmt, ...]) -> str:
    pieces = (piece,) if isinstance(piece, ast.expr) else piece
    return "\n".join(ast.dump(each) for each in pieces)
