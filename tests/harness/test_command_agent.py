"""Any command line as the agent: run in the task's sandbox, judged by the same verifier."""

from __future__ import annotations

from tests.harness.scripted import Harness
from tests.harness.supervised import Supervised
from traces.outcome import Outcome


def command(script: str, **more: float) -> Harness:
    """A harness whose agent is a shell script."""
    return Harness(head=f'agent = "command"\nargv = ["bash", "-c", {script!r}]\n', **more)  # type: ignore[arg-type]


def test_a_command_solves_the_task(supervised: Supervised) -> None:
    """There are no model calls of ours; what it ran is a span."""
    result = supervised(command("echo 42 > answer.txt; cat readme"))
    run = supervised.run()

    assert (result.outcome, result.reason, result.steps) == (Outcome.PASSED, "verified", 0)
    assert run.tool_calls[0].result == "hello\n"
    assert run.root is not None
    assert "flywheel.run.configuration_sha256" in run.root.attributes


def test_the_instruction_is_on_stdin_and_in_a_file(supervised: Supervised) -> None:
    """For both kinds of command lines."""
    supervised(command("cat; echo; cat $FLYWHEEL_INSTRUCTION"))

    assert supervised.run().tool_calls[0].result == "Write 42 into answer.txt.\nWrite 42 into answer.txt."


def test_an_exit_code_is_kept_in_the_reason(supervised: Supervised) -> None:
    """The verifier decides all the same."""
    result = supervised(command("echo 42 > answer.txt; exit 9"))

    assert (result.outcome, result.reason) == (Outcome.PASSED, "verified;exit_code:9")


def test_a_command_that_takes_too_long_is_ended(supervised: Supervised) -> None:
    """By a real clock."""
    result = supervised(command("sleep 30", wall_seconds=0.4))

    assert (result.outcome, result.reason) == (Outcome.TIMED_OUT, "wall_clock")
    assert result.seconds < 5
