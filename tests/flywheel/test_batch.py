"""A batch in which no agent did anything is an error of its own; one whose steps nobody sees is not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from flywheel.batch import _require_some_work
from flywheel.errors import FlywheelError
from harness.runs import RunResult
from traces.outcome import Outcome
from traces.run import Usage

IDLE = RunResult(
    run_id="0" * 32,
    key="k",
    attempt=1,
    outcome=Outcome.FAILED,
    reason="verification_failed",
    cause="assertion",
    score=0.0,
    usage=Usage(),
    seconds=1.0,
    steps=0,
    digest="d",
    isolation="namespace",
)
COMMAND = replace(IDLE, configuration_hash="a")


def test_a_command_agent_that_always_fails_has_worked() -> None:
    """Its steps are nobody's to count, and its failures are results."""
    _require_some_work([COMMAND, COMMAND])
    _require_some_work([replace(COMMAND, reason="verification_failed;exit_code:1")] * 2)


@pytest.mark.parametrize(
    "result",
    [IDLE, replace(COMMAND, reason="verification_failed;exit_code:127")],
    ids=["no step", "no program"],
)
def test_agents_that_never_began_are_said_so(result: RunResult) -> None:
    """A model that cannot be made, or a program that is not in the sandbox, says nothing about the tasks."""
    with pytest.raises(FlywheelError, match="before their agent did anything"):
        _require_some_work([result, result])


def test_one_run_alone_or_one_that_worked_is_enough() -> None:
    """What differs between runs is the tasks' doing."""
    _require_some_work([IDLE])
    _require_some_work([IDLE, replace(IDLE, steps=1)])
