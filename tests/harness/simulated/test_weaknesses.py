"""Each weakness costs passes, and each remedy brings them back, because of what the messages really say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import AIMessage, BaseMessage, ToolMessage

from harness.simulated.profile import Profile
from tests.harness.simulated.toy import ToyRun, ToyTask, run_toy, share

LOST = 0.34  # of the passes, at least, that a weakness costs here


def _runs(
    tasks: list[ToyTask], folder: Path, profile: Profile | None = None, **settings: Any
) -> list[ToyRun]:
    return [
        run_toy(task, folder / f"{task.module}-{number}", seed=40 + number, profile=profile, **settings)
        for number, task in enumerate(tasks)
    ]


@pytest.fixture(scope="module")
def healthy(tasks: list[ToyTask], tmp_path_factory: pytest.TempPathFactory) -> list[ToyRun]:
    """Runs without any weakness."""
    return _runs(tasks, tmp_path_factory.mktemp("healthy"))


def test_a_healthy_run_repairs_most_programs(healthy: list[ToyRun]) -> None:
    """Without weaknesses it passes nearly always, in a moderate number of calls."""
    assert share(healthy) >= 0.8
    assert all(6 <= run.calls <= 16 for run in healthy)
    assert all(run.commands.count("python3 check_visible.py") >= 2 for run in healthy)


def test_a_healthy_run_stays_within_the_time_at_high_effort(tasks: list[ToyTask], tmp_path: Path) -> None:
    """High effort alone is affordable."""
    runs = _runs(tasks[:2], tmp_path, effort="high")

    assert all(run.ending == "finished" for run in runs)


def test_finishing_unverified_costs_passes(
    tasks: list[ToyTask], tmp_path: Path, healthy: list[ToyRun]
) -> None:
    """It ends after one edit, confidently, and is often wrong."""
    runs = _runs(tasks, tmp_path, Profile(unverified_finish=1.0))

    assert share(runs) <= share(healthy) - LOST
    assert all(run.commands.count("python3 check_visible.py") == 1 for run in runs)
    assert all("repaired" in run.messages[-1].text for run in runs)


def test_being_sent_back_to_test_restores_the_passes(
    tasks: list[ToyTask], tmp_path: Path, healthy: list[ToyRun]
) -> None:
    """Told at its end that its work has not been tested, it tests and goes on."""
    told = "Your change is still untested. Prove that it works, then finish."
    runs = _runs(tasks, tmp_path, Profile(unverified_finish=1.0), at_the_end=told)

    assert share(runs) >= share(healthy) - 0.2


def test_an_unrelated_remark_at_the_end_changes_nothing(tasks: list[ToyTask], tmp_path: Path) -> None:
    """It repeats its answer when nobody asks it to test."""
    runs = _runs(
        tasks[:3], tmp_path, Profile(unverified_finish=1.0), at_the_end="Please use British spelling."
    )

    assert all(run.commands.count("python3 check_visible.py") == 1 for run in runs)


def test_a_negated_request_at_the_end_changes_nothing(tasks: list[ToyTask], tmp_path: Path) -> None:
    """Being told that tests are not needed does not make it test."""
    runs = _runs(
        tasks[:3], tmp_path, Profile(unverified_finish=1.0), at_the_end="There is no need to run the tests."
    )

    assert all(len(run.commands) <= 3 for run in runs)


def test_stubbornness_runs_into_a_limit(tasks: list[ToyTask], tmp_path: Path, healthy: list[ToyRun]) -> None:
    """After a failing test it makes and unmakes one edit until something ends it."""
    runs = _runs(tasks, tmp_path, Profile(stubborn_edit=1.0), steps=24)
    stuck = [run for run in runs if run.ending != "finished"]

    assert share(runs) <= share(healthy) - LOST
    assert stuck
    edits = [str(call["args"]) for call in stuck[0].tool_calls if call["name"] == "edit_file"]
    assert len(set(edits)) == 2
    assert len(edits) > 5


def test_a_note_about_repetition_ends_stubbornness(
    tasks: list[ToyTask], tmp_path: Path, healthy: list[ToyRun]
) -> None:
    """Told in the middle of the run that it goes in circles, it searches on."""

    def note(messages: list[BaseMessage], _seconds: float) -> str | None:
        edits = [m for m in messages if isinstance(m, ToolMessage) and m.name == "edit_file"]
        fresh = isinstance(messages[-1], ToolMessage) and messages[-1].name == "edit_file"
        return (
            f"That is edit {len(edits)} of one line. Think about another cause."
            if fresh and len(edits) > 3
            else None
        )

    runs = _runs(tasks, tmp_path, Profile(stubborn_edit=1.0), note=note)

    assert share(runs) >= share(healthy) - 0.2


def test_guessed_paths_end_in_nothing(tasks: list[ToyTask], tmp_path: Path) -> None:
    """It never finds the program, and nothing outside its wrong guesses is touched."""
    runs = _runs(tasks, tmp_path, Profile(path_guess=1.0))

    assert share(runs) == 0.0
    assert all(run.tool_calls[0]["name"] == "read_file" for run in runs)


def test_a_listing_in_the_context_ends_guessing(
    tasks: list[ToyTask], tmp_path: Path, healthy: list[ToyRun]
) -> None:
    """It opens what it has been shown."""

    def note(messages: list[BaseMessage], _seconds: float) -> str | None:
        names = "\n".join(f"- {task.module}.py" for task in tasks)
        return f"Files here:\n{names}\n- check_visible.py" if len(messages) == 2 else None

    runs = _runs(tasks, tmp_path, Profile(path_guess=1.0), note=note)

    assert share(runs) >= share(healthy) - 0.2


def test_overthinking_exceeds_the_time_at_high_effort_only(tasks: list[ToyTask], tmp_path: Path) -> None:
    """The same run is slow at high effort and quick at medium effort."""
    profile = Profile(effort_burn=1.0)
    high, medium = (
        _runs(tasks[:3], tmp_path / effort, profile, effort=effort) for effort in ("high", "medium")
    )

    assert all(run.ending == "time" for run in high)
    assert all(run.ending == "finished" for run in medium)


def test_a_warning_about_time_makes_it_hand_in_what_it_has(tasks: list[ToyTask], tmp_path: Path) -> None:
    """It ends before the limit, tested or not."""

    def note(messages: list[BaseMessage], seconds: float) -> str | None:
        warned = any("almost over" in message.text for message in messages)
        return "Your time is almost over, come to an end now." if seconds > 500 and not warned else None

    runs = _runs(tasks[:4], tmp_path, Profile(effort_burn=1.0), effort="high", note=note)

    assert sum(run.ending == "finished" for run in runs) >= 3


def test_a_forgotten_constraint_fails_and_a_reminder_mends_it(
    tasks: list[ToyTask], tmp_path: Path, healthy: list[ToyRun]
) -> None:
    """The program is repaired but the line is missing, until it reads the instruction again."""
    profile = Profile(forgotten_constraint=1.0)
    forgetful = _runs(tasks, tmp_path / "forgetful", profile)
    told = "Go back to the instruction: is there a requirement that you have overlooked?"
    reminded = _runs(tasks, tmp_path / "reminded", profile, at_the_end=told)

    assert share(forgetful) == 0.0
    assert sum(run.repaired for run in forgetful) == sum(run.repaired for run in healthy)
    assert share(reminded) >= share(healthy) - 0.2


def test_long_output_drowns_it_unless_the_tail_is_kept(
    tasks: list[ToyTask], tmp_path: Path, healthy: list[ToyRun]
) -> None:
    """It works blind on long output, and sees again when head and tail are what is left."""

    def cut(text: str) -> str:
        return text if len(text) <= 3000 else f"{text[:1500]}\n[... cut ...]\n{text[-1500:]}"

    profile = Profile(output_drowning=1.0)
    drowned = _runs(tasks, tmp_path / "drowned", profile)
    helped = _runs(tasks, tmp_path / "helped", profile, result=cut)

    assert any(command.endswith("--verbose") for run in drowned for command in run.commands)
    assert share(drowned) <= share(healthy) - LOST
    assert share(helped) >= share(healthy) - 0.2


def test_advice_to_keep_output_short_is_followed(tasks: list[ToyTask], tmp_path: Path) -> None:
    """A note at the start makes it run the tests plainly."""

    def note(messages: list[BaseMessage], _seconds: float) -> str | None:
        return "Keep what commands print to a minimum." if len(messages) == 2 else None

    runs = _runs(tasks[:4], tmp_path, Profile(output_drowning=1.0), note=note)

    assert sum(not any("--verbose" in command for command in run.commands) for run in runs) >= 3


def test_arms_with_one_seed_are_alike_until_they_are_told_other_things(
    tasks: list[ToyTask], tmp_path: Path
) -> None:
    """Two runs with the same seed say and do the same; another system prompt without advice changes nothing."""
    task = tasks[0]
    first = run_toy(task, tmp_path / "first", seed=7)
    again = run_toy(
        task, tmp_path / "again", seed=7, system="You are a coding agent. Write clear commit messages."
    )

    assert [m.content for m in first.messages[2:]] == [m.content for m in again.messages[2:]]
    assert [m.id for m in first.messages if isinstance(m, AIMessage)] == [
        m.id for m in again.messages if isinstance(m, AIMessage)
    ]


@pytest.mark.parametrize(
    "tools", [("bash",), ("bash", "write_file"), ("read_file", "edit_file", "write_file")]
)
def test_it_copes_with_missing_tools(tasks: list[ToyTask], tmp_path: Path, tools: tuple[str, ...]) -> None:
    """It edits through the shell or by whole files, and without a shell it does not test."""
    runs = [run_toy(task, tmp_path / task.module, tools=tools) for task in tasks[:3]]

    assert all(run.ending == "finished" for run in runs)
    assert all({call["name"] for call in run.tool_calls} <= set(tools) for run in runs)
    assert any(run.repaired for run in runs) or "bash" not in tools
    assert all(run.passed == run.repaired for run in runs)
