"""The run spent very many tokens, mostly on reading its own history again."""

from __future__ import annotations

from dataclasses import dataclass

from analyzers.account import account_of
from analyzers.detectors.observation import observe
from analyzers.signal import Signal
from traces.run import Run


@dataclass(frozen=True, kw_only=True)
class TokenBurn:
    """Sees a run of at least ``least_tokens`` of input and output together; cached input counts a tenth.

    Works from usage alone. The severity grows with the tokens, up to ten times the threshold.
    """

    name: str = "token_burn"
    title: str = "Burns tokens"
    least_tokens: int = 1_000_000
    cached_share: float = 0.1  # of the price of fresh input, as most providers charge

    def detect(self, run: Run) -> tuple[Signal, ...]:
        """One signal that cites the model calls with the largest input."""
        account = account_of(run)
        usage = account.usage
        fresh = max(0, usage.input_tokens - usage.cached_tokens)
        weighted = fresh + self.cached_share * usage.cached_tokens + usage.output_tokens
        if weighted < self.least_tokens or not account.answers:
            return ()
        largest = sorted(account.answers, key=lambda call: (-call.usage.input_tokens, call.start_ns))[:4]
        severity = min(0.7, 0.3 + 0.4 * weighted / (10 * self.least_tokens))
        sentence = (
            f"{len(account.answers)} model calls took {usage.input_tokens:,} tokens of input"
            f" and {usage.output_tokens:,} of output."
        )
        return observe(self, run, largest, sentence, severity=severity)
