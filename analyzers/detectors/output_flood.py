"""Tool results flooded the context."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from analyzers.account import Account, account_of
from analyzers.detectors.observation import observe
from analyzers.signal import Signal
from traces.run import Run


@dataclass(frozen=True, kw_only=True)
class OutputFlood:
    """Sees results of ``least_characters`` and more; where content is redacted, the input's growth by ``tokens``."""

    name: str = "output_flood"
    title: str = "Drowns in long tool output"
    least_characters: int = 6000
    tokens: int = 2500

    def detect(self, run: Run) -> tuple[Signal, ...]:
        """One signal that cites the long results, or the calls whose input had grown."""
        account = account_of(run)
        if any(call.result for call in account.tool_calls):
            return self._by_content(account)
        return self._by_tokens(account)

    def _by_content(self, account: Account) -> tuple[Signal, ...]:
        long = [act for act in account.acts if len(act.call.result) >= self.least_characters]
        if not long:
            return ()
        largest = max(len(act.call.result) for act in long)
        sentence = f"{len(long)} tool results were very long, the longest {largest} characters."
        return observe(self, account, long, sentence, severity=0.6)

    def _by_tokens(self, account: Account) -> tuple[Signal, ...]:
        grown = [
            later
            for earlier, later in pairwise(account.answers)
            if later.usage.input_tokens - earlier.usage.input_tokens - earlier.usage.output_tokens
            >= self.tokens
        ]
        if not grown:
            return ()
        return observe(self, account, grown, f"The input grew by leaps {len(grown)} times.", severity=0.4)
