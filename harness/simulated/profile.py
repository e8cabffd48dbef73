"""The weaknesses that are planted in the simulated model, and how strong each is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from types import MappingProxyType


@dataclass(frozen=True, kw_only=True)
class Profile:
    """The probability, within 0..1, that a run has a weakness. Raises ``ValueError`` outside of that.

    ``unverified_finish``: makes its first edit on a hunch and ends with a confident answer, without running the tests.
    It runs them when told to, mostly when told as it tries to end, seldom when only the system prompt says so.

    ``stubborn_edit``: makes its first edit on a hunch, and after a failing test it makes and unmakes the same edit until a limit ends the run.
    A note that it repeats itself, or should try something else, brings it back to searching.

    ``path_guess``: reads files at paths that it makes up, and in the end gives up or writes there. A
    listing in its context, or advice to look first, helps.

    ``effort_burn``: at high reasoning effort each call takes several times as long. Another effort
    helps; a warning that time is nearly used up makes it hand in what it has, tested or not.

    ``forgotten_constraint``: forgets the line that the instruction wants in a file. Advice to read the
    instruction again helps.

    ``output_drowning``: runs the tests verbosely and takes in only the beginning of a long tool result.
    Truncation that keeps the tail, or advice to keep output short, helps.
    """

    unverified_finish: float = 0.0
    stubborn_edit: float = 0.0
    path_guess: float = 0.0
    effort_burn: float = 0.0
    forgotten_constraint: float = 0.0
    output_drowning: float = 0.0

    def __post_init__(self) -> None:
        for each in fields(self):
            strength = getattr(self, each.name)
            if not 0.0 <= strength <= 1.0:
                raise ValueError(f"the strength {each.name} must be within 0..1, not {strength!r}")


def profiles() -> Mapping[str, Profile]:
    """The profiles that have a name of their own, by the model's full name."""
    return MappingProxyType(
        {
            "simulated:coder": Profile(unverified_finish=0.55, stubborn_edit=0.4),
            "simulated:coder-steady": Profile(),
        }
    )
