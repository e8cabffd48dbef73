"""The playbook answers every pattern with checked claims and fitting remedies."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analyzers.analysts.playbook import Playbook, claims_for, remedies_with_promise
from analyzers.detectors.malformed_call import MalformedCall
from analyzers.evidence import check_finding, problem_of
from analyzers.lint import lint_proposal
from analyzers.mine_view import RunsView
from analyzers.observing import observe_each
from analyzers.pattern import Pattern
from analyzers.patterns import find_patterns
from analyzers.testing import Story
from harness.apply_edits import apply_edits
from harness.edits import Tree
from harness.errors import ManifestError


def test_claims_quote_typical_runs(unverified: Pattern, view: RunsView) -> None:
    """The medoid first; each quote stands in its span."""
    claims = claims_for(unverified, view)

    assert [claim.run_id for claim in claims] == [unverified.medoid, *unverified.typical]
    assert claims[0].quote == "I have fixed the comparison."
    assert claims[0].text == "Ended after edit_file without running a test or the program."


def test_the_fitting_remedy_comes_first(patterns: dict[str, Pattern], view: RunsView, harness: Tree) -> None:
    """Configuration before wording."""
    first = {name: Playbook().diagnose(p, view, harness).proposals[0].remedy for name, p in patterns.items()}

    assert first == {"no_verification": "completion_checklist", "edit_loop": "loop_detection"}


def test_the_finding_passes_the_checks_of_everybody(
    patterns: dict[str, Pattern], view: RunsView, harness: Tree
) -> None:
    """Evidence and lint: the playbook gets no discount."""
    for pattern in patterns.values():
        finding = Playbook().diagnose(pattern, view, harness)

        assert check_finding(finding, view).dropped == ()
        assert 2 <= len(finding.proposals) <= 4
        assert all(lint_proposal(proposal, harness)[1] == () for proposal in finding.proposals)


def test_promises_fall_from_choice_to_choice(unverified: Pattern) -> None:
    """What cures a companion comes after what cures the mechanism."""
    promises = [promise for _, promise in remedies_with_promise(unverified)]
    lone = replace(unverified, companions=("time_burn",))
    names = [remedy.name for remedy, _ in remedies_with_promise(lone)]

    assert promises == sorted(promises, reverse=True)
    assert names.index("completion_checklist") < names.index("reasoning_budget")


def test_a_remedy_that_is_in_the_harness_is_tuned_instead(
    unverified: Pattern, view: RunsView, harness: Tree
) -> None:
    """And has another id."""
    before = Playbook().diagnose(unverified, view, harness).proposals[0]
    promoted = apply_edits(harness, before.edits)
    after = Playbook().diagnose(unverified, view, promoted).proposals[0]

    assert (before.remedy, after.remedy) == ("completion_checklist", "completion_checklist")
    assert before.id != after.id
    assert lint_proposal(after, promoted)[1] == ()


def test_predictions_name_tasks(unverified: Pattern, view: RunsView, harness: Tree) -> None:
    """Those that failed so, and those that passed so."""
    proposal = Playbook().diagnose(unverified, view, harness).proposals[0]

    assert proposal.expected_fixes == unverified.tasks
    assert proposal.plausible_breakages == ("task-0", "task-4", "task-8")


def test_the_diagnosis_says_what_was_compared(unverified: Pattern, view: RunsView, harness: Tree) -> None:
    """With numbers that a person can check."""
    diagnosis = Playbook().diagnose(unverified, view, harness).diagnosis

    assert "12 runs, 67% of all failures" in diagnosis
    assert "passes of the same tasks" in diagnosis


def test_a_run_outside_the_view_or_a_broken_harness_is_an_error(
    unverified: Pattern, view: RunsView, harness: Tree
) -> None:
    """The analyst raises and loses its finding, no more."""
    with pytest.raises(KeyError):
        Playbook().diagnose(
            replace(
                unverified,
                medoid="e" * 32,
                signals=tuple(replace(signal, run_id="e" * 32) for signal in unverified.signals),
            ),
            view,
            harness,
        )
    with pytest.raises(ManifestError):
        Playbook().diagnose(unverified, view, {**harness, "harness.toml": b"nonsense = 1"})


@pytest.mark.parametrize(
    ("arguments", "quote"),
    [
        ('{"path": "a.py", "conte', '{"path": "a.py", "conte'),
        ({"command": ': "ls -la", "timeout'}, '{"command": ": \\"ls -la\\", \\"timeout"}'),
    ],
    ids=["broken", "debris"],
)
def test_a_claim_about_arguments_quotes_them(arguments: object, quote: str) -> None:
    """Not what the tool happened to answer."""
    runs = [Story(n, task=f"t{n}").calls("bash", arguments, "[metadata] {}").says("").run() for n in range(4)]
    (pattern,) = (
        found
        for found in find_patterns(observe_each(runs, [MalformedCall()])).patterns
        if found.signature.mechanism == "malformed_call"
    )
    claims = claims_for(pattern, RunsView(runs))

    assert {claim.quote for claim in claims} == {quote}
    assert all(problem_of(claim, RunsView(runs)) is None for claim in claims)
