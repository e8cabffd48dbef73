"""A model is asked until its answer fits, and no longer."""

from __future__ import annotations

import pytest
from langchain_core.messages import AIMessage

from analyzers.analysts.answer import ReadingAnswer
from analyzers.analysts.asking import Asking, read_answer
from analyzers.analysts.budget import Budget, Meter
from analyzers.errors import BudgetExceededError, MalformedAnswerError, ModelFailedError
from tests.analyzers.analysts.scripted import Scripted, as_text, calls

CLAIM = {"text": "t", "run_id": "r", "span_id": "s", "quote": "q"}
GOOD = calls("ReadingAnswer", {"diagnosis": "It does not test.", "claims": [CLAIM]})
PROMPT = "You diagnose this."


def asking(model: Scripted, budget: Budget | None = None) -> tuple[Asking, Meter]:
    meter = Meter(budget or Budget())
    return Asking(model, name="scripted", meter=meter), meter


def test_a_malformed_answer_is_asked_for_again() -> None:
    """With what was wrong, at most twice, and counted."""
    model = Scripted(
        reading=[AIMessage("I think it is lazy."), calls("ReadingAnswer", {"diagnosis": 3}), GOOD]
    )
    ask, meter = asking(model)

    assert ask.ask(PROMPT, ReadingAnswer).diagnosis == "It does not test."
    assert "did not fit" in str(model.asked[1][-1].content)
    assert (meter.spent.calls, meter.spent.malformed) == (3, 2)


def test_three_malformed_answers_lose_the_finding() -> None:
    """With a typed reason and what they cost."""
    model = Scripted(reading=[AIMessage("no"), AIMessage('{"claims": []}'), calls("Reading", {})])

    with pytest.raises(MalformedAnswerError, match="scripted gave 3 malformed answers") as caught:
        asking(model)[0].ask(PROMPT, ReadingAnswer)
    assert (caught.value.spent.calls, caught.value.spent.malformed) == (3, 3)


@pytest.mark.parametrize("takes_tools", [True, False])
@pytest.mark.parametrize("wrap", [str, "```json\n{}\n```".format, "Here it is:\n```\n{}\n```".format])
def test_json_in_plain_text_is_an_answer_too(takes_tools: bool, wrap: type[str]) -> None:
    """Small models have no tool calls, or do not use them."""
    model = Scripted(reading=[as_text(GOOD, wrap)], takes_tools=takes_tools)

    assert asking(model)[0].ask(PROMPT, ReadingAnswer).claims[0].quote == "q"


def test_a_server_that_refuses_tools_is_asked_without() -> None:
    """Once, at the first call."""
    refusal = RuntimeError("500: tools param requires --jinja flag")
    model = Scripted(reading=[refusal, as_text(GOOD)])
    ask, meter = asking(model)

    assert ask.ask(PROMPT, ReadingAnswer).diagnosis == "It does not test."
    assert (len(model.offered), meter.spent.calls) == (1, 2)


def test_a_model_that_cannot_be_reached_loses_the_finding() -> None:
    """With its own error's name, and with the calls that were made in vain."""
    model = Scripted(reading=[ConnectionError("refused\nby the host")])

    with pytest.raises(
        ModelFailedError, match="scripted gave no answer: ConnectionError: refused by"
    ) as caught:
        asking(model)[0].ask(PROMPT, ReadingAnswer)
    assert caught.value.spent.calls == 2


def test_what_is_used_up_stays_used_up() -> None:
    """A retry does not go beyond the budget."""
    model = Scripted(reading=[AIMessage("no")])

    with pytest.raises(BudgetExceededError, match="more than 2 model calls"):
        asking(model, Budget(calls=2))[0].ask(PROMPT, ReadingAnswer)


@pytest.mark.parametrize(
    "message",
    [
        AIMessage(""),
        AIMessage("{" * 10_000),
        AIMessage("[" * 100_000),
        AIMessage('{"diagnosis": "d", "claims": [' + '{"text": "t"},' * 5000),
        calls("ReadingAnswer", {"diagnosis": "d", "claims": []}),
        calls("ReadingAnswer", {"diagnosis": "d" * 3000, "claims": [CLAIM]}),
        calls("ReadingAnswer", {"diagnosis": "d", "claims": [CLAIM | {"quote": None}]}),
        calls("ReadingAnswer", {"diagnosis": "d", "claims": [CLAIM], "choices": []}),
        AIMessage([{"type": "text", "text": "no"}, {"type": "image_url", "image_url": "x"}]),
    ],
)
def test_what_does_not_fit_is_no_answer(message: AIMessage) -> None:
    """And says why in one line."""
    answer, problem = read_answer(message, ReadingAnswer)

    assert answer is None
    assert 0 < len(problem) <= 200
    assert "\n" not in problem


@pytest.mark.parametrize(
    ("message", "problem"),
    [
        (AIMessage("I am lazy."), "the answer: Invalid JSON: EOF while parsing a value at line 1 column 0"),
        (calls("ReadingAnswer", {"diagnosis": "d"}), "claims: Field required"),
        (
            calls("ReadingAnswer", {"diagnosis": "d", "claims": [CLAIM | {"quote": 3}]}),
            "claims.0.quote: Input should be a valid string",
        ),
        (calls("Answer", {}), "it calls 'Answer' instead of ReadingAnswer."),
    ],
)
def test_it_is_told_what_is_wrong_and_where(message: AIMessage, problem: str) -> None:
    """So that it can do better."""
    assert read_answer(message, ReadingAnswer) == (None, problem)
