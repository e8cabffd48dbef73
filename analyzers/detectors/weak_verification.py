"""The agent tested its work by less than the instruction names, or by a test that tested nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass

from analyzers.account import Account, account_of
from analyzers.act import Act
from analyzers.commands import read_command
from analyzers.detectors.observation import observe, shown
from analyzers.signal import Signal
from traces.run import Run

_QUOTED = re.compile(r"`([^`\n]{4,200})`|^ {4}\$? ?(\S[^\n]{3,200})$|^\$ ([^\n]{4,200})$", re.MULTILINE)
_NOTHING = re.compile(
    r"\bno tests ran\b|\bcollected 0 items\b|\bRan 0 tests\b|\b0 passing\b|\bNo tests found\b|\bno test files\b"
    r"|\brunning 0 tests\b(?![\s\S]*\brunning [1-9])",
    re.IGNORECASE,
)
_NARROW = re.compile(r"::|\s-k\s|\s-t\s|--grep|--filter|-Dtest=|\s-run\s")
_TAIL = 2000  # characters at the end of an output, where test runners sum up
_MOST = 20


@dataclass(frozen=True, kw_only=True)
class WeakVerification:
    """Sees a run that ends on checks, none of them as strong as the command that the instruction names.

    A command that selects some of the tests is weaker than one that runs all. Where the instruction names none
    (or is redacted), only checks count that ran no test at all.
    """

    name: str = "weak_verification"
    title: str = "Tests its work by less than was asked"

    def detect(self, run: Run) -> tuple[Signal, ...]:
        """One signal that cites the last checks."""
        account = account_of(run)
        checks = [act for act in account.last_checks if act.command]
        if account.final_answer is None or account.last_code_edit is None or not checks:
            return ()
        if all(_NOTHING.search(act.call.result[-_TAIL:]) for act in checks):
            return observe(self, run, checks, "The last check ran no test at all.", severity=0.7)
        asked = _asked(account)
        if not asked or any(_is_as_strong(act, command) for act in checks for command in asked):
            return ()
        sentence = f"The instruction names {shown(asked[0])!r}; after the last edit only weaker checks ran."
        return observe(self, run, checks[-3:], sentence, severity=0.6, shows="arguments")


def _asked(account: Account) -> list[str]:
    """The commands in the instruction that run tests."""
    quoted = (next(filter(None, match.groups())) for match in _QUOTED.finditer(account.instruction))
    return [command for command in quoted if " " in command and read_command(command).tests][:_MOST]


def _is_as_strong(act: Act, asked: str) -> bool:
    """Whether a check runs what was asked: all its words, and no selection that was not asked for."""
    words, wanted = set(act.command.split()), asked.split()
    named = [word for word in wanted if not word.startswith("-")]
    file = next((word for word in reversed(named) if "." in word or "/" in word), "")
    same = all(word in words for word in named) or bool(file and file.rsplit("/", 1)[-1] in act.command)
    return same and (bool(_NARROW.search(asked)) or not _NARROW.search(act.command))
