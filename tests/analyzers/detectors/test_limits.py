"""Detectors of spent time, steps and context, and of agents that give up."""

from __future__ import annotations

import pytest

from analyzers.detectors.context_overflow import ContextOverflow
from analyzers.detectors.cut_off import CutOff
from analyzers.detectors.gave_up import GaveUp
from analyzers.detectors.step_exhaustion import StepExhaustion
from analyzers.detectors.time_burn import TimeBurn
from analyzers.testing import Story, looping_run, verified_run


def slow(calls: int, seconds: float) -> Story:
    story = Story()
    for _ in range(calls):
        story.shell("ls")
    return story


@pytest.mark.parametrize(
    ("calls", "seconds", "seen"),
    [(9, 900.0, True), (30, 900.0, False), (3, 250.0, False), (2, 900.0, False), (4, 300.0, True)],
)
def test_few_slow_calls_burn_time(calls: int, seconds: float, seen: bool) -> None:
    """Many calls in the same time do not, nor does a short run."""
    run = slow(calls, seconds).run("timed_out", run_seconds=seconds)

    assert bool(TimeBurn().detect(run)) is seen


def test_the_effort_is_named_where_it_is_known() -> None:
    """A person sees at once what to turn down."""
    run = (
        Story()
        .says("a", effort="high")
        .says("b", effort="high")
        .says("c", effort="high")
        .run(run_seconds=600.0)
    )
    (signal,) = TimeBurn().detect(run)

    assert signal.sentence == "3 model calls took 600 seconds, 200 each at high effort."


def test_a_run_cut_off_after_many_steps_ran_out_of_them() -> None:
    """It is a symptom: it says how the run ended, not why."""
    (signal,) = StepExhaustion().detect(looping_run(1, times=10))

    assert signal.symptom
    assert not StepExhaustion().detect(verified_run(1, "passed"))
    assert not StepExhaustion().detect(looping_run(1, times=5))


def test_a_run_cut_off_early_is_told_from_one_that_ended() -> None:
    """Also a symptom; an agent with a last word was not cut off."""
    assert CutOff().detect(looping_run(1, times=2))[0].symptom
    assert not CutOff().detect(looping_run(1, times=10))
    assert not CutOff().detect(verified_run(1, "passed"))


@pytest.mark.parametrize(("finish", "seen"), [("length", True), ("max_tokens", True), ("stop", False)])
def test_an_answer_cut_at_its_length_overflows(finish: str, seen: bool) -> None:
    """By the finish reason, as providers spell it."""
    run = Story().says("and so on", finish=finish).run()

    assert bool(ContextOverflow().detect(run)) is seen


@pytest.mark.parametrize(
    ("answer", "seen"),
    [
        ("I could not find the cause.", True),
        ("The tests still fail.", True),
        ("I was unable to reproduce it.", True),
        ("Nothing could stop me; it works.", False),
    ],
)
def test_an_admission_of_failure_is_heard(answer: str, seen: bool) -> None:
    """In the agent's own last words."""
    run = Story().edit().says(answer).run()

    assert bool(GaveUp().detect(run)) is seen
