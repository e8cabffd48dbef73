"""What a verdict means, what it spent and what to do next, in plain words."""

from __future__ import annotations

import dataclasses
import shlex
from collections.abc import Callable

import pytest

from benchmarks.gate.verdict import Decision, Verdict
from flywheel.answer import Answer
from flywheel.ci.costs import arm_costs
from flywheel.ci.meaning import budget_words, claim_words, meaning, question_words, warnings
from flywheel.ci.next_steps import next_steps
from flywheel.ci.text import answer_text
from flywheel.ci.wording import Wording
from harness.runs import RunResult
from traces.outcome import Outcome
from traces.run import Usage

AnswerOf = Callable[..., Answer]


def test_the_text_ends_with_the_budget_and_the_next_step(answer_of: AnswerOf, verdict: Verdict) -> None:
    """After the verdict with its numbers and flips."""
    lines = answer_text(answer_of(verdict), Wording()).splitlines()

    assert lines[0].startswith("promote: ")
    assert (
        "budget: 8 of 40 planned runs taken; campaign humaneval-repair/epoch-1: 1 of 8 candidates used, 4.38 % of the "
        "5 % error budget left"
    ) in lines
    assert lines[-2].endswith(f": flywheel promote {'e' * 16}")
    assert lines[-1].startswith("next: ")
    assert lines[-1].endswith("--better --confirm")


def test_an_inconclusive_verdict_is_no_safety(answer_of: AnswerOf, verdict: Verdict) -> None:
    """It says so, says what more would decide, and how to plan for it."""
    open_verdict = dataclasses.replace(verdict, decision=Decision.INCONCLUSIVE, more="about 40 more pairs")
    steps = next_steps(answer_of(open_verdict))

    assert "no statement that the change is safe" in meaning(open_verdict)
    assert steps[0].why == "about 40 more pairs"
    assert steps[-1].command == (
        "flywheel evaluate my-change --against main --suite humaneval-repair --better --continue"
    )


def test_what_was_given_up_is_not_continued(answer_of: AnswerOf, verdict: Verdict) -> None:
    """A futile experiment has returned a part of its share: only another change can be asked about."""
    futile = dataclasses.replace(verdict, decision=Decision.INCONCLUSIVE, futile=True)

    assert "given up for good" in next_steps(answer_of(futile))[-1].why
    assert "--continue" not in next_steps(answer_of(futile))[-1].command


def test_safe_is_said_with_its_margin(answer_of: AnswerOf, verdict: Verdict) -> None:
    """Whatever came of it, a reader sees what loss was asked about; safe is not called better."""
    safe = dataclasses.replace(verdict, question="safe", margin=0.05)
    worse = dataclasses.replace(safe, decision=Decision.REJECT)

    assert "less than the margin of 5.0 points" in meaning(safe)
    assert "better" not in meaning(safe)
    assert "more than the margin of 5.0 points" in meaning(worse)
    assert question_words(safe) == "is it safe: worse by less than 5.0 points?"
    assert answer_text(answer_of(safe), Wording()).startswith("safe: ")


def test_a_rejection_shows_the_worst_run(answer_of: AnswerOf, verdict: Verdict) -> None:
    """Of a task that was lost, without a guard; a guard's own run where one blocked."""
    worse = dataclasses.replace(verdict, decision=Decision.REJECT)
    blocked = dataclasses.replace(worse, blocked_by="cost", blocking_runs=("ab" * 16,))

    assert (
        next_steps(answer_of(worse))[0].command
        == f"flywheel traces show {verdict.pairs[1].candidate_run[:12]}"
    )
    assert next_steps(answer_of(blocked))[0].command == "flywheel traces show abababababab"
    assert "cost guard" in meaning(blocked)
    assert "shown to be worse" in meaning(worse)


@pytest.mark.parametrize("name", ["my change; rm -rf .", "$(reboot)", "a'b\"c", "x\ny"])
@pytest.mark.parametrize("decision", list(Decision))
def test_a_command_can_be_typed_whatever_the_branch_is_called(
    name: str, decision: Decision, answer_of: AnswerOf, verdict: Verdict
) -> None:
    """Names are quoted for the shell: one word stays one."""
    decided = dataclasses.replace(verdict, decision=decision)
    commands = [step.command for step in next_steps(answer_of(decided, candidate=name)) if step.command]

    by_run_or_experiment = ("flywheel traces show", "flywheel promote")
    naming = [shlex.split(command) for command in commands if not command.startswith(by_run_or_experiment)]
    assert naming
    assert all(name in words for words in naming)


def test_hostile_text_does_not_reach_the_terminal(answer_of: AnswerOf, verdict: Verdict) -> None:
    """Escape sequences of a task's name or a reason are written out."""
    pair = dataclasses.replace(verdict.pairs[0], task="a\x1b[2Jb")
    hostile = dataclasses.replace(verdict, pairs=(pair,), reason="x\x1b]0;y\x07", notes=("\x1bnote",))

    text = answer_text(answer_of(hostile), Wording())

    assert not {character for character in text if ord(character) < 32} - {"\n"}
    assert "a\\x1b[2Jb" in text


def test_what_a_claim_speaks_for_is_said(verdict: Verdict) -> None:
    """Of these tasks, or of new groups: it is the reader's mistake to prevent."""
    assert "these tasks only" in claim_words(dataclasses.replace(verdict, claim="suite"))
    assert "new groups" in claim_words(dataclasses.replace(verdict, claim="groups"))


def test_warnings_come_before_the_gates_notes(answer_of: AnswerOf, verdict: Verdict) -> None:
    """What makes a verdict count for less stands first."""
    answer = answer_of(dataclasses.replace(verdict, notes=("2 pairs stayed unscored",)), sharing="local")
    told = warnings(dataclasses.replace(answer, simulated=True))

    assert "counts for nothing elsewhere" in told[0]
    assert "simulated" in told[1]
    assert told[2] == "2 pairs stayed unscored"
    assert "0 of 40 planned runs" in budget_words(answer_of(dataclasses.replace(verdict, pairs=())))


def test_costs_are_those_of_the_runs_that_are_here(verdict: Verdict) -> None:
    """By arm; what is stored elsewhere is not counted."""
    run = RunResult(
        run_id=verdict.pairs[0].candidate_run,
        key="k",
        attempt=1,
        outcome=Outcome.PASSED,
        reason="",
        cause="",
        score=1.0,
        usage=Usage(input_tokens=1000, output_tokens=234, cost_usd=0.5),
        seconds=1.5,
        steps=1,
        digest="",
        isolation="",
    )
    control, candidate = arm_costs(verdict, {run.run_id: run})

    assert control.words == "0 runs, 0 tokens, 0.0 s"
    assert candidate.words == "1 runs, 1,234 tokens, 1.5 s, 0.50 $"
