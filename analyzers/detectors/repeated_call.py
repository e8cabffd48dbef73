"""The agent made the same call again and again with nothing changed in between."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from analyzers.account import Account, account_of
from analyzers.act import Act
from analyzers.detectors.observation import observe, shown
from analyzers.request import Request
from analyzers.signal import Signal
from traces.run import Run

_PASSING = re.compile(r"\b\d{1,9}(?:\.\d{1,9})? ?m?s(?:econds)?\b|\b(?=[a-f]*\d)[0-9a-f]{6,64}\b")
_END = 2000  # characters at either end of a result that are compared


@dataclass(frozen=True, kw_only=True)
class RepeatedCall:
    """Sees ``least`` calls for the same thing with the same result and no successful edit between them.

    The same thing is the same values (``Request``), and the same result is one that differs in seconds and hexadecimal ids at
    most: "3 failed in 0.12s" is "3 failed in 0.14s". Edits are the edit loop's; calls whose arguments are redacted are not compared.
    """

    name: str = "repeated_call"
    title: str = "Repeats the same call without learning from it"
    least: int = 3

    def detect(self, run: Run) -> tuple[Signal, ...]:
        """One signal for the most repeated call."""
        worst: list[Act] = max(self._repeats(account_of(run)), key=len, default=[])
        if len(worst) < self.least:
            return ()
        tool = shown(worst[0].call.name)
        sentence = f"Called {tool} {len(worst)} times with the same arguments and result."
        return observe(
            self, run, worst, sentence, severity=min(0.85, 0.4 + 0.1 * len(worst)), shows="arguments"
        )

    def _repeats(self, account: Account) -> Iterator[list[Act]]:
        for stretch in _stretches(account):
            for calls in stretch:
                if len(calls) >= self.least:
                    yield from _by_result(calls)


def _stretches(account: Account) -> Iterator[list[list[Act]]]:
    """The calls between two changes, by what they ask for."""
    seen: dict[Request, list[Act]] = defaultdict(list)
    for act in account.acts:
        if act.has_changed:
            yield list(seen.values())
            seen = defaultdict(list)
        elif not act.is_edit and act.request.values:
            seen[act.request].append(act)
    yield list(seen.values())


def _by_result(calls: list[Act]) -> list[list[Act]]:
    groups: dict[str, list[Act]] = defaultdict(list)
    for call in calls:
        result = call.call.result
        groups[_PASSING.sub("", f"{result[:_END]}\n{result[_END:][-_END:]}")].append(call)
    return list(groups.values())
