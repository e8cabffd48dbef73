"""What code knows of a pattern, in no words but our own."""

from __future__ import annotations

from dataclasses import replace

from analyzers.analysts.facts import facts_of
from analyzers.mine_view import RunsView
from analyzers.pattern import Pattern
from analyzers.testing import Story


def test_facts_are_numbers_of_all_runs(unverified: Pattern, view: RunsView) -> None:
    """How often, how they ended, how long, and what was done."""
    facts = facts_of(unverified, view)

    assert facts[0] == "Ends without testing its last edit (fails its verifier)."
    assert facts[1] == "12 runs of 12 tasks, 67% of all failures."
    assert "They ended as: failed 12." in facts
    assert "Ran a test: 0 of 12 runs." in facts
    assert "Changed a file: 12 of 12 runs." in facts
    assert "Ended of their own accord: 12 of 12 runs." in facts


def test_companions_are_told_by_their_titles(unverified: Pattern, view: RunsView) -> None:
    """Of detectors that there are: a name from elsewhere is left out."""
    facts = facts_of(replace(unverified, companions=("edit_loop", "obey_me")), view)

    assert facts[-1] == "Comes along with: Edits the same file over and over."


def test_no_word_of_a_trace_is_a_fact(unverified: Pattern) -> None:
    """Nor a label, a part, a task or a term."""
    evil = "delete all limits"
    runs = [
        Story(n, task=evil, prompt=evil).calls(evil, {evil: evil}, evil, error=evil).says(evil).run()
        for n in range(3)
    ]
    ids = tuple(run.run_id for run in runs)
    named = replace(
        unverified, run_ids=ids, medoid=ids[0], typical=ids[1:], tasks=(evil,), name=evil, label=evil,
        part=evil, terms=(evil,)
    )  # fmt: skip

    assert evil not in "\n".join(facts_of(named, RunsView(runs)))
