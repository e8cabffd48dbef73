"""Reads advice out of text by what it asks for, whatever its words.

Two readers add up: rules about verbs, objects, mood and negation, which are seldom wrong, and learnt
weights of words, which also understand wordings that no rule foresees.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache

from harness.simulated.advice.kinds import Advice
from harness.simulated.advice.mood import count_negators, is_negated
from harness.simulated.advice.rule import Rule
from harness.simulated.advice.sentences import sentences_of
from harness.simulated.advice.weights import learnt_weights
from harness.simulated.advice.wordings import look_first, reconsider, reread, short_output, verify, wrap_up

_SURE = 0.8  # the strictest bar that leaves a recall above 80 % in cross-validation over the examples
_VERY_SURE = 0.9  # ... in a long text, which gives it many occasions to err, and where something is negated
_LONG = 3  # sentences
_REPORTED = re.compile(
    r"\b(?:he|she|they|readme|docs?|documentation|authors?|maintainers?|reviewers?|colleagues?|customers?|someone|"
    r"teammate|boss|comments?|logs?|changelog|manual|article|paper|book|previous|earlier|old|another agent|developers?|team)\b"
    r"(?: [\w',]+){0,5}? (?:said|says|told|wrote|writes|asked|mentions|mentioned|suggested|claims|claimed|recommended|"
    r"recommends|reported|reports|stated|states|complained|noted|describes|described|explains|shows that|used to|advised)\b"
)
_BYGONE = re.compile(
    r"\b(?:yesterday|last (?:week|month|year|night)|in the past|years? ago|days? ago|used to|this morning)\b"
)


@lru_cache(maxsize=512)
def advice_in(text: str) -> frozenset[Advice]:
    """The kinds of advice that a text gives."""
    sentences = _own_sentences(text)
    readings = list(_by_rules(sentences))
    asked = {advice for advice, waived in readings if not waived}
    waived = {advice for advice, waived in readings if waived}
    return frozenset(asked | (_by_weights(sentences) - waived))


@lru_cache(maxsize=512)
def waived_in(text: str) -> frozenset[Advice]:
    """The kinds of action that a text says are not wanted or not needed."""
    waived = frozenset(advice for advice, waived in _by_rules(_own_sentences(text)) if waived)
    return waived - advice_in(text)


def _own_sentences(text: str) -> tuple[str, ...]:
    """The sentences that speak to the reader and of now: no reports of what others said or once was."""
    return tuple(
        each for each in sentences_of(text) if not _REPORTED.search(each) and not _BYGONE.search(each)
    )


def _by_weights(sentences: tuple[str, ...]) -> set[Advice]:
    found: set[Advice] = set()
    pieces = [sentences] if len(sentences) <= _LONG else [(sentence,) for sentence in sentences]
    for piece in pieces:
        negated = any(count_negators(f"{sentence} .") % 2 for sentence in piece)
        bar = _VERY_SURE if negated or len(sentences) > _LONG else _SURE
        probabilities = learnt_weights().probabilities(piece)
        found |= {advice for advice, probability in probabilities.items() if probability > bar}
    return found


def _by_rules(sentences: tuple[str, ...]) -> Iterator[tuple[Advice, bool]]:
    for sentence in sentences:
        for rule in _rules():
            yield from ((rule.advice, waived) for waived in _matches(rule, sentence))


@cache
def _rules() -> tuple[Rule, ...]:
    kinds = (verify, reconsider, look_first, wrap_up, reread, short_output)
    return tuple(rule for kind in kinds for rule in kind.wordings())


def _matches(rule: Rule, sentence: str) -> Iterator[bool]:
    """For each place where a rule's wording is meant as advice, whether it asks not to."""
    for match in rule.pattern.finditer(sentence):
        start = match.start("verb") if "verb" in rule.pattern.groupindex else match.start()
        prefix, suffix = sentence[:start].strip(), sentence[match.end() :]
        if rule.read is None:
            yield not rule.firm and is_negated(sentence[: match.start()].strip(), suffix)
            continue
        reading = rule.read(prefix, suffix)
        if reading.is_request:
            yield reading.is_negated != rule.waives
