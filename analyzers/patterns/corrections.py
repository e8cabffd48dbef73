"""What a person said of patterns, applied to a clustering."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

import numpy as np

from analyzers.correction import Correction
from analyzers.known_pattern import KnownPattern
from analyzers.observation import Observation
from analyzers.pattern import Pattern
from analyzers.patterns.words import telling_words, word_space

_TERMS = 20
_Words = dict[str, tuple[str, ...]]


def corrected(
    patterns: Sequence[Pattern],
    corrections: Iterable[Correction],
    observations: Iterable[Observation] = (),
    known: Iterable[KnownPattern] = (),
) -> tuple[Pattern, ...]:
    """The patterns after all corrections, in the order in which these were made, by falling rank.

    A correction of a pattern that is not there changes nothing, but is in force as soon as it is back. For splits,
    ``observations`` say how the runs end, and ``known`` what set the two halves apart when their runs were there.
    """
    words = {seen.run_id: seen.words for seen in observations}
    terms = {each.id: each.terms for each in known}
    found = list(patterns)
    for correction in corrections:
        found = _APPLY[correction.kind](found, correction, words, terms)
    return tuple(sorted(found, key=lambda pattern: (-pattern.rank, pattern.id)))


def _label(found: list[Pattern], correction: Correction, _words: _Words, _terms: _Words) -> list[Pattern]:
    name = correction.name
    return [
        replace(pattern, name=name, label=name) if pattern.id == correction.pattern else pattern
        for pattern in found
    ]


def _merge(found: list[Pattern], correction: Correction, _words: _Words, _terms: _Words) -> list[Pattern]:
    """The pattern that takes the runs over keeps its signature, contrast and portrait; ranks add up as shares do."""
    source = next((pattern for pattern in found if pattern.id == correction.pattern), None)
    if source is None:
        return found
    target = next((pattern for pattern in found if pattern.id == correction.into), None)
    others = [pattern for pattern in found if pattern.id not in {correction.pattern, correction.into}]
    if target is None:
        return [*others, replace(source, id=correction.into, merged=(*source.merged, source.id))]
    held = {*target.run_ids, *source.run_ids}
    return [
        *others,
        replace(
            target,
            run_ids=tuple(sorted(held)),
            also=tuple(sorted({*target.also, *source.also} - held)),
            tasks=tuple(sorted({*target.tasks, *source.tasks})),
            share=target.share + source.share,
            rank=target.rank + source.rank,
            signals=(*target.signals, *source.signals),
            companions=tuple(dict.fromkeys((*target.companions, *source.companions))),
            merged=tuple(dict.fromkeys((*target.merged, source.id, *source.merged))),
        ),
    ]


def _split(found: list[Pattern], correction: Correction, words: _Words, terms: _Words) -> list[Pattern]:
    whole = next((pattern for pattern in found if pattern.id == correction.pattern), None)
    if whole is None:
        return found
    leaving, leaving_terms = _leaving(whole, correction, words, terms)
    if not leaving:
        return found
    part = next(iter(leaving_terms), "")
    taken = replace(
        _with_runs(whole, leaving),
        id=correction.into,
        name=correction.name or (f"{whole.name}: {part}" if part else whole.name),
        label=correction.name,
        part=part or correction.into,
        terms=leaving_terms[: len(whole.terms) or None],
    )
    others = [pattern for pattern in found if pattern.id != whole.id]
    staying = [run_id for run_id in whole.run_ids if run_id not in set(leaving)]
    return [*others, taken, *([_with_runs(whole, staying)] if staying else [])]


def _leaving(
    whole: Pattern, correction: Correction, words: _Words, terms: _Words
) -> tuple[list[str], tuple[str, ...]]:
    """The runs that the new pattern gets, and the words that set it apart.

    They are those that the correction names, and further ones that say more of these words than of the others'.
    """
    named = set(correction.run_ids)
    listed = [run_id for run_id in whole.run_ids if run_id in named]
    others = [run_id for run_id in whole.run_ids if run_id not in named]
    theirs, ours = terms.get(correction.into, ()), terms.get(whole.id, ())
    if listed and others:
        theirs, ours = _told_apart(listed, others, words)
        others = []  # who split them saw all of them
    said = {run_id: set(words.get(run_id, ())) for run_id in others}
    alike = [run_id for run_id in others if len(said[run_id] & set(theirs)) > len(said[run_id] & set(ours))]
    return sorted([*listed, *alike]), theirs


def _told_apart(
    listed: Sequence[str], others: Sequence[str], words: _Words
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    space = word_space([words.get(run_id, ()) for run_id in (*listed, *others)])
    first, second = np.arange(len(listed)), np.arange(len(listed), len(listed) + len(others))
    return (
        telling_words(space, first, second, most=_TERMS),
        telling_words(space, second, first, most=_TERMS),
    )


def _with_runs(pattern: Pattern, run_ids: Collection[str]) -> Pattern:
    """The same mechanism over some of its runs."""
    held = frozenset(run_ids)
    part = len(held) / len(pattern.run_ids)
    central = [run_id for run_id in (pattern.medoid, *pattern.typical, *sorted(held)) if run_id in held]
    first, *others = dict.fromkeys(central)
    return replace(
        pattern,
        run_ids=tuple(sorted(held)),
        share=pattern.share * part,
        rank=pattern.rank * part,
        medoid=first,
        typical=tuple(others[:2]),
        signals=tuple(signal for signal in pattern.signals if signal.run_id in held),
    )


_Apply = Callable[[list[Pattern], Correction, _Words, _Words], list[Pattern]]
_APPLY: Mapping[str, _Apply] = MappingProxyType({"label": _label, "merge": _merge, "split": _split})
