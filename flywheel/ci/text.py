"""An answer for a terminal: the verdict, the budget, and what to do next."""

from __future__ import annotations

from collections.abc import Iterator

from flywheel.answer import Answer, verdict_text
from flywheel.ci.meaning import budget_words, meaning, warnings
from flywheel.ci.next_steps import next_steps
from flywheel.ci.wording import Wording
from flywheel.confirmations import confirmation_words


def answer_text(answer: Answer, wording: Wording) -> str:
    """All of it, one thing on a line."""
    return "\n".join(_lines(answer, wording))


def _lines(answer: Answer, wording: Wording) -> Iterator[str]:
    yield from verdict_text(answer.verdict).splitlines()
    yield f"that is: {meaning(answer.verdict)}"
    yield f"budget: {wording.plain(budget_words(answer), 400)}"
    yield f"noise of this suite: {wording.plain(answer.noise_words, 400)}"
    yield f"promise: {answer.campaign.promise}"
    if answer.confirmation is not None:
        yield f"confirmed: {confirmation_words(answer.confirmation)}"
    for warning in warnings(answer):
        yield f"note: {wording.plain(warning, 400)}"
    for step in next_steps(answer):
        command = f": {wording.plain(step.command, 400)}" if step.command else ""
        yield f"next: {wording.plain(step.why, 400)}{command}"
