"""What a statement says is held against what the spans say, as far as code can tell."""

from __future__ import annotations

import pytest

from analyzers.contradiction import contradiction
from analyzers.detectors import default_detectors
from analyzers.mine_view import RunsView
from analyzers.testing import Story, looping_run, unverified_run, verified_run
from traces.run import Run

TESTED = (
    Story(1)
    .shell("ls", "program.py")
    .edit()
    .shell("pytest -q", "1 failed", exit_code=1)
    .says("I could not fix it.")
    .run()
)
UNTESTED = Story(2).shell("ls", "program.py").edit().says("It is done.").run()


def span_of(run: Run, word: str) -> str:
    """The span of the call that names this."""
    return next(call.span_id for call in run.tool_calls if word in str(call.arguments))


@pytest.mark.parametrize(
    "text",
    [
        "The agent never ran the tests.",
        "It did not run any tests at all.",
        "It doesn't run tests.",
        "No tests were run.",
        "It never tests.",
        "The agent ran no tests.",
    ],
)
def test_tests_that_were_run_contradict_that_none_were(text: str) -> None:
    """And only where some were."""
    assert contradiction(text, TESTED, "") == "the run has 1 calls that run tests"
    assert contradiction(text, UNTESTED, "") is None


@pytest.mark.parametrize(
    "text", ["The agent ran the tests and they failed.", "It runs tests.", "It executed all tests"]
)
def test_a_run_without_a_test_contradicts_that_it_ran_them(text: str) -> None:
    """The other way round."""
    assert contradiction(text, UNTESTED, "") == "the run has no call that runs a test"
    assert contradiction(text, TESTED, "") is None


@pytest.mark.parametrize(
    "text",
    [
        "Ended after edit_file without running a test or the program.",
        "It did not run the tests again after its last edit.",
        "It never ran tests before it edited.",
        "It should have run the tests until they passed.",
        "It does not test thoroughly enough.",
    ],
)
def test_what_is_said_of_a_part_of_a_run_is_not_judged(text: str) -> None:
    """Code cannot tell; the quote is what stands for it."""
    assert contradiction(text, TESTED, "") is None
    assert contradiction(text, UNTESTED, "") is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("The command exited with code 0.", 0),
        ("It exited with 0.", 0),
        ("pytest ended with exit code 2", 2),
        ("The exit status was zero.", 0),
        ("returned 127", 127),
    ],
)
def test_an_exit_code_is_that_of_the_cited_span(text: str, code: int) -> None:
    """Another code contradicts; a span without one does not."""
    run = Story(3).shell("make", exit_code=code).shell("make all", exit_code=9).run()

    assert contradiction(text, run, span_of(run, "make all")) == "the span ended with exit code 9"
    assert contradiction(text, run, run.tool_calls[0].span_id) is None
    assert contradiction(text, run, run.model_calls[0].span_id) is None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("29 of 34 calls had arguments that could not be read.", "the run has 7 steps"),
        ("It made 4 tool calls.", "the run has 3 tool calls"),
        ("It made only two tool calls.", "the run has 3 tool calls"),
        ("There were 2 tool calls in all.", "the run has 3 tool calls"),
        ("Five edits went wrong.", "the run has 1 edits"),
        ("After 40 steps it stopped.", "the run has 7 steps"),
        ("It made exactly one model call.", "the run has 4 model calls"),
        ("It made 3 tool calls.", None),
        ("Two tool calls went wrong.", None),
        ("It made only two calls after the edit.", None),
        ("It read 300 lines and 12 files.", None),
    ],
)
def test_counts_are_held_against_the_run(text: str, told: str | None) -> None:
    """More than there are contradicts; fewer only where it is said to be all."""
    assert contradiction(text, TESTED, "") == told


def test_redacted_commands_may_have_been_tests() -> None:
    """Code cannot tell, and does not."""
    run = Story(4).calls("bash", "", "").says("done").run()

    assert contradiction("It ran the tests.", run, "") is None


def test_no_detector_contradicts_its_own_spans() -> None:
    """Every sentence that we write ourselves stands."""
    told = [TESTED, UNTESTED, *RunsView(_many()).runs()]
    signals = [(run, signal) for run in told for d in default_detectors() for signal in d.detect(run)]

    assert len({signal.detector for _, signal in signals}) > 8
    assert not [
        (signal.sentence, found)
        for run, signal in signals
        for span_id in signal.span_ids
        if (found := contradiction(signal.sentence, run, span_id))
    ]


def _many() -> list[Run]:
    """Runs that set off many detectors."""
    story = Story(20).calls("bash", "{", "broken").calls("bash", {"command": ': "'}, "")
    for _ in range(9):
        story = story.shell("cat missing", "cat: missing: No such file or directory", exit_code=1)
    return [
        story.says("").run(),
        looping_run(21),
        unverified_run(22, "failed"),
        verified_run(23, "failed"),
        Story(24)
        .shell("pytest -q", "no tests ran", exit_code=5)
        .edit()
        .shell("pytest -q", "0 passed")
        .says("Fixed!")
        .run(),
        Story(25).edit().shell("pytest -q", "3 failed", exit_code=1).says("All tests pass now.").run(),
    ]


@pytest.mark.parametrize(
    "text",
    ["", "exit code", "only calls", "9" * 100_000, "never " * 50_000, "run tests " * 50_000, "1 " * 100_000],
)
def test_no_statement_breaks_the_check(text: str) -> None:
    """However it is made."""
    assert contradiction(text[:100_000], TESTED, span_of(TESTED, "pytest")) is None
