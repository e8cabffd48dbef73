"""What one analyst may spend on one pattern, and what it has spent."""

from __future__ import annotations

from dataclasses import dataclass, replace

from langchain_core.messages import AIMessage, BaseMessage

from analyzers.analysts.spent import Spent
from analyzers.errors import BudgetExceededError
from harness.model_cost import reported_cost

_LETTERS = 4  # characters to a token, where the provider counts none


@dataclass(frozen=True, kw_only=True)
class Budget:
    """Limits of one analyst on one pattern; whoever exceeds one of them loses its finding.

    ``calls`` are model calls and ``tokens`` those of all calls, input and output. ``usd`` counts what the provider tells;
    0 is no limit. ``seconds`` are wall time, ``memory_mb`` MiB of address space beyond what an analyst starts with.
    ``lookups`` bounds how often a model may search and read, and ``characters`` the recorded text that it gets to see: half
    of it in its first prompt, the rest on request. When these two are used up, it is asked to answer with what it has.
    """

    calls: int = 20
    tokens: int = 250_000
    usd: float = 1.0
    seconds: float = 300.0
    memory_mb: int = 2048
    lookups: int = 12
    characters: int = 32_000


class Meter:
    """Counts what one analyst spends on one pattern, and stops it at its budget."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._spent = Spent()

    @property
    def spent(self) -> Spent:
        """All so far."""
        return self._spent

    @property
    def calls_left(self) -> int:
        """How many more model calls there are."""
        return self._budget.calls - self._spent.calls

    def before_call(self) -> None:
        """Count a model call that is about to be made; raises ``BudgetExceededError`` where none is left."""
        if self.calls_left <= 0:
            raise BudgetExceededError(f"more than {self._budget.calls} model calls", spent=self._spent)
        self._add(calls=1)

    def after_call(self, asked: list[BaseMessage], answer: AIMessage) -> None:
        """Count what a call took; raises ``BudgetExceededError`` where that is too much."""
        self._add(tokens=_tokens(asked, answer), usd=reported_cost(answer))
        if self._spent.tokens > self._budget.tokens:
            raise BudgetExceededError(f"more than {self._budget.tokens} tokens", spent=self._spent)
        if 0 < self._budget.usd < self._spent.usd:
            raise BudgetExceededError(f"more than ${self._budget.usd:g}", spent=self._spent)

    def malformed(self) -> None:
        """Count an answer that did not fit."""
        self._add(malformed=1)

    def looked_up(self) -> None:
        """Count a search or a reading."""
        self._add(lookups=1)

    def _add(self, **more: float) -> None:
        self._spent = replace(
            self._spent, **{name: getattr(self._spent, name) + number for name, number in more.items()}
        )


def _tokens(asked: list[BaseMessage], answer: AIMessage) -> int:
    """As the provider counts them, else by the number of characters."""
    if answer.usage_metadata:
        return answer.usage_metadata["total_tokens"]
    letters = sum(len(str(message.content)) for message in (*asked, answer))
    return letters // _LETTERS + 1
