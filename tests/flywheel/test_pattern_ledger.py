"""Identities of patterns and what persons said of them last, whatever is deleted."""

from __future__ import annotations

from dataclasses import replace

from analyzers.correction import Correction
from analyzers.pattern import Pattern
from flywheel.pattern_ledger import correct, corrections, known_patterns, record_patterns, round_name
from flywheel.project import Project, open_project
from flywheel.wheel import Mined


def mined(number: int, *patterns: Pattern, runs: int = 40) -> Mined:
    """A round with these patterns."""
    return Mined(
        round=number,
        commit=f"{number}" * 40,
        runs=runs,
        passed=10,
        set_apart={},
        patterns=patterns,
        unexplained=0,
    )


def test_what_a_round_found_is_known_to_the_next(project: Project, pattern: Pattern) -> None:
    """From the ledger alone, with its signature, runs, words and counts."""
    found = replace(pattern, part="done")
    record_patterns(project.ledger, mined(1, found))
    (known,) = known_patterns(open_project(project.repository.path).ledger)

    assert (known.id, known.name, known.signature) == (pattern.id, pattern.name, pattern.signature)
    assert (known.run_ids, known.terms, known.part) == (pattern.run_ids, ("done",), "done")
    assert [(count.count, count.runs) for count in known.history] == [(3, 40)]
    assert known.status == "recurring"


def test_a_round_in_which_it_is_absent_counts(project: Project, pattern: Pattern) -> None:
    """After enough runs without it, it is fixed."""
    record_patterns(project.ledger, mined(1, pattern))
    record_patterns(project.ledger, mined(2, runs=60))
    (known,) = known_patterns(project.ledger)

    assert [(count.round, count.count) for count in known.history] == [
        (f"1/{'1' * 12}", 3),
        (f"2/{'2' * 12}", 0),
    ]
    assert known.status == "fixed"


def test_a_round_that_is_looked_at_again_knows_what_it_knew(project: Project, pattern: Pattern) -> None:
    """What it entered itself, and what came later, is not known to it."""
    record_patterns(project.ledger, mined(1, pattern))
    record_patterns(project.ledger, mined(2, pattern))

    assert known_patterns(project.ledger, before=round_name(1, "1" * 40)) == ()
    assert len(known_patterns(project.ledger, before=round_name(2, "2" * 40))[0].history) == 1
    assert len(known_patterns(project.ledger, before=round_name(3, "3" * 40))[0].history) == 2


def test_recording_twice_changes_nothing(project: Project, pattern: Pattern) -> None:
    """As when a killed round goes on."""
    record_patterns(project.ledger, mined(1, pattern))
    record_patterns(project.ledger, mined(1, replace(pattern, rank=0.9)))

    assert len(project.ledger.entries("pattern")) == 1
    assert len(project.ledger.entries("mining")) == 1


def test_a_merged_pattern_is_known_by_its_signature(project: Project, pattern: Pattern) -> None:
    """Its runs are of several."""
    record_patterns(project.ledger, mined(1, replace(pattern, merged=("p-other",))))

    assert known_patterns(project.ledger)[0].run_ids == ()


def test_corrections_last_in_their_order(project: Project) -> None:
    """Saying the last one again adds nothing; saying an earlier one again does."""
    label = Correction(kind="label", pattern="p", name="A name")
    merge = Correction(kind="merge", pattern="p", into="q")
    split = Correction(kind="split", pattern="q", into="r", run_ids=("1", "2"), name="R")
    for each in (label, merge, merge, split, label):
        correct(project.ledger, each)

    assert corrections(open_project(project.repository.path).ledger) == (label, merge, split, label)
