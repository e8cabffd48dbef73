"""The four kinds of surface that a proposal may touch, and which has its turn when one has failed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, get_args

from harness.edits import (
    AddMiddleware,
    AppendText,
    Edit,
    RemoveMiddleware,
    SetValue,
    TuneMiddleware,
    WriteFile,
)

SurfaceKind = Literal["prompt", "tool", "middleware", "setting"]
TURNS: tuple[SurfaceKind, ...] = get_args(
    SurfaceKind
)  # prompt → tool → middleware → setting, and round again


def surface_kind(edits: Sequence[Edit]) -> SurfaceKind:
    """What a patch works through: wording, tools, middleware (a file of it as well), or a limit or other setting."""
    kinds = {_kind(edit) for edit in edits}
    return next(kind for kind in ("middleware", "tool", "setting", "prompt") if kind in kinds or not kinds)


def turns_after(kind: SurfaceKind, failed: SurfaceKind) -> int:
    """How many turns after ``failed`` a kind comes: 1 for the next one, 4 for itself."""
    return (TURNS.index(kind) - TURNS.index(failed) - 1) % len(TURNS) + 1


def _kind(edit: Edit) -> SurfaceKind:
    match edit:
        case AddMiddleware() | TuneMiddleware() | RemoveMiddleware():
            return "middleware"
        case SetValue():
            return "tool" if edit.key.partition(".")[0] == "tools" else "setting"
        case AppendText() | WriteFile():
            return "middleware" if edit.path.endswith(".py") else "prompt"
