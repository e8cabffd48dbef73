"""Placing one new run among known patterns, without clustering anew."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Self

from analyzers.observation import Observation
from analyzers.pattern import Pattern, Signature
from traces.outcome import Outcome

_MOST_WORDS = 200  # of a centre
_MOST_RUNS = 400  # that a centre is made of
_NEAREST = 3


@dataclass(frozen=True, kw_only=True)
class Centre:
    """The middle of a pattern: the signatures that its runs show, and how many of them say each word, within 0..1."""

    pattern: str
    signatures: tuple[Signature, ...]
    words: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Centres:
    """The middles of all patterns, in the order in which they claim runs. Derived: delete it, make it anew."""

    centres: tuple[Centre, ...] = ()

    def to_json(self) -> str:
        """The text that ``from_json`` reads."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """What ``to_json`` wrote; raises ``ValueError`` for any other text."""
        try:
            return cls(centres=tuple(_centre_of(record) for record in json.loads(text)["centres"]))
        except (TypeError, KeyError) as error:
            raise ValueError(f"no centres of patterns: {error}") from None


@dataclass(frozen=True, kw_only=True)
class Placement:
    """Where a run belongs. ``pattern`` is its primary one, ``None`` if it passed, has no verdict or shows none.

    ``also`` are others whose signature it shows; ``nearest`` are the patterns whose words are most like its own, with
    the cosine similarity, the most similar first.
    """

    run_id: str
    pattern: str | None
    also: tuple[str, ...] = ()
    nearest: tuple[tuple[str, float], ...] = ()


def centres_of(patterns: Iterable[Pattern], observations: Iterable[Observation]) -> Centres:
    """The centres of patterns that were found in these observations."""
    seen = {each.run_id: each for each in observations}
    ordered = sorted(patterns, key=_claim)
    return Centres(centres=tuple(_centre(pattern, seen) for pattern in ordered))


def place(observation: Observation, centres: Centres) -> Placement:
    """Where a run belongs among known patterns; milliseconds, whatever the patterns were made of.

    The first in order whose signature it shows has it; among several of one signature, the one whose words are nearest.
    """
    likeness = {centre.pattern: _cosine(observation.words, centre.words) for centre in centres.centres}
    nearest = sorted(likeness.items(), key=lambda pair: (-pair[1], pair[0]))[:_NEAREST]
    fitting = [centre for centre in centres.centres if _shows(observation, centre)]
    if not fitting or observation.outcome in {Outcome.PASSED, Outcome.ERRORED}:
        return Placement(run_id=observation.run_id, pattern=None, nearest=tuple(nearest))
    rivals = [centre.pattern for centre in fitting if set(centre.signatures) & set(fitting[0].signatures)]
    primary = min(rivals, key=lambda name: (-likeness[name], rivals.index(name)))
    return Placement(
        run_id=observation.run_id,
        pattern=primary,
        also=tuple(centre.pattern for centre in fitting if centre.pattern != primary),
        nearest=tuple(nearest),
    )


def _claim(pattern: Pattern) -> tuple[bool, bool, float, str]:
    """Causes before symptoms, what was compared before what was not, then the surest contrast."""
    own = [signal for signal in pattern.signals if signal.detector == pattern.signature.mechanism]
    is_symptom = bool(own) and all(signal.symptom for signal in own)
    return is_symptom, pattern.contrast.basis == "none", -pattern.contrast.interval[0], pattern.id


def _centre(pattern: Pattern, seen: Mapping[str, Observation]) -> Centre:
    runs = [seen[run_id] for run_id in pattern.run_ids if run_id in seen]
    shown = {signal.detector for signal in pattern.signals} | {pattern.signature.mechanism}
    signatures = {
        Signature(cause=run.cause, mechanism=mechanism)
        for run in runs
        for mechanism in run.mechanisms & shown
    } | {pattern.signature}
    sample = runs[:: max(1, len(runs) // _MOST_RUNS)]
    said = Counter(word for run in sample for word in run.words)
    common = sorted(said.items(), key=lambda pair: (-pair[1], pair[0]))[:_MOST_WORDS]
    return Centre(
        pattern=pattern.id,
        signatures=tuple(sorted(signatures, key=lambda each: (each.cause, each.mechanism))),
        words={word: round(count / len(sample), 4) for word, count in common},
    )


def _shows(observation: Observation, centre: Centre) -> bool:
    return any(
        signature.cause == observation.cause and signature.mechanism in observation.mechanisms
        for signature in centre.signatures
    )


def _cosine(said: Sequence[str], words: Mapping[str, float]) -> float:
    norm = math.sqrt(len(said) * sum(weight * weight for weight in words.values()))
    return round(sum(words.get(word, 0.0) for word in said) / norm, 4) if norm else 0.0


def _centre_of(record: Mapping[str, object]) -> Centre:
    signatures, words = record["signatures"], record["words"]
    if not isinstance(signatures, list) or not isinstance(words, dict):
        raise TypeError("signatures or words are of another kind")
    return Centre(
        pattern=str(record["pattern"]),
        signatures=tuple(Signature(**each) for each in signatures),
        words={str(word): float(weight) for word, weight in words.items()},
    )
