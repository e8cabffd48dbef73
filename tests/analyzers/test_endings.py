"""How runs went and ended is read from the trace alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analyzers.endings import checks_after, final_answer, has_changed, has_failed, last_code_edit, last_edit
from analyzers.testing import Story, looping_run


def test_the_final_answer_is_the_last_words_of_an_agent_that_ended() -> None:
    """A run that was cut off while calling tools has none."""
    ended = Story().edit().says("Done.").run()

    answer = final_answer(ended)
    assert answer is not None
    assert answer.text == "Done."
    assert final_answer(looping_run(2)) is None


@pytest.mark.parametrize(
    ("command", "result", "code", "failed"),
    [
        ("pytest", "3 passed", 0, False),
        ("pytest", "1 failed", 1, True),
        ("ls nowhere", "", 2, True),
        ("ls", "", 0, False),
    ],
)
def test_the_exit_code_decides_where_there_is_one(command: str, result: str, code: int, failed: bool) -> None:
    """Whatever the output looks like."""
    run = Story().shell(command, result, exit_code=code).run()

    assert has_failed(run.tool_calls[0]) is failed


def test_without_an_exit_code_a_test_run_is_judged_by_its_output() -> None:
    """Foreign traces often hold the output only."""
    run = (
        Story()
        .calls("shell", {"cmd": "pytest"}, "=== 2 failed ===")
        .calls("shell", {"cmd": "pytest"}, "2 passed")
        .run()
    )

    assert [has_failed(call) for call in run.tool_calls] == [True, False]


def test_an_edit_that_reports_an_error_changed_nothing() -> None:
    """Tools that answer with an error text count as failed."""
    run = Story().edit(result="Error: old_string not found").edit(result="edited").run()

    assert [has_changed(call) for call in run.tool_calls] == [False, True]


def test_prose_is_an_edit_but_no_code_edit() -> None:
    """The last code edit is what tests have to follow."""
    run = Story().edit("a.py").edit("CHANGES.md").says("Done.").run()
    last, code = last_edit(run), last_code_edit(run)

    assert last is not None
    assert code is not None
    assert (last.arguments["path"], code.arguments["path"]) == ("CHANGES.md", "a.py")


def test_a_line_that_edits_and_tests_is_its_own_check() -> None:
    """``sed -i … && pytest`` leaves nothing untested."""
    run = Story().shell("sed -i 's/a/b/' x.py && pytest -q", "1 passed").says("Done.").run()

    assert len(checks_after(run, last_code_edit(run))) == 1


def test_an_agent_that_ends_with_a_tool_call_has_ended() -> None:
    """Its last words are those before it handed in; a model call that failed is no ending."""
    handed_in = Story().edit().calls("submit", {}).run()
    broken = replace(handed_in, model_calls=(replace(handed_in.model_calls[-1], error="overloaded"),))

    assert final_answer(handed_in) is handed_in.model_calls[-1]
    assert final_answer(broken) is None
    assert final_answer(Story().run()) is None
