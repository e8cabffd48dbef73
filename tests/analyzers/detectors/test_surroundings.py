"""Detectors of what surrounds the agent: the model's service, the machine, the folder, time and tokens."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analyzers.detectors.context_overflow import ContextOverflow
from analyzers.detectors.model_trouble import ModelTrouble
from analyzers.detectors.sandbox_trouble import sandbox_trouble
from analyzers.detectors.slow_tool import SlowTool
from analyzers.detectors.token_burn import TokenBurn
from analyzers.detectors.wrong_directory import WrongDirectory
from analyzers.testing import Story, verified_run
from traces.run import Run, Usage

SECOND_NS = 1_000_000_000


def with_errors(run: Run, *errors: str | None) -> Run:
    """The run whose first model calls ended in these errors."""
    calls = [replace(call, error=error) for call, error in zip(run.model_calls, errors, strict=False)]
    return replace(run, model_calls=(*calls, *run.model_calls[len(calls) :]))


@pytest.mark.parametrize(
    ("error", "seen"),
    [
        ("429: Too Many Requests", True),
        ("overloaded_error: Overloaded", True),
        ("APIConnectionError: Connection reset by peer", True),
        ("500", True),
        ("context_length_exceeded: prompt is too long", False),
        ("FormatError: no action", False),
        (None, False),
    ],
)
def test_a_failing_service_is_told_from_the_agents_own_errors(error: str | None, seen: bool) -> None:
    """By the error's type or words, which are metadata."""
    run = with_errors(verified_run(1, "failed"), error)

    assert bool(ModelTrouble().detect(run)) is seen


def test_a_service_that_ended_the_run_is_the_severe_case() -> None:
    """One that came back is not; either way it is a symptom."""
    run = verified_run(1, "failed")
    last = with_errors(run, *[None] * (len(run.model_calls) - 1), "503")
    (ended,), (went_on,) = ModelTrouble().detect(last), ModelTrouble().detect(with_errors(run, "503"))

    assert ended.symptom
    assert ended.severity > went_on.severity


def test_a_full_context_is_no_failing_service() -> None:
    """It is the overflow's."""
    run = with_errors(verified_run(1, "failed"), "400: input is too long, maximum context is 200000")

    assert ContextOverflow().detect(run)
    assert not ModelTrouble().detect(run)


@pytest.mark.parametrize(
    "output",
    [
        "OSError: [Errno 28] No space left on device",
        "curl: (6) Could not resolve host: pypi.org",
        "Temporary failure in name resolution",
        "Error: No such container: 3f2a",
        "MemoryError: Cannot allocate memory",
    ],
)
def test_a_failing_machine_is_seen_from_the_second_time_on(output: str) -> None:
    """Of infrastructure, not of the agent."""
    once = Story().shell("x", output, exit_code=1)

    assert not sandbox_trouble().detect(once.run())
    assert sandbox_trouble().detect(once.shell("y", output, exit_code=1).run())
    assert not sandbox_trouble().detect(Story().shell("a", output).shell("b", output).run())


def test_the_same_command_from_elsewhere_shows_the_wrong_folder() -> None:
    """Twice, with or without a word in between."""
    missing = "python3: can't open file 'a.py': No such file or directory"
    story = (
        Story().shell("python3 a.py", missing, exit_code=2).shell("ls").shell("cd /app && python3 a.py", "ok")
    )

    assert not WrongDirectory().detect(story.run())
    story.shell("git diff", "fatal: not a git repository", exit_code=128)
    (signal,) = WrongDirectory().detect(story.run())
    assert signal.sentence == "2 commands failed for the folder."


def test_a_file_that_is_nowhere_is_no_wrong_folder() -> None:
    """Another command that follows is another question."""
    missing = "cat: a.py: No such file or directory"
    story = Story()
    for _ in range(3):
        story.shell("cat a.py", missing, exit_code=1).shell("cd /app && ls", "b.py")

    assert not WrongDirectory().detect(story.run())


@pytest.mark.parametrize(
    ("seconds", "of", "seen"), [(90, 120.0, True), (90, 900.0, False), (30, 60.0, False)]
)
def test_waiting_for_commands_is_seen_by_the_times_alone(seconds: int, of: float, seen: bool) -> None:
    """A slow command in a long run is none."""
    run = Story().calls("Bash", {}).says("").run(run_seconds=of)
    slow = tuple(replace(call, end_ns=call.start_ns + seconds * SECOND_NS) for call in run.tool_calls)

    assert bool(SlowTool().detect(replace(run, tool_calls=slow))) is seen


@pytest.mark.parametrize(
    ("usage", "seen"),
    [
        (Usage(input_tokens=1_200_000, output_tokens=10), True),
        (Usage(input_tokens=1_200_000, cached_tokens=1_100_000), False),
        (Usage(input_tokens=20_000_000, cached_tokens=20_000_000), True),
        (Usage(input_tokens=100_000), False),
    ],
)
def test_tokens_are_weighed_by_what_they_cost(usage: Usage, seen: bool) -> None:
    """Cached input counts a tenth."""
    assert bool(TokenBurn().detect(replace(verified_run(1, "failed"), usage=usage))) is seen


@pytest.mark.parametrize(
    "detector", [ModelTrouble(), sandbox_trouble(), WrongDirectory(), SlowTool(), TokenBurn()]
)
def test_a_plain_run_is_in_good_surroundings(detector: ModelTrouble) -> None:
    """Edit, test, end."""
    assert not detector.detect(verified_run(1, "passed"))
