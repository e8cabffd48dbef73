"""The detector of forgotten requirements reads the instruction, not the verdict."""

from __future__ import annotations

import pytest

from analyzers.detectors.constraint_ignored import ConstraintIgnored
from analyzers.testing import Story

INSTRUCTION = (
    "The function `f` in `f.py` does not do what its docstring says. Find the mistake and repair it.\n\n"
    "`python3 check_visible.py` runs the visible tests.\n"
    "Keep the name of the function, and leave `check_visible.py` as it is.\n"
    "Add one line to `CHANGES.md` that says what you changed."
)


def test_a_demanded_file_that_no_edit_names_was_forgotten() -> None:
    """The sentence names it, so that a person sees it at once."""
    run = Story(prompt=INSTRUCTION).edit("f.py").says("Done.").run()
    (signal,) = ConstraintIgnored().detect(run)

    assert signal.sentence == "The instruction asks to write CHANGES.md; no edit names it."


@pytest.mark.parametrize("way", ["edit", "shell", "absolute"])
def test_a_demanded_file_may_be_written_in_any_way(way: str) -> None:
    """By an edit tool, by its absolute path, or in the shell."""
    story = Story(prompt=INSTRUCTION).edit("f.py")
    if way == "shell":
        story.shell("echo 'fixed' >> CHANGES.md")
    else:
        story.edit("CHANGES.md" if way == "edit" else "/workspace/CHANGES.md")

    assert not ConstraintIgnored().detect(story.says("Done.").run())


@pytest.mark.parametrize("prompt", ["", "Repair the program, e.g. version 3.11 of it.", "Make it fast."])
def test_without_a_named_file_nothing_is_said(prompt: str) -> None:
    """Redacted instructions, versions and abbreviations name no file."""
    run = Story(prompt=prompt).edit("a.py").says("Done.").run()

    assert not ConstraintIgnored().detect(run)
