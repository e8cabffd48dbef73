"""Reads advice out of text by what it asks for, whatever its words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from harness.simulated.advice.kinds import Advice
from harness.simulated.advice.mood import is_negated
from harness.simulated.advice.rules import Rule, rules
from harness.simulated.advice.sentences import sentences_of

_REPORTED = re.compile(
    r"\b(?:he|she|they|readme|docs?|documentation|author|authors|maintainers?|reviewers?|colleagues?|customers?|users?|someone|"
    r"teammate|boss|comments?|logs?|changelog|manual|article|paper|book|previous|earlier|old|another agent|developers?|team)\b"
    r"(?: [\w',]+){0,5}? (?:said|says|told|wrote|writes|asked|mentions|mentioned|suggested|claims|claimed|recommended|"
    r"recommends|reported|reports|stated|states|complained|noted|describes|described|explains|shows that|used to|advised)\b"
)
_BYGONE = re.compile(
    r"\b(?:yesterday|last (?:week|month|year|night)|in the past|years? ago|days? ago|used to)\b"
)


@lru_cache(maxsize=512)
def advice_in(text: str) -> frozenset[Advice]:
    """The kinds of advice that a text gives."""
    return frozenset(advice for advice, waived in _readings(text) if not waived)


@lru_cache(maxsize=512)
def waived_in(text: str) -> frozenset[Advice]:
    """The kinds of action that a text says are not wanted or not needed."""
    return frozenset(advice for advice, waived in _readings(text) if waived) - advice_in(text)


def _readings(text: str) -> Iterator[tuple[Advice, bool]]:
    for sentence in sentences_of(text):
        if not _REPORTED.search(sentence) and not _BYGONE.search(sentence):
            for rule in rules():
                yield from ((rule.advice, waived) for waived in _matches(rule, sentence))


def _matches(rule: Rule, sentence: str) -> Iterator[bool]:
    """For each place where a rule's wording is meant as advice, whether it asks not to."""
    for match in rule.pattern.finditer(sentence):
        start = match.start("verb") if "verb" in rule.pattern.groupindex else match.start()
        prefix, suffix = sentence[:start].strip(), sentence[match.end() :]
        if rule.read is None:
            yield is_negated(sentence[: match.start()].strip(), suffix)
            continue
        reading = rule.read(prefix, suffix)
        if reading.is_request:
            yield reading.is_negated != rule.waives
