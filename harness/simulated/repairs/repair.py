"""One possible edit of a program, as a value."""

from __future__ import annotations

import ast
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, eq=False)
class Repair:
    """Put ``piece`` in the place of ``target``; ``weight`` says how natural the edit is, without unit.

    ``kind`` names the operator in a few words, such as ``comparison``.
    """

    target: ast.expr | ast.stmt
    piece: ast.expr | tuple[ast.stmt, ...]
    kind: str
    weight: float
