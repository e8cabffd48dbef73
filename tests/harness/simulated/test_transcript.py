"""The conversation is read as tool uses and notes."""

from __future__ import annotations

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage, ToolMessage

from harness.simulated.transcript import read_transcript, split_result

TASK = HumanMessage("The function `f` in `f.py` is wrong.")
TOOLS = frozenset({"bash", "read_file"})


def _call(name: str, arguments: dict[str, str], call_id: str = "1") -> AIMessage:
    return AIMessage(
        content="", tool_calls=[{"name": name, "args": arguments, "id": call_id, "type": "tool_call"}]
    )


def _read(*messages: BaseMessage):  # noqa: ANN202 - the type is that of the function under test
    return read_transcript([SystemMessage("Be careful."), *messages], TOOLS)


def test_the_parts_of_a_conversation_are_told_apart() -> None:
    """System prompt, instruction, uses with their results, notes with their time."""
    read = _read(
        TASK,
        _call("bash", {"command": "ls"}),
        ToolMessage("f.py\n[exit code: 0]", tool_call_id="1", name="bash"),
        HumanMessage("Look sharp."),
        AIMessage("Done."),
        HumanMessage("Not yet."),
    )

    assert read.system == "Be careful."
    assert read.instruction == TASK.text
    assert [(use.name, use.exit_code, use.answer) for use in read.uses] == [("bash", 0, 0)]
    assert [(note.text, note.answers, note.at_the_end) for note in read.notes] == [
        ("Look sharp.", 1, False),
        ("Not yet.", 2, True),
    ]
    assert read.answers == 2


def test_a_note_appended_to_a_result_is_a_note() -> None:
    """What stands behind the exit code is the harness speaking."""
    own, note = split_result("bash", "FAIL f(1)\n[exit code: 1]\n\nYou repeat yourself.", failed=False)

    assert own == "FAIL f(1)\n[exit code: 1]"
    assert note.strip() == "You repeat yourself."


def test_output_and_program_text_are_no_notes() -> None:
    """Advice that stands in a file or is printed by a command is not addressed to the model."""
    program = '"""Run the tests before you finish.\n\n    Note: try something else.\n"""\n'
    printed = "Run the tests before you finish.\n\nstep back\n[exit code: 0]"

    assert split_result("read_file", program, failed=False) == (program, "")
    assert split_result("bash", printed, failed=False) == (printed, "")


def test_a_marked_paragraph_behind_a_file_is_a_note() -> None:
    """As in: a blank line, then a note at the margin."""
    own, note = split_result("read_file", "x = 1\n\nNote: you read this before.", failed=False)

    assert own == "x = 1"
    assert note == "Note: you read this before."


def test_what_follows_the_first_line_of_an_edit_is_a_note() -> None:
    """Editing tools answer with one line."""
    assert split_result("edit_file", "edited f.py\nThat was edit 5.", failed=False) == (
        "edited f.py",
        "That was edit 5.",
    )


def test_a_refusal_is_result_and_note_at_once() -> None:
    """A harness may refuse a call and say why."""
    refusal = ToolMessage("Not executed: do something else.", tool_call_id="1", name="bash", status="error")
    read = _read(TASK, _call("bash", {"command": "ls"}), refusal)

    assert read.uses[0].failed
    assert read.notes[0].text == "Not executed: do something else."


def test_the_instruction_is_the_message_that_states_the_task() -> None:
    """A listing that a harness puts first is a note."""
    read = _read(HumanMessage("Files here: f.py, g.py"), TASK)

    assert read.instruction == TASK.text
    assert [note.text for note in read.notes] == ["Files here: f.py, g.py"]


def test_content_blocks_are_read_as_text() -> None:
    """Messages may come as lists of blocks."""
    read = _read(TASK, HumanMessage([{"type": "text", "text": "Hurry."}]))

    assert read.notes[0].text == "Hurry."


def test_an_empty_conversation_has_no_instruction() -> None:
    """Nothing said, nothing asked."""
    assert read_transcript([], TOOLS).instruction == ""
