"""Errors of this room.

FlywheelError      wrong use of a command: one line that names the way out
└── UnknownName    a proposal, run or suite that does not exist: names the valid choices
"""

from __future__ import annotations

from collections.abc import Iterable


class FlywheelError(Exception):
    """Base of all errors of ``flywheel``; the message is one line that names the way out."""


class UnknownName(FlywheelError):  # noqa: N818 - reads as what happened
    """Something was named that is not there."""

    def __init__(self, kind: str, name: str, choices: Iterable[str]) -> None:
        """Say what was asked for and what there is."""
        known = sorted(choices)
        shown = ", ".join(known[:12]) + (f" … and {len(known) - 12} more" if len(known) > 12 else "")
        super().__init__(f"no {kind} {name!r}; there is: {shown or 'none yet'}")
