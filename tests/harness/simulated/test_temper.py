"""Weaknesses are drawn for a run, and advice lifts them."""

from __future__ import annotations

from harness.simulated.advice.kinds import Advice
from harness.simulated.draws import Draws
from harness.simulated.profile import Profile
from harness.simulated.temper import Temper
from harness.simulated.transcript import Note, Transcript

SEEDS = range(300)
ALL = Profile(
    unverified_finish=1,
    stubborn_edit=1,
    path_guess=1,
    effort_burn=1,
    forgotten_constraint=1,
    output_drowning=1,
)


def _temper(
    seed: int = 1,
    *,
    profile: Profile = ALL,
    system: str = "",
    effort: str = "medium",
    notes: tuple[Note, ...] = (),
) -> Temper:
    transcript = Transcript(system=system, instruction="", uses=(), notes=notes, answers=0, tools=frozenset())
    return Temper(profile, Draws(seed=seed), transcript, effort)


def _note(text: str, *, at_the_end: bool = False) -> Note:
    return Note(text=text, answers=3, at_the_end=at_the_end)


def test_a_strength_is_the_share_of_runs_that_have_the_weakness() -> None:
    """A weakness of .6 is there in about six of ten runs."""
    profile = Profile(unverified_finish=0.6)
    share = sum(_temper(seed, profile=profile).finishes_unverified for seed in SEEDS) / len(SEEDS)

    assert 0.5 < share < 0.7


def test_a_healthy_run_has_none() -> None:
    """Without strength there is no weakness, whatever the effort."""
    temper = _temper(profile=Profile(), effort="high")

    assert not any((temper.finishes_unverified, temper.is_stubborn, temper.guesses_paths, temper.overthinks))
    assert not temper.drowns
    assert not temper.forgets("CHANGES.md")


def test_advice_at_the_end_works_better_than_in_the_system_prompt() -> None:
    """Nearly always against about a third."""
    advice = "Run the tests before you finish."
    fresh = sum(_temper(seed, notes=(_note(advice, at_the_end=True),)).heeds(Advice.VERIFY) for seed in SEEDS)
    standing = sum(_temper(seed, system=advice).heeds(Advice.VERIFY) for seed in SEEDS)

    assert fresh / len(SEEDS) > 0.9
    assert 0.25 < standing / len(SEEDS) < 0.45


def test_each_distinct_note_is_another_chance_and_a_repeated_one_is_not() -> None:
    """Who has not listened once may listen to other words."""
    first, second = _note("You are going in circles."), _note("Try a different approach.")
    once = {seed for seed in SEEDS if _temper(seed, notes=(first,)).heeds(Advice.RECONSIDER)}
    repeated = {seed for seed in SEEDS if _temper(seed, notes=(first, first)).heeds(Advice.RECONSIDER)}
    both = {seed for seed in SEEDS if _temper(seed, notes=(first, second)).heeds(Advice.RECONSIDER)}

    assert once == repeated < both


def test_each_weakness_has_its_remedy() -> None:
    """For most seeds the fitting note lifts the weakness, and another does not."""

    def lifted(attribute: str, text: str) -> int:
        notes = (_note(text, at_the_end=True),)
        return sum(not getattr(_temper(seed, notes=notes), attribute) for seed in SEEDS)

    assert lifted("finishes_unverified", "Please test your change.") > 250
    assert lifted("is_stubborn", "Step back and rethink.") > 250
    assert lifted("guesses_paths", "List the files first.") > 250
    assert lifted("is_stubborn", "List the files first.") == 0


def test_only_high_effort_is_overthought() -> None:
    """At other efforts the weakness does not show."""
    assert _temper(effort="high").overthinks
    assert not _temper(effort="medium").overthinks


def test_a_warning_in_the_system_prompt_is_no_reason_to_hurry() -> None:
    """It stood there before any time was spent."""
    assert not any(_temper(seed, system="Your time is nearly up.").hurries for seed in SEEDS)
    assert sum(_temper(seed, notes=(_note("Your time is nearly up."),)).hurries for seed in SEEDS) > 250


def test_naming_the_forgotten_file_is_a_reminder() -> None:
    """At the end of the run, a question about the file is enough."""
    asked = _temper(notes=(_note("What about CHANGES.md?", at_the_end=True),))

    assert _temper().forgets("CHANGES.md")
    assert not asked.forgets("CHANGES.md")


def test_what_is_waived_is_excused_unless_somebody_asks() -> None:
    """The more careful wish wins."""
    waived = "You need not run the tests."

    assert _temper(system=waived).is_excused(Advice.VERIFY)
    assert not _temper(system=waived, notes=(_note("Run the tests."),)).is_excused(Advice.VERIFY)
    assert not _temper().is_excused(Advice.VERIFY)
