"""What has to be kept of a generated task; the rest follows from it and the problem."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Blueprint:
    """One repair task: the broken program and the examples that its visible test shows.

    ``number`` counts a problem's tasks from 1; ``visible`` pairs calls with the ``repr`` of what they
    give; ``visible_rejects`` says whether the visible test fails on the broken program.
    """

    problem: str
    number: int
    operator: str
    program: str
    visible: tuple[tuple[str, str], ...]
    visible_rejects: bool

    def to_record(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Blueprint:
        """The inverse of ``to_record``."""
        return cls(**{**record, "visible": tuple((call, value) for call, value in record["visible"])})
