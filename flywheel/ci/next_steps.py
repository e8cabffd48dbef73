"""What to do with an answer, as commands that can be typed as they stand."""

from __future__ import annotations

import shlex
from dataclasses import dataclass

from benchmarks.gate.verdict import Decision
from flywheel.answer import Answer
from flywheel.ci.task_outcomes import flips, task_outcomes
from flywheel.comparison import Question

SHOWN = 12  # digits of a run id that commands take


@dataclass(frozen=True, kw_only=True)
class Step:
    """Why, and the command; the command is empty where there is none to type."""

    why: str
    command: str = ""


def next_steps(answer: Answer) -> tuple[Step, ...]:
    """In the order in which a person would take them."""
    decision = answer.verdict.decision
    if decision is Decision.PROMOTE:
        return (*_take_over(answer), *_unbiased(answer))
    if decision is Decision.REJECT:
        return (*_evidence(answer), Step(why="commit a better change and ask again", command=_again(answer)))
    more = (Step(why=answer.verdict.more),) if answer.verdict.more else ()
    return (*more, *_evidence(answer), _longer(answer))


def _take_over(answer: Answer) -> tuple[Step, ...]:
    """How the change becomes the harness: what is only safe is a person's decision, and says so."""
    promote = f"flywheel promote {answer.measured.experiment}"
    if answer.verdict.question == "better":
        return (Step(why="make it the current harness, in the harness repository", command=promote),)
    merge = f"git merge {shlex.quote(answer.question.candidate)}"
    return (
        Step(why="take the change over, in the harness repository", command=merge),
        Step(why="or record that you took it although it is only shown safe", command=f"{promote} --safe"),
    )


def _unbiased(answer: Answer) -> tuple[Step, ...]:
    if answer.confirmation is not None:
        return ()
    return (
        Step(why="measure its effect without the bias of stopping", command=f"{_again(answer)} --confirm"),
    )


def _longer(answer: Answer) -> Step:
    """How to get to a verdict from one that is none."""
    if answer.verdict.can_continue:
        return Step(why="go on with the evidence that is there", command=f"{_again(answer)} --continue")
    return Step(
        why="this question is given up for good: commit another change and ask", command=_again(answer)
    )


def evaluate_words(question: Question) -> tuple[str, ...]:
    """The words that ask this question again."""
    better = () if question.asks is None else (f"--{question.asks}",)
    seed = () if question.seed == 1 else ("--seed", str(question.seed))
    return (
        *("flywheel", "evaluate", question.candidate, "--against", question.against),
        *("--suite", question.suite, *better, *seed),
    )


def _again(answer: Answer) -> str:
    return shlex.join(evaluate_words(answer.question))


def _evidence(answer: Answer) -> tuple[Step, ...]:
    """The run that shows best what is wrong: one that a guard named, else the first that was lost."""
    blocking = answer.verdict.blocking_runs
    if blocking:
        return (_show("see a run that the guard blocked for", blocking[0]),)
    lost = [found for found in flips(task_outcomes(answer.verdict)) if found.is_regression]
    if not lost:
        return ()
    pair = min(lost[0].flipped, key=lambda pair: pair.difference)
    return (_show("see a run that the candidate lost", pair.candidate_run),)


def _show(why: str, run: str) -> Step:
    return Step(why=why, command=f"flywheel traces show {shlex.quote(run[:SHOWN])}")
