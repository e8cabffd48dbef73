"""LoopDetection under a real agent."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import AIMessage, HumanMessage, ToolMessage

from middleware.loop_detection import LoopDetection

LIST = [("bash", {"command": "ls"})]


def edit(number: int, path: str = "add.py") -> list[tuple[str, dict[str, Any]]]:
    """A turn that writes a file, each time differently."""
    return [("write_file", {"path": path, "content": f"# {number}\n"})]


def test_few_edits_pass_unchanged(play: Any) -> None:
    """Below every limit nothing is added and nothing announced."""
    played = play([LoopDetection()], [*(edit(n) for n in range(4)), LIST, LIST, "done"])

    assert played.notes == []
    assert played.activations == []


def test_a_file_edited_often_brings_a_soft_note(play: Any) -> None:
    """The note names the file and the count, follows the tool result, and is seen by every later call."""
    played = play([LoopDetection(soft_limit=2, hard_limit=5)], [edit(1), edit(2), LIST, "done"])

    assert played.shape == "hatathata"
    assert "add.py 2 times" in played.notes[0]
    assert all(played.notes[0] in [m.text for m in request.messages] for request in played.requests[2:])
    assert played.activations == [("LoopDetection", "2 edits of one file")]


def test_the_hard_limit_forces_reconsideration_at_most_three_times(play: Any) -> None:
    """From the hard limit on the words are stronger, and end after three."""
    played = play(
        [LoopDetection(soft_limit=1, hard_limit=2, repeat_limit=9)], [*(edit(n) for n in range(8)), "done"]
    )

    assert [text.startswith("Stop and reconsider.") for text in played.notes] == [False, True, True, True]
    assert len(set(played.notes)) == 4


def test_edits_of_different_files_are_counted_apart(play: Any) -> None:
    """Many files edited once each are no loop."""
    played = play(
        [LoopDetection(soft_limit=2, hard_limit=3)], [*(edit(n, f"file{n}.py") for n in range(6)), "done"]
    )

    assert played.notes == []


def test_a_repeated_call_with_an_unchanged_result_is_a_loop(play: Any) -> None:
    """The third identical call brings a note; another one resets nothing but counts apart."""
    played = play([LoopDetection()], [LIST, LIST, [("bash", {"command": "pwd"})], LIST, "done"])

    assert len(played.notes) == 1
    assert played.notes[0].startswith("You have made the same bash call 3 times.")
    assert "Step back" in played.notes[0]


def test_running_the_tests_after_each_edit_is_no_loop(play: Any) -> None:
    """The count of a call that edits nothing starts anew with every edit."""
    tests = [("bash", {"command": "python3 test_add.py"})]
    played = play(
        [LoopDetection(soft_limit=50, hard_limit=51)],
        [t for n in range(5) for t in (edit(n), tests)] + ["done"],
    )

    assert played.notes == []


def test_the_same_call_with_new_results_is_no_loop(play: Any) -> None:
    """A call that shows progress may be repeated."""
    grow = [("bash", {"command": "date +%N | sh -c 'wc -c >> log; wc -c log'"})]
    played = play([LoopDetection(repeat_limit=2)], [grow, grow, grow, grow, "done"])

    assert played.notes == []


def test_oscillating_edits_are_a_loop(play: Any) -> None:
    """Two edits that undo each other count as repetitions of each."""
    there = [("edit_file", {"path": "add.py", "old_string": "-", "new_string": "+"})]
    back = [("edit_file", {"path": "add.py", "old_string": "+", "new_string": "-"})]
    played = play([LoopDetection(soft_limit=20, hard_limit=23)], [there, back, there, back, there, "done"])

    assert len(played.notes) == 1
    assert "same edit_file call 3 times" in played.notes[0]


def test_a_call_repeated_to_the_hard_limit_is_not_executed(play: Any, workspace: Path) -> None:
    """It is answered with an error; after three refusals it is executed again, so nothing is stuck for ever."""
    count = [("bash", {"command": "printf x >> /dev/null; python3 -c \"open('count','a').write('x')\""})]
    middleware = LoopDetection(soft_limit=1, hard_limit=2, repeat_limit=2)
    played = play([middleware], [*([count] * 8), "done"])

    refused = [message.text for message in played.messages if getattr(message, "status", "") == "error"]
    assert len(refused) == 3
    assert refused[0] == "Not executed: you have made this exact call 2 times before. Do something else."
    assert (workspace / "count").read_text() == "x" * 5
    assert ("LoopDetection", "repeated call refused") in played.activations


def test_parallel_identical_calls_are_counted_one_by_one(play: Any) -> None:
    """Calls of one turn that run in threads are counted from the messages, so the count is exact."""
    played = play([LoopDetection(repeat_limit=3)], [[*LIST, *LIST, *LIST], "done"])

    assert played.shape == "hattt" + "ha"
    assert "3 times" in played.notes[0]


def test_no_note_is_inserted_while_a_call_is_pending() -> None:
    """Given a conversation whose calls are not all answered, the hook does nothing."""
    calls = [{"name": "bash", "args": {"command": "ls"}, "id": f"c{n}"} for n in range(4)]
    messages = [HumanMessage("do"), AIMessage("", tool_calls=calls), ToolMessage("a", tool_call_id="c0")]

    assert LoopDetection().before_model({"messages": messages}, None) is None  # type: ignore[arg-type]


def test_an_instance_keeps_nothing_between_runs(play: Any) -> None:
    """The second run of the same instance starts counting at zero."""
    middleware = LoopDetection(soft_limit=2, hard_limit=3)
    first = play([middleware], [edit(1), "done"])
    second = play([middleware], [edit(2), "done"])

    assert (first.notes, second.notes) == ([], [])


def test_two_instances_need_names(play: Any) -> None:
    """A name of its own lets a second instance into the stack; without it LangChain refuses."""
    pair = [
        LoopDetection(soft_limit=1, hard_limit=2),
        LoopDetection(soft_limit=1, hard_limit=3, name="Second"),
    ]
    played = play(pair, [edit(1), "done"])

    assert [name for name, _ in played.activations] == ["LoopDetection", "Second"]
    with pytest.raises(AssertionError, match="duplicate"):
        play([LoopDetection(), LoopDetection()], ["done"])


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"soft_limit": 0}, "soft_limit >= 1"),
        ({"soft_limit": 5, "hard_limit": 5}, "hard_limit above soft_limit"),
        ({"repeat_limit": 1}, "repeat_limit >= 2"),
    ],
)
def test_contradicting_limits_are_refused(parameters: dict[str, int], message: str) -> None:
    """The error names the parameter and what it needs."""
    with pytest.raises(ValueError, match=message):
        LoopDetection(**parameters)
