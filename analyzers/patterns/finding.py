"""Failing runs grouped by signature, ranked by how surely the mechanism goes with failure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from analyzers.correction import Correction
from analyzers.known_pattern import KnownPattern
from analyzers.observation import Observation
from analyzers.pattern import Pattern
from analyzers.patterns.candidates import candidates
from analyzers.patterns.contrast import comparisons_that_count
from analyzers.patterns.corrections import corrected
from analyzers.patterns.found import Alike, Found
from analyzers.patterns.grouping import dense_groups
from analyzers.patterns.identity import identified, with_histories
from analyzers.patterns.mechanisms import Mechanism, explain
from analyzers.patterns.naming import detector_titles, pattern_name
from analyzers.patterns.panel import Integers, Panel, panel_of
from analyzers.patterns.splitting import Part, parts_of
from analyzers.patterns.words import WordSpace, most_central, telling_words, word_space
from analyzers.signatures import pattern_id
from traces.outcome import Outcome

_LEAST_ALIKE = 5  # runs
_ALIKE_SHARE = 0.02  # of the unexplained ones
_LEAST_PASSES = 8  # fewer say nothing of how often passing runs show something


@dataclass(frozen=True, kw_only=True, eq=False)
class _Failures:
    """The runs to be explained: their places in the panel, and the space of their words by the same order."""

    panel: Panel
    rows: Integers
    space: WordSpace
    titles: Mapping[str, str]

    def local(self, rows: Integers) -> Integers:
        """Places in the space of rows of the panel."""
        return np.searchsorted(self.rows, rows)

    def ids(self, rows: Iterable[int]) -> tuple[str, ...]:
        """The run ids of rows of the panel."""
        return tuple(self.panel.observations[row].run_id for row in rows)


def find_patterns(
    observations: Iterable[Observation],
    *,
    judged: bool = True,
    known: Iterable[KnownPattern] = (),
    corrections: Iterable[Correction] = (),
) -> Found:
    """Group failing runs by cause × mechanism, and where that pays by their words.

    ``judged`` says whether outcomes are known (``quality.Sifted.rests_on_outcomes``); if not, all runs are grouped by what
    they show. A mechanism as common in passes explains nothing: a pattern needs three runs and a contrast whose lower
    bound is above zero; with fewer than eight passes there is no contrast, and what is frequent and severe is named, which
    ``Contrast.basis`` says. ``known`` are patterns of earlier rounds. The same observations give the same patterns, in
    whatever order they come.
    """
    panel, before = panel_of(observations), tuple(known)
    failures, passing = _sides(panel, judged=judged)
    blocks = _blocks(panel, failures.rows)
    comparisons = _comparisons(panel, blocks, passing)
    explained = _explained(panel, blocks, passing, comparisons, before)
    found = [pattern for mechanism in explained for pattern in _patterns(mechanism, failures)]
    told = tuple(corrections)
    named = identified(found, _continued(before, told))
    held = np.concatenate([mechanism.members for mechanism in explained]) if explained else failures.rows[:0]
    left = np.setdiff1d(failures.rows, held)
    compared = _not_shown(passing, explained)
    missed = candidates(
        _blocks(panel, left), panel, compared, comparisons=comparisons, titles=failures.titles
    )
    patterns = with_histories(corrected(named, told, panel.observations, before), before)
    there = {name for pattern in patterns for name in (pattern.id, *pattern.merged)}
    return Found(
        patterns=patterns,
        unexplained=failures.ids(left),
        rests_on="outcomes" if judged else "signals",
        gone=tuple(each for each in before if each.id not in there),
        candidates=missed if judged else (),
        alike=tuple(_alike(left, failures)),
    )


def _explained(
    panel: Panel,
    blocks: Mapping[str, Integers],
    passing: Integers,
    comparisons: int,
    known: Sequence[KnownPattern],
) -> list[Mechanism]:
    """The mechanisms behind the failures of each cause, in the order in which they claim runs."""
    signatures = {each.signature for each in known}
    return [
        mechanism
        for cause, rows in blocks.items()
        for mechanism in explain(cause, panel, rows, passing, comparisons=comparisons, known=signatures)
    ]


def _continued(known: Sequence[KnownPattern], corrections: Sequence[Correction]) -> list[KnownPattern]:
    """The known patterns that clustering can find; the parts that a person split off are made by splitting again."""
    split_off = {correction.into for correction in corrections if correction.kind == "split"}
    return [each for each in known if each.id not in split_off]


def _sides(panel: Panel, *, judged: bool) -> tuple[_Failures, Integers]:
    """The runs to be explained, and the passing ones."""
    seen = panel.observations
    rows = np.array([row for row, each in enumerate(seen) if each.is_failure or not judged], dtype=np.int64)
    passes = [row for row, each in enumerate(seen) if judged and each.outcome is Outcome.PASSED]
    passes = passes if len(passes) >= _LEAST_PASSES else []
    failures = _Failures(
        panel=panel,
        rows=rows,
        space=word_space([seen[row].words for row in rows]),
        titles=detector_titles(),
    )
    return failures, np.array(passes, dtype=np.int64)


def _blocks(panel: Panel, rows: Integers) -> dict[str, Integers]:
    causes = np.array([panel.observations[row].cause for row in rows], dtype=object)
    return {str(cause): rows[causes == cause] for cause in sorted(set(causes))}


def _not_shown(passing: Integers, explained: Sequence[Mechanism]) -> Integers:
    """The passing runs that show no mechanism that explains a failure."""
    return passing if not explained else np.setdiff1d(passing, np.concatenate([m.passing for m in explained]))


def _comparisons(panel: Panel, blocks: Mapping[str, Integers], passing: Integers) -> int:
    counts = [
        (
            int(np.isin(showing.rows, rows).sum() + np.isin(showing.rows, passing).sum()),
            len(rows) + len(passing),
            len(rows),
        )
        for rows in blocks.values()
        for showing in panel.showing.values()
    ]
    return comparisons_that_count(count for count in counts if count[0])


def _patterns(mechanism: Mechanism, failures: _Failures) -> Iterator[Pattern]:
    rows, seen = failures.rows, failures.panel.observations
    parts = parts_of(failures.local(mechanism.members), failures.space, [seen[row] for row in rows])
    for place, part in enumerate(parts):
        yield _pattern(mechanism, part, failures, also=mechanism.also if place == 0 else rows[:0])


def _pattern(mechanism: Mechanism, part: Part, failures: _Failures, *, also: Integers) -> Pattern:
    others = np.setdiff1d(np.arange(len(failures.rows)), part.rows, assume_unique=True)
    members = [failures.panel.observations[row] for row in failures.rows[part.rows]]
    share = len(members) / len(failures.rows)
    signature = mechanism.signature
    medoid, *typical = _typical(part.rows, failures)
    return Pattern(
        id=pattern_id(signature, part.word),
        name=pattern_name(signature, part.word, failures.titles),
        signature=signature,
        run_ids=tuple(seen.run_id for seen in members),
        tasks=tuple(sorted({seen.task for seen in members if seen.task})),
        share=share,
        contrast=mechanism.contrast,
        rank=mechanism.contrast.interval[0] * mechanism.certainty * share,
        medoid=medoid,
        typical=tuple(typical),
        terms=telling_words(failures.space, part.rows, others),
        signals=tuple(s for seen in members for s in seen.signals if s.detector == signature.mechanism),
        companions=_companions(signature.mechanism, members),
        also=failures.ids(also),
        part=part.word,
    )


def _typical(rows: Integers, failures: _Failures) -> tuple[str, ...]:
    """The most central run and the next two, of other tasks where there are any."""
    central = [failures.panel.observations[failures.rows[row]] for row in most_central(failures.space, rows)]
    ordered = dict.fromkeys(seen.run_id for seen in (*_first_of_tasks(central), *central[:3]))
    return tuple(ordered)[:3]


def _first_of_tasks(central: Sequence[Observation]) -> list[Observation]:
    found: dict[str, Observation] = {}
    for seen in central:
        found.setdefault(seen.task or seen.run_id, seen)
        if len(found) == 3:
            break
    return list(found.values())


def _companions(name: str, members: Sequence[Observation]) -> tuple[str, ...]:
    shown = Counter(detector for seen in members for detector in sorted(seen.mechanisms - {name}))
    ordered = sorted(shown.items(), key=lambda pair: (-pair[1], pair[0]))
    return tuple(detector for detector, count in ordered if 2 * count >= len(members))


def _alike(left: Integers, failures: _Failures) -> Iterator[Alike]:
    """Groups of unexplained failures of one cause that end in similar words, the largest first within a cause."""
    for cause, rows in _blocks(failures.panel, left).items():
        local = failures.local(rows)
        least = max(_LEAST_ALIKE, round(_ALIKE_SHARE * len(rows)))
        groups = dense_groups(failures.space.matrix[local], failures.ids(rows), least=least, fine=True)
        for number in range(groups.max(initial=-1) + 1):
            group = local[groups == number]
            medoid, *typical = _typical(group, failures)
            yield Alike(
                cause=cause,
                run_ids=failures.ids(failures.rows[group]),
                medoid=medoid,
                typical=tuple(typical),
                terms=telling_words(failures.space, group, np.setdiff1d(local, group)),
            )
