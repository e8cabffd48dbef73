"""Detectors of agents that stop too early, ask back, decline, or leave their plan open."""

from __future__ import annotations

import pytest

from analyzers.detectors.asks_back import AsksBack
from analyzers.detectors.gave_up import GaveUp
from analyzers.detectors.model_refusal import ModelRefusal
from analyzers.detectors.no_edit import NoEdit
from analyzers.detectors.open_plan import OpenPlan
from analyzers.detectors.premature_end import PrematureEnd
from analyzers.testing import Story, verified_run


@pytest.mark.parametrize(
    ("answer", "seen"),
    [
        ("Let me try a different approach:", True),
        ("The file exists.\n\nNow I'll edit the parser", True),
        ("I will now run the tests...", True),
        ("Done. Let me know if you need anything else.", False),
        ("I fixed it. I'll be happy to explain", False),
        ("Fixed the comparison.", False),
    ],
)
def test_an_announcement_is_no_ending(answer: str, seen: bool) -> None:
    """Politeness is no announcement."""
    run = Story().shell("ls").says(answer).run()

    assert bool(PrematureEnd().detect(run)) is seen


def test_an_empty_last_answer_counts_only_where_others_are_not_empty() -> None:
    """Some agents export no answers at all; who hands in by a tool has ended properly."""
    spoke = Story().says("I look.").shell("ls").says("").run()
    silent = Story().shell("ls").says("").run()
    handed = Story().says("I look.").calls("submit", {}).run()

    assert "empty answer after 1 tool call" in PrematureEnd().detect(spoke)[0].sentence
    assert not PrematureEnd().detect(silent)
    assert not PrematureEnd().detect(handed)


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        (
            "TodoWrite",
            {"todos": [{"content": "a", "status": "completed"}, {"content": "b", "status": "pending"}]},
        ),
        (
            "update_plan",
            {"plan": [{"step": "a", "status": "completed"}, {"step": "b", "status": "in_progress"}]},
        ),
        ("write_todos", {"todos": [{"status": "completed"}, {"status": "not started"}]}),
    ],
    ids=["claude code", "codex", "gemini"],
)
def test_open_items_of_a_plan_are_counted(tool: str, arguments: dict[str, object]) -> None:
    """In its last state, of whichever agent."""
    story = Story().calls(tool, arguments).edit()
    (signal,) = OpenPlan().detect(story.says("Done.").run())

    assert signal.sentence == "Ended with 1 of 2 items of its plan open."


@pytest.mark.parametrize("todos", [[], "none", [{"status": "completed"}], ["text"], [{"status": None}], None])
def test_a_finished_or_odd_plan_is_no_open_one(todos: object) -> None:
    """Nor one whose arguments are redacted."""
    run = Story().calls("TodoWrite", {"todos": todos}).says("Done.").run()

    assert not OpenPlan().detect(run)


def test_a_later_state_of_the_plan_replaces_an_earlier_one() -> None:
    """And a run that was cut off had no time to finish."""
    opened, closed = ({"todos": [{"status": status}]} for status in ("pending", "completed"))
    finished = Story().calls("TodoWrite", opened).calls("TodoWrite", closed).says("Done.").run()
    cut = Story().calls("TodoWrite", opened).run("timed_out")

    assert not OpenPlan().detect(finished)
    assert not OpenPlan().detect(cut)


@pytest.mark.parametrize(
    ("answer", "seen"),
    [
        ("Would you like me to implement this?", True),
        ("Please provide the file that you mean.", True),
        ("The bug is in the parser.", False),
    ],
)
def test_a_question_instead_of_work_is_seen(answer: str, seen: bool) -> None:
    """Where nothing was edited; a question after the work is a courtesy."""
    asked = Story().shell("ls").says(answer).run()
    worked = Story().edit().says(answer).run()

    assert bool(AsksBack().detect(asked)) is seen
    assert not AsksBack().detect(worked)


def test_a_question_by_a_tool_needs_no_words() -> None:
    """Its name is enough where content is redacted."""
    assert AsksBack().detect(Story().shell("ls").calls("AskUserQuestion", {}).run())


def test_a_task_that_is_handed_to_a_person_was_given_up() -> None:
    """Known by the tool's name; a symptom, since it may have been right."""
    (signal,) = GaveUp().detect(Story().calls("transfer_to_human_agents", {"summary": "x"}, "ok").run())

    assert signal.symptom
    assert "transfer_to_human_agents" in signal.sentence


@pytest.mark.parametrize(
    ("answer", "finish", "seen"),
    [
        ("I'm sorry, but I can't assist with that.", "stop", True),
        ("", "content_filter", True),
        ("", "SAFETY", True),
        ("I cannot reproduce it on Linux, so I looked at the parser.", "stop", False),
        ("Done.", "stop", False),
    ],
)
def test_a_refusal_is_known_by_words_or_by_its_reason(answer: str, finish: str, seen: bool) -> None:
    """The reason stands where words are redacted."""
    assert bool(ModelRefusal().detect(Story().says(answer, finish=finish).run())) is seen


def test_agents_without_files_have_nothing_to_edit() -> None:
    """A customer service that answers has done its work."""
    run = Story(prompt="Cancel my order.").calls("get_order", {"id": "1"}, "{}").says("Is that all?").run()

    assert not NoEdit().detect(run)
    assert not PrematureEnd().detect(run)
    assert not AsksBack().detect(run)


@pytest.mark.parametrize(
    "detector", [PrematureEnd(), OpenPlan(), AsksBack(), GaveUp(), ModelRefusal(), NoEdit()]
)
def test_a_plain_run_stops_in_time(detector: PrematureEnd) -> None:
    """Edit, test, end."""
    assert not detector.detect(verified_run(1, "passed"))
