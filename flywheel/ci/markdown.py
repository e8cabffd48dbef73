"""An answer as a Markdown page of bounded length, for a job's summary or a comment on a pull request."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from flywheel.answer import Answer, decision_word
from flywheel.ci.costs import arm_costs
from flywheel.ci.meaning import (
    bound_words,
    budget_words,
    claim_words,
    guard_words,
    meaning,
    points,
    question_words,
    warnings,
)
from flywheel.ci.next_steps import next_steps
from flywheel.ci.task_outcomes import TaskOutcome, count_flips, flips, task_outcomes
from flywheel.ci.wording import Wording
from flywheel.confirmations import confirmation_words
from flywheel.errors import FlywheelError

LONGEST = 60_000  # characters; a comment on GitHub holds 65,536
ROWS = 100
RUNS = 3  # run ids shown of each arm of a task
SUMMARY = "GITHUB_STEP_SUMMARY"


def answer_markdown(answer: Answer, wording: Wording, *, longest: int = LONGEST) -> str:
    """The page, at most ``longest`` characters where that leaves room for the verdict itself.

    Texts of tasks, traces and people are escaped: there is no markup, link, mention or table cell in them.
    """
    head = "\n".join([*_verdict(answer, wording), *_facts(answer, wording)])
    tail = "\n".join(_next(answer, wording))
    found = flips(task_outcomes(answer.verdict))
    return "\n".join([head, *_flips(found, wording, longest - len(head) - len(tail)), tail]) + "\n"


def require_summary() -> Path:
    """Where the summary of the running GitHub job is; raises ``FlywheelError`` outside of one."""
    name = os.environ.get(SUMMARY, "")
    if not name:
        raise FlywheelError(
            f"--github appends to the file that {SUMMARY} names, and it names none: use --markdown FILE"
        )
    return Path(name)


def append_summary(text: str) -> None:
    """Append a page to the summary of the running GitHub job."""
    with require_summary().open("a", encoding="utf-8") as stream:
        stream.write(text + "\n")


def _verdict(answer: Answer, wording: Wording) -> Iterator[str]:
    verdict = answer.verdict
    yield f"## Flywheel: {decision_word(verdict)}"
    yield ""
    yield f"**{decision_word(verdict)}**: {wording.prose(meaning(verdict))}."
    yield ""
    yield f"> {wording.prose(verdict.reason)}"
    for warning in warnings(answer):
        yield ">"
        yield f"> {wording.prose(warning)}"
    yield ""


def _facts(answer: Answer, wording: Wording) -> Iterator[str]:
    verdict, question, measured = answer.verdict, answer.question, answer.measured
    yield from ("| | |", "|---|---|")
    for name, shown in (
        ("candidate", f"{wording.code(question.candidate)} (`{measured.candidate[:10]}`)"),
        ("control", f"{wording.code(question.against)} (`{measured.control[:10]}`)"),
        ("suite", f"{wording.code(question.suite)}, gate split, seed {question.seed}"),
        ("question", question_words(verdict)),
        ("claimed effect", f"**{bound_words(verdict)}**: the lower bound is the claim"),
        ("claim", f"`{verdict.claim}`: {claim_words(verdict)}"),
        (
            "effect at stop",
            f"{points(verdict.effect_at_stop)} points, biased upward by stopping early: not the claim",
        ),
        ("evidence", f"{verdict.wealth:.4g} of {verdict.threshold:.4g} needed, {verdict.groups_used} groups"),
        ("noise of this suite", wording.prose(answer.noise_words)),
        *_confirmed(answer, wording),
        ("guards", _guards(answer, wording)),
        ("cost", _cost(answer)),
        ("budget", wording.prose(budget_words(answer))),
        ("promise", wording.prose(answer.campaign.promise)),
        ("experiment", wording.code(measured.experiment)),
    ):
        yield f"| {name} | {shown} |"
    yield ""


def _confirmed(answer: Answer, wording: Wording) -> tuple[tuple[str, str], ...]:
    """The row of a confirmation, where there is one."""
    if answer.confirmation is None:
        return ()
    return (("confirmed effect", wording.prose(confirmation_words(answer.confirmation))),)


def _guards(answer: Answer, wording: Wording) -> str:
    said = wording.prose(guard_words(answer.verdict))
    runs = answer.verdict.blocking_runs
    return f"{said}, shown by {wording.codes(runs, most=RUNS)}" if runs else said


def _cost(answer: Answer) -> str:
    ratio = answer.verdict.cost_ratio
    said = "ratio not known" if ratio is None else f"{ratio:.2f} times the control's per run"
    control, candidate = arm_costs(answer.verdict, answer.runs)
    if not control.runs and not candidate.runs:
        return f"{said}; the runs are not stored here"
    return f"{said}; control: {control.words}; candidate: {candidate.words}"


def _flips(found: tuple[TaskOutcome, ...], wording: Wording, room: int) -> Iterator[str]:
    yield f"### Tasks that flipped: {count_flips(found)}"
    yield ""
    if not found:
        yield "No task did better or worse in one arm than in the other."
        yield ""
        return
    yield from (
        "| task | control passes | candidate passes | control runs | candidate runs |",
        "|---|---|---|---|---|",
    )
    shown = 0
    for row in _rows(found[:ROWS], wording):
        room -= len(row) + 1
        if room < 600:  # for the heading, the count and what follows
            break
        shown += 1
        yield row
    yield ""
    if shown < len(found):
        yield f"{len(found) - shown} more tasks flipped and are left out here; the JSON and JUnit files hold them all."
        yield ""


def _rows(found: Iterable[TaskOutcome], wording: Wording) -> Iterator[str]:
    for outcome in found:
        count = len(outcome.pairs)
        control = wording.codes((pair.control_run for pair in outcome.flipped), most=RUNS)
        candidate = wording.codes((pair.candidate_run for pair in outcome.flipped), most=RUNS)
        yield (
            f"| {wording.code(outcome.task)} | {outcome.control_passed} of {count} "
            f"| {outcome.candidate_passed} of {count} | {control} | {candidate} |"
        )


def _next(answer: Answer, wording: Wording) -> Iterator[str]:
    yield "### Next"
    yield ""
    for step in next_steps(answer):
        command = f": {wording.code(step.command, 400)}" if step.command else ""
        yield f"- {wording.prose(step.why)}{command}"
