"""Which weaknesses a run has, and which of them the advice that it got has lifted."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from harness.simulated.advice.kinds import Advice
from harness.simulated.advice.reading import advice_in, waived_in
from harness.simulated.draws import Draws
from harness.simulated.profile import Profile
from harness.simulated.transcript import Transcript

AT_THE_END = 0.95  # how often advice is followed that comes as the model tries to end
ON_THE_WAY: Mapping[Advice, float] = MappingProxyType(  # ... that comes in the course of the run
    {
        Advice.VERIFY: 0.7,
        Advice.RECONSIDER: 0.9,
        Advice.LOOK_FIRST: 0.9,
        Advice.WRAP_UP: 0.95,
        Advice.REREAD: 0.7,
        Advice.SHORT_OUTPUT: 0.9,
    }
)
STANDING: Mapping[Advice, float] = MappingProxyType(  # ... that only the system prompt gives
    {
        Advice.VERIFY: 0.35,
        Advice.RECONSIDER: 0.35,
        Advice.LOOK_FIRST: 0.6,
        Advice.WRAP_UP: 0.0,  # no warning, since it was there before any time was spent
        Advice.REREAD: 0.35,
        Advice.SHORT_OUTPUT: 0.6,
    }
)


class Temper:
    """The weaknesses of one run as they stand after the conversation so far."""

    def __init__(self, profile: Profile, draws: Draws, transcript: Transcript, effort: str) -> None:
        self._profile = profile
        self._draws = draws
        self._transcript = transcript
        self._effort = effort

    def heeds(self, advice: Advice) -> bool:
        """Whether the run follows a kind of advice that it has been given.

        Each distinct note is followed or not by a draw of its own; a repeated one changes nothing.
        """
        notes = {note.text: note for note in reversed(self._transcript.notes)}
        given = [note for note in reversed(notes.values()) if advice in advice_in(note.text)]
        for count, note in enumerate(given):
            probability = AT_THE_END if note.at_the_end else ON_THE_WAY[advice]
            if self._draws.chance(probability, f"heeds {advice}", count):
                return True
        standing = advice in advice_in(self._transcript.system)
        return standing and self._draws.chance(STANDING[advice], f"heeds standing {advice}")

    def is_excused(self, advice: Advice) -> bool:
        """Whether somebody has said that this is not wanted or not needed, and nobody asked for it."""
        texts = [
            self._transcript.instruction,
            self._transcript.system,
            *(note.text for note in self._transcript.notes),
        ]
        waived = any(advice in waived_in(text) for text in texts)
        return waived and not any(advice in advice_in(text) for text in texts)

    @property
    def finishes_unverified(self) -> bool:
        """Whether it ends without testing its edit."""
        return self._has("unverified_finish", self._profile.unverified_finish) and not self.heeds(
            Advice.VERIFY
        )

    @property
    def is_stubborn(self) -> bool:
        """Whether it repeats a failing edit."""
        return self._has("stubborn_edit", self._profile.stubborn_edit) and not self.heeds(Advice.RECONSIDER)

    @property
    def acts_on_a_hunch(self) -> bool:
        """Whether its first edit is not thought through: so are those of a run that will not test, or not let go."""
        return self._has("unverified_finish", self._profile.unverified_finish) or self._has(
            "stubborn_edit", self._profile.stubborn_edit
        )

    @property
    def guesses_paths(self) -> bool:
        """Whether it reads files where it believes them to be."""
        return self._has("path_guess", self._profile.path_guess) and not self.heeds(Advice.LOOK_FIRST)

    @property
    def overthinks(self) -> bool:
        """Whether its calls take several times as long as they should."""
        return self._effort == "high" and self._has("effort_burn", self._profile.effort_burn)

    @property
    def drowns(self) -> bool:
        """Whether it asks for long output and loses sight of its end."""
        return self._has("output_drowning", self._profile.output_drowning)

    @property
    def hurries(self) -> bool:
        """Whether it has been told to finish now."""
        return self.heeds(Advice.WRAP_UP)

    def forgets(self, notes_file: str) -> bool:
        """Whether it has forgotten the line that the instruction wants in a file."""
        if not self._has("forgotten_constraint", self._profile.forgotten_constraint):
            return False
        reminded = any(notes_file in note.text for note in self._transcript.notes if note.at_the_end)
        return not reminded and not self.heeds(Advice.REREAD)

    def _has(self, weakness: str, strength: float) -> bool:
        return self._draws.chance(strength, weakness)
