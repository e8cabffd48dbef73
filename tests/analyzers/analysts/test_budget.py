"""An analyst is stopped at what it may spend, and what it has spent is known."""

from __future__ import annotations

import pytest
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage

from analyzers.analysts.budget import Budget, Meter
from analyzers.analysts.spent import Spent
from analyzers.errors import BudgetExceededError

ASKED: list[BaseMessage] = [HumanMessage("x" * 400)]


def answer(tokens: int = 0, usd: float = 0.0) -> AIMessage:
    """An answer whose provider tells what it took, or does not."""
    usage = {"input_tokens": tokens - 1, "output_tokens": 1, "total_tokens": tokens} if tokens else None
    told = {"token_usage": {"cost": usd}} if usd else {}
    return AIMessage("y" * 40, usage_metadata=usage, response_metadata=told)


def test_calls_tokens_and_money_are_counted() -> None:
    """Tokens by the provider's count, else by letters; money where it is told."""
    meter = Meter(Budget())
    for given in (answer(700, usd=0.25), answer(usd=0.25)):
        meter.before_call()
        meter.after_call(ASKED, given)
    meter.malformed()
    meter.looked_up()

    assert meter.spent == Spent(calls=2, tokens=700 + 111, usd=0.5, lookups=1, malformed=1)
    assert str(meter.spent) == "2 model calls, 811 tokens, $0.5000, 1 lookup, 1 malformed answer"


def test_the_call_too_many_is_not_made() -> None:
    """It raises before, with what was spent."""
    meter = Meter(Budget(calls=1))
    meter.before_call()

    with pytest.raises(BudgetExceededError, match="more than 1 model calls") as caught:
        meter.before_call()
    assert caught.value.spent.calls == 1
    assert meter.calls_left == 0


@pytest.mark.parametrize(
    ("budget", "given", "why"),
    [
        (Budget(tokens=100), answer(101), "more than 100 tokens"),
        (Budget(tokens=100), answer(), "more than 100 tokens"),
        (Budget(usd=0.1), answer(usd=0.11), r"more than \$0.1"),
    ],
)
def test_too_many_tokens_and_too_much_money_end_it(budget: Budget, given: AIMessage, why: str) -> None:
    """As soon as they are known."""
    with pytest.raises(BudgetExceededError, match=why):
        Meter(budget).after_call(ASKED, given)


def test_no_money_limit_is_no_limit() -> None:
    """0 means that calls and tokens are limit enough."""
    meter = Meter(Budget(usd=0))
    meter.after_call(ASKED, answer(usd=90.0))

    assert meter.spent.usd == 90.0
