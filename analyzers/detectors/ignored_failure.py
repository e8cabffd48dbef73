"""The agent ended although the last test that it ran had failed."""

from __future__ import annotations

from dataclasses import dataclass

from analyzers.account import account_of
from analyzers.detectors.gave_up import admits_failure
from analyzers.detectors.observation import observe
from analyzers.signal import Signal
from traces.run import Run


@dataclass(frozen=True, kw_only=True)
class IgnoredFailure:
    """Sees a run whose last check failed, with no edit since, and that ended of its own accord.

    To ignore is to have seen: where the check printed ``unread_characters`` and more, it is a symptom of that flood.
    """

    name: str = "ignored_failure"
    title: str = "Ends although its last test failed"
    unread_characters: int = 6000

    def detect(self, run: Run) -> tuple[Signal, ...]:
        """One signal that cites the failing check and the final answer; its exit code is named where known.

        Who says that the tests still fail has not ignored them: that is giving up.
        """
        account = account_of(run)
        answer, checks = account.final_answer, account.last_checks
        if answer is None or not checks or not checks[-1].has_failed or admits_failure(answer.text):
            return ()
        code = checks[-1].call.exit_code
        how = f" with exit code {code}" if code else ""
        unread = len(checks[-1].call.result) >= self.unread_characters
        sentence = f"The last check failed{how} and the agent ended without another edit."
        return observe(self, run, (checks[-1], answer), sentence, severity=0.7, symptom=unread)
