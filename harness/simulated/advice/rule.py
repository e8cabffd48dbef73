"""One wording of a kind of advice: a verb with its object, or a remark that amounts to advice."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from harness.simulated.advice.kinds import Advice
from harness.simulated.advice.mood import Reading, read_base, read_gerund, read_participle, read_statement
from harness.simulated.advice.phrases import FEW, either, gerunds, participles

Read = Callable[[str, str], Reading]

_WORD = r"(?: [\w']+)"
_PLAIN_WORD = r"(?: (?!(?:not|never|without|instead|nor|than)\b)[\w']+)"


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A wording; ``read`` judges the mood of the verb where it begins, ``None`` for a remark.

    ``waives`` is set when the wording asks not to do it. A ``firm`` remark is not turned round by a
    negation before it, mostly because it holds its own.
    """

    advice: Advice
    pattern: re.Pattern[str]
    read: Read | None = None
    waives: bool = False
    firm: bool = False


def actions(
    advice: Advice, verbs: str, objects: str, *, gap: str = FEW, waives: bool = False
) -> Iterator[Rule]:
    """Rules for verbs (in their base form, ``|`` between) in all forms with an object behind or before them."""
    forms = ((either(verbs), read_base), (participles(verbs), read_participle), (gerunds(verbs), read_gerund))
    for verb, read in forms:
        yield Rule(advice=advice, pattern=_plainly(rf"{verb}{gap} {objects}"), read=read, waives=waives)
    passive = rf"(?P<subject>{objects})(?: [\w']+){{0,5}}? (?P<verb>{participles(verbs)})"
    yield Rule(advice=advice, pattern=_words(passive), read=read_participle, waives=waives)


def requests(advice: Advice, *patterns: str, waives: bool = False) -> Iterator[Rule]:
    """Rules for wordings that begin with a verb in its base form."""
    for pattern in patterns:
        yield Rule(advice=advice, pattern=_plainly(pattern), read=read_base, waives=waives)


def statements(advice: Advice, *patterns: str) -> Iterator[Rule]:
    """Rules for statements of the reader's own situation that amount to advice."""
    for pattern in patterns:
        yield Rule(advice=advice, pattern=_plainly(pattern), read=read_statement)


def remarks(advice: Advice, *patterns: str, firm: bool = False) -> Iterator[Rule]:
    """Rules for wordings that are advice in any mood."""
    for pattern in patterns:
        yield Rule(advice=advice, pattern=_words(pattern), firm=firm)


def _plainly(pattern: str) -> re.Pattern[str]:
    """Compile, letting no negation hide among the words between a verb and its object."""
    return _words(pattern.replace(_WORD, _PLAIN_WORD))


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w']){pattern}(?![\w'])")
