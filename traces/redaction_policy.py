"""Which rules of redaction apply: chosen by name, with own ones that are tried before they are trusted."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from traces.errors import RuleError
from traces.redaction_rules import ALL_RULES, Rule

_LIMIT_SECONDS = 60.0  # for a busy machine; the trial limits its own computing time
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,60}")
# Each text is long enough to tell a cost that grows with its square from one that grows with it.
_TRIAL = r"""
import re, resource, sys, time
def trial(pattern, literals):
    size = 30_000
    resource.setrlimit(resource.RLIMIT_CPU, (4, 4))
    own = "".join(sorted(set(pattern) - set("\\()[]{}|?*+^$<>!")))[:24]
    units = list(dict.fromkeys([*own, *"aA0_- ./+=@:\n\"\\é", *literals, own, "ab", "a0", "a ", "aa.", "a=\""]))
    texts = [unit * (size // len(unit) + 1) for unit in units if unit]
    for prefix in ("", *literals):
        for text in texts:
            began = time.process_time()
            sum(1 for _ in re.finditer(pattern, prefix + text + "\x00"))
            if time.process_time() - began > 0.04:
                return 1
    return 0
sys.exit(trial(sys.argv[1], sys.argv[2:5]))
"""


@dataclass(frozen=True, kw_only=True)
class OwnRule:
    """A rule as a person writes it: ``pattern`` is a regular expression for what is replaced.

    Where it has a group ``secret``, only that is replaced. It is tried only on texts that hold one of
    ``literals``, whatever their case.
    """

    name: str
    literals: tuple[str, ...]
    pattern: str


def rules_named(names: Iterable[str], *, extra: Sequence[OwnRule] = ()) -> tuple[Rule, ...]:
    """The built-in rules of those names, in their own order, and the own ones behind them.

    ``DEFAULT_NAMES`` are those that apply where nobody chooses. Raises ``RuleError`` for an unknown name,
    for a pattern that is none, that matches nothing at all, or that takes too long on hostile texts.
    """
    chosen = set(names)
    known = {rule.name for rule in ALL_RULES}
    if unknown := sorted(chosen - known):
        raise RuleError(f"there is no redaction rule {unknown[0]!r}; choose from {', '.join(sorted(known))}")
    return (*(rule for rule in ALL_RULES if rule.name in chosen), *(own_rule(own) for own in extra))


def own_rule(own: OwnRule) -> Rule:
    """The rule that a person wrote, after a trial of about a tenth of a second; raises ``RuleError``."""
    if not _NAME.fullmatch(own.name):
        raise RuleError(f"{own.name!r} is no name of a rule: lower-case letters, digits and dashes")
    if not own.literals or not all(own.literals):
        raise RuleError(f"rule {own.name!r} needs literals: a text without any of them is not looked at")
    pattern = _compiled(own)
    _try(own, pattern)
    return Rule(name=own.name, literals=tuple(literal.lower() for literal in own.literals), pattern=pattern)


def _compiled(own: OwnRule) -> re.Pattern[str]:
    try:
        pattern = re.compile(own.pattern)
        empty = pattern.search("") is not None
    except (re.error, RecursionError, OverflowError) as error:
        raise RuleError(f"rule {own.name!r} has no valid pattern: {error}: {own.pattern}") from error
    if empty:
        raise RuleError(f"the pattern of rule {own.name!r} matches an empty text: {own.pattern}")
    return pattern


def _try(own: OwnRule, pattern: re.Pattern[str]) -> None:
    # In a process of its own: nothing else can stop a regular expression that has begun.
    command = [sys.executable, "-I", "-c", _TRIAL, pattern.pattern, *own.literals]
    try:
        ended = subprocess.run(command, check=False, capture_output=True, timeout=_LIMIT_SECONDS)
        slow = ended.returncode != 0
    except subprocess.TimeoutExpired:
        slow = True
    if slow:
        raise RuleError(
            f"the pattern of rule {own.name!r} takes too long on hostile texts; bound its repetitions, "
            f"such as {{1,64}} for +, and let no two of them match the same: {own.pattern}"
        )
