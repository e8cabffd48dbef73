"""What a person said of patterns holds for this clustering and for later ones."""

from __future__ import annotations

from analyzers.correction import Correction
from analyzers.known_pattern import KnownPattern
from analyzers.observation import Observation
from analyzers.pattern import Pattern
from analyzers.patterns import Found, find_patterns
from analyzers.patterns.corrections import corrected
from analyzers.testing import observed

APPLES, PEARS = ("apple", "orchard", "common"), ("pear", "basket", "common")


def runs(mechanism: str, words: tuple[str, ...], first: int, count: int = 8) -> list[Observation]:
    return [observed(first + number, shows={mechanism: (9,)}, words=words) for number in range(count)]


def passes() -> list[Observation]:
    return [observed(5000 + number, "passed") for number in range(40)]


def mined(
    *observations: list[Observation], known: tuple[KnownPattern, ...] = (), said: tuple[Correction, ...] = ()
) -> Found:
    seen = [run for group in (*observations, passes()) for run in group]
    return find_patterns(seen, known=known, corrections=said)


def by_mechanism(found: Found) -> dict[str, Pattern]:
    return {pattern.signature.mechanism: pattern for pattern in found.patterns}


def remembered(found: Found) -> tuple[KnownPattern, ...]:
    return tuple(
        KnownPattern(
            id=p.id, name=p.name, signature=p.signature, run_ids=p.run_ids, terms=p.terms, part=p.part
        )
        for p in found.patterns
    )


def test_a_label_is_the_name_from_then_on() -> None:
    """For other runs too."""
    first = mined(runs("loop", APPLES, 0))
    label = Correction(kind="label", pattern=first.patterns[0].id, name="Eats apples")
    later = mined(runs("loop", APPLES, 100), known=remembered(first), said=(label,))

    assert [(p.name, p.label) for p in later.patterns] == [("Eats apples", "Eats apples")]


def test_merged_patterns_are_one_now_and_later() -> None:
    """With the runs, tasks and share of both; the failures of both rounds are explained by one."""
    first = mined(runs("loop", APPLES, 0), runs("burn", PEARS, 50, count=6))
    loop, burn = by_mechanism(first)["loop"], by_mechanism(first)["burn"]
    merge = Correction(kind="merge", pattern=burn.id, into=loop.id)
    (now,) = corrected(first.patterns, [merge])
    (later,) = mined(
        runs("loop", APPLES, 100), runs("burn", PEARS, 150), known=remembered(first), said=(merge,)
    ).patterns

    assert (now.id, len(now.run_ids), len(now.tasks), now.share) == (loop.id, 14, 14, 1.0)
    assert now.rank == loop.rank + burn.rank
    assert (later.id, len(later.run_ids), later.merged) == (loop.id, 16, (burn.id,))


def test_a_merged_pattern_whose_target_is_absent_has_its_identity() -> None:
    """So that its history goes on."""
    first = mined(runs("loop", APPLES, 0), runs("burn", PEARS, 50))
    ids = {name: pattern.id for name, pattern in by_mechanism(first).items()}
    merge = Correction(kind="merge", pattern=ids["burn"], into=ids["loop"])
    later = mined(runs("burn", PEARS, 150), known=remembered(first), said=(merge,))

    assert [pattern.id for pattern in later.patterns] == [ids["loop"]]
    assert later.gone == ()


def test_a_split_holds_for_runs_that_come_later() -> None:
    """They go where the words are more like theirs."""
    apples, pears = runs("loop", APPLES, 0), runs("loop", PEARS, 50, count=5)
    whole = mined(apples, pears)
    split = Correction(
        kind="split",
        pattern=whole.patterns[0].id,
        into="p-pears",
        name="Pears",
        run_ids=tuple(run.run_id for run in pears),
    )
    now = mined(apples, pears, said=(split,))
    later = mined(
        runs("loop", APPLES, 100), runs("loop", PEARS, 150, count=4), known=remembered(now), said=(split,)
    )

    assert {p.id: len(p.run_ids) for p in now.patterns} == {whole.patterns[0].id: 8, "p-pears": 5}
    assert {p.id: len(p.run_ids) for p in later.patterns} == {whole.patterns[0].id: 8, "p-pears": 4}
    assert {p.id: p.status for p in later.patterns} == dict.fromkeys(
        (whole.patterns[0].id, "p-pears"), "recurring"
    )
    assert abs(sum(p.share for p in now.patterns) - 1) < 1e-12


def test_what_is_not_there_cannot_be_corrected_yet() -> None:
    """Nothing changes."""
    first = mined(runs("loop", APPLES, 0))
    said = (
        Correction(kind="label", pattern="p-x", name="X"),
        Correction(kind="merge", pattern="p-x", into=first.patterns[0].id),
        Correction(kind="split", pattern="p-x", into="p-y", run_ids=("1",)),
        Correction(kind="split", pattern=first.patterns[0].id, into="p-y", run_ids=("elsewhere",)),
    )

    assert corrected(first.patterns, said) == first.patterns
